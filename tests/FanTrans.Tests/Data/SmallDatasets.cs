using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

/// <summary>BP4D and DISFA cut down to a few subjects, so that a made-up folder can be complete.</summary>
internal static class SmallDatasets
{
    public static PreparationOptions SmallCrops { get; } = new() { Size = 32, Margin = 1.5 };

    public static DatasetManifest Manifest(string dataset, int subjects, int sequences = 1)
    {
        var whole = DatasetManifest.Load(dataset);
        string[] few = [.. whole.Subjects.Take(subjects)];
        return whole with
        {
            Parts = new Dictionary<string, IReadOnlyList<string>> { ["P1"] = few },
            Sequences = [.. whole.Sequences.Take(sequences)],
            Defects = [.. whole.Defects.Where(d => few.Contains(d.Subject))],
        };
    }

    /// <summary>Lays faces out as BP4D and finds them again;
    /// the report is empty but for what is planted later.</summary>
    public static DatasetFiles Bp4d(
        string root,
        PreparationReport report,
        int subjects = 2,
        int sequences = 2,
        int frames = 6
    )
    {
        if (!Directory.Exists(root))
            LayoutWriter.WriteBp4d(
                new MadeUpFaces(ActionUnits.Bp4d, subjects, sequences, frames),
                root,
                cancellation: TestContext.Current.CancellationToken
            );
        return FanTrans.Data.Bp4d.Find(root, report, Manifest("bp4d", subjects, sequences));
    }

    public static Preparation Preparation(
        string root,
        string output,
        int subjects = 2,
        int sequences = 2,
        int frames = 6
    )
    {
        var report = new PreparationReport();
        return new Preparation(Bp4d(root, report, subjects, sequences, frames), report, output, SmallCrops)
        {
            Workers = 3,
        };
    }

    /// <summary>Every file below a folder with its content, by name.</summary>
    public static SortedDictionary<string, string> Contents(string folder) =>
        new(
            Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .ToDictionary(
                    p => Path.GetRelativePath(folder, p),
                    p => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(p)))
                ),
            StringComparer.Ordinal
        );
}
