using System.Security.Cryptography;
using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;

namespace FanTrans.Training.Experiments;

/// <summary>
/// What makes a run, as text: its options, with the content of the files that they name in place of the paths, so that
/// a moved folder is still found and a changed file is not; and the code of parts that are not the library's.
/// </summary>
internal static class RunIdentity
{
    /// <param name="options">The run's options.</param>
    /// <param name="data">The dataset, where the options name none.</param>
    /// <exception cref="FileNotFoundException">A file that the options name is not there.</exception>
    public static string Of(ExperimentOptions options, ExperimentData? data)
    {
        var text = OptionsJson.Write(
            options with
            {
                Data = OfData(options, data),
                FanWeights = FanStart.IdentityOf(options, data),
                StartFrom = options.StartFrom is { } start ? OfFile(TrainedModel.FileOf(start)) : null,
            }
        );
        var parts = Parts.Joined(
            Parts.IdentityOf(options.Model),
            PeerLosses.IdentityOf(options.Distillation),
            options.Training.Identity()
        );
        return parts.Length == 0 ? text : $"{text}\n{parts}";
    }

    /// <summary>A hash of a file's content.</summary>
    public static string OfFile(string path)
    {
        using var file = File.OpenRead(path);
        return $"file {Convert.ToHexStringLower(SHA256.HashData(file))[..16]}";
    }

    /// <summary>A prepared set or a table is known by its content, a registered dataset by its text, and one that has
    /// no name by its frames.</summary>
    public static string OfData(ExperimentOptions options, ExperimentData? data)
    {
        if (options.Data.Length == 0)
            return data?.IdentityOf(options.Fold)
                ?? throw new ArgumentException("Data is empty and no dataset was passed.");
        var manifest = Path.Combine(options.Data, PreparedManifest.FileName);
        if (File.Exists(manifest))
            return OfFile(manifest);
        var (table, _) = Datasets.Apart(options.Data);
        return File.Exists(table) ? OfFile(table) + options.Data[table.Length..] : options.Data;
    }
}
