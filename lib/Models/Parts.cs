namespace FanTrans.Models;

/// <summary>The exchangeable parts of a model: which code stands behind the names in its options.</summary>
public static class Parts
{
    /// <summary>
    /// The parts of your own that options name, each with a hash of its code: "AttentionDrop my-drop 1f3a…". It
    /// changes when a class is edited, and stays when it is declared again unchanged, as when a notebook's cell is run
    /// again. Empty where all parts are built in. Runs and saved models keep it beside the options.
    /// </summary>
    /// <param name="options">The model.</param>
    /// <exception cref="ArgumentException">A name is not registered here.</exception>
    public static string IdentityOf(FanTransOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Joined(
            FeatureSources.Table.IdentityOf(options.FeatureSource),
            TokenForms.Table.IdentityOf(options.Tokens),
            AttentionDrops.Table.IdentityOf(options.AttentionDrop),
            Classifiers.Table.IdentityOf(options.Classifier)
        );
    }

    internal static string Joined(params IEnumerable<string> identities) =>
        string.Join("; ", identities.Where(identity => identity.Length > 0));
}
