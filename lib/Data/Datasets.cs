using System.Collections.Concurrent;

namespace FanTrans.Data;

/// <summary>
/// Datasets by a text, so that options files and command lines can name them: the folder of a prepared set, the table
/// of a <see cref="CsvDataset"/>, or a registered name; with what the dataset takes behind a question mark, such as
/// "synthfaces?Subjects=9" or "faces.csv?PresentFrom=2".
/// </summary>
public static class Datasets
{
    private static readonly ConcurrentDictionary<
        string,
        Func<string, (AuDataset Source, IReadOnlyList<Fold> Folds)>
    > Registered = [];

    /// <summary>Gives a dataset a name. The same name again replaces it.</summary>
    /// <param name="name">Letters, digits, hyphens and underscores.</param>
    /// <param name="open">
    /// Opens it from the text behind the question mark, which is empty where there is none: its frames, and its folds
    /// by subject, without a validation part.
    /// </param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    public static void Register(string name, Func<string, (AuDataset Source, IReadOnlyList<Fold> Folds)> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (string.IsNullOrEmpty(name) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new ArgumentException(
                $"'{name}' cannot name a dataset: expected letters, digits, hyphens and underscores.",
                nameof(name)
            );
        Registered[name] = open;
    }

    /// <summary>Opens a dataset.</summary>
    /// <param name="data">A registered name, the folder of a prepared set, or a table,
    /// which has three folds by subject at random.</param>
    /// <param name="protocol">For a prepared set: the published system whose folds are used. Subjects that a partial
    /// copy lacks are left out of them, and named by its <see cref="AuDataset.Warnings"/>.</param>
    /// <exception cref="ArgumentException">The text behind a registered name is not what that dataset takes, or the
    /// protocol is not the prepared set's.</exception>
    /// <exception cref="DirectoryNotFoundException">There is neither such a name
    /// nor such a folder or table.</exception>
    /// <exception cref="InvalidDataException">The folder holds no finished prepared set, or the table cannot be read;
    /// or no label is known.</exception>
    public static (AuDataset Source, IReadOnlyList<Fold> Folds) Open(string data, string protocol = "me-graphau")
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        var (name, text) = Apart(data);
        if (Registered.TryGetValue(name, out var open))
            return open(text);
        if (File.Exists(name))
        {
            var table = CsvDataset.Open(name, CsvDatasetOptions.Parse(text));
            return (table, Folds.Random(table.SubjectOfFrame()));
        }
        if (!Directory.Exists(data))
        {
            var names = string.Join(", ", Registered.Keys.Order(StringComparer.Ordinal).DefaultIfEmpty("none"));
            throw new DirectoryNotFoundException(
                $"{data}: no such folder or table, and no dataset is registered under the name {name} "
                    + $"(registered: {names})."
            );
        }
        var set = PreparedSet.Open(data);
        var folds = DatasetManifest.Load(set.Header.Dataset).Protocol(protocol);
        if (folds.Missing(set) is { Count: > 0 } missing)
        {
            set.Partial =
                $"{data}: a partial copy without {string.Join(", ", missing)}; "
                + "results on it are not comparable with published ones.";
        }
        return (set, folds.PartialFolds(set));
    }

    /// <summary>A dataset's text is a name and, behind the first question mark, its options.</summary>
    internal static (string Name, string Options) Apart(string data) =>
        data.IndexOf('?') is >= 0 and var mark ? (data[..mark], data[(mark + 1)..]) : (data, "");
}
