namespace FanTrans;

/// <summary>Names of parts are the same in any case and with or without hyphens:
/// InputDependent is input-dependent.</summary>
internal static class PartName
{
    public static IEqualityComparer<string> Comparer { get; } =
        EqualityComparer<string>.Create(
            (a, b) => string.Equals(Plain(a), Plain(b), StringComparison.OrdinalIgnoreCase),
            name => StringComparer.OrdinalIgnoreCase.GetHashCode(Plain(name)!)
        );

    private static string? Plain(string? name) => name?.Replace("-", "", StringComparison.Ordinal);
}

/// <summary>Where the names are that an option may have.</summary>
/// <param name="registry">A class with a static property Names.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesOfAttribute(Type registry) : Attribute
{
    public IReadOnlyList<string> Names => (IReadOnlyList<string>)registry.GetProperty(nameof(Names))!.GetValue(null)!;
}
