using System.Text.Json;
using FanTrans.Data;
using FanTrans.Interop;

namespace FanTrans.Training.Experiments;

/// <summary>
/// The subjects that weights were trained on or chosen by, which travel in their file: JSON texts such as "bp4d/F001",
/// a dataset's people and a name. No experiment tests on them.
/// </summary>
internal static class SeenSubjects
{
    /// <summary>The key of the file's metadata.</summary>
    public const string Key = ShippedWeights.SubjectsKey;

    /// <summary>Everybody whom a fold trains on or validates with.</summary>
    public static IEnumerable<string> Of(AuDataset data, Fold fold) =>
        fold.TrainSubjects.Concat(fold.ValidationSubjects).Select(s => $"{data.People}/{s}");

    public static string Write(IEnumerable<string> seen) =>
        JsonSerializer.Serialize(seen.Distinct().Order(StringComparer.Ordinal));

    /// <summary>What a file says; empty for published weights, which say nothing.</summary>
    public static IReadOnlyList<string> Read(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(Key, out var text) ? JsonSerializer.Deserialize<string[]>(text)! : [];

    /// <summary>Refuses to test weights on subjects that they have seen.</summary>
    /// <param name="weights">Their name, for the message.</param>
    /// <param name="seen">Whom they have seen.</param>
    /// <param name="data">The dataset.</param>
    /// <param name="test">The subjects to test on.</param>
    /// <param name="instead">What to do, as a sentence.</param>
    /// <exception cref="InvalidDataException">There is such a subject; the message names all of them.</exception>
    public static void Refuse(
        string weights,
        IReadOnlyList<string> seen,
        AuDataset data,
        IEnumerable<string> test,
        string instead
    )
    {
        var known = seen.ToHashSet();
        if (test.Where(s => known.Contains($"{data.People}/{s}")).ToArray() is { Length: > 0 } leaked)
        {
            throw new InvalidDataException(
                $"{weights} was trained on subjects that are to be tested on: "
                    + $"{string.Join(", ", leaked)} of {data.People}. "
                    + $"The figures would be too good. {instead}"
            );
        }
    }
}
