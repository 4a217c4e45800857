using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>What an ensemble took from a trained model.</summary>
/// <param name="Whole">Names of weights that were copied as they are.</param>
/// <param name="Matched">Names of weights of which the shared action units' part was copied.</param>
/// <param name="Kept">Names of weights that kept their values:
/// the file has none of that name, or of another shape.</param>
/// <param name="ActionUnits">The shared action units.</param>
public sealed record StartReport(
    IReadOnlyList<string> Whole,
    IReadOnlyList<string> Matched,
    IReadOnlyList<string> Kept,
    IReadOnlyList<int> ActionUnits
)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Whole.Count} weights whole, {Matched.Count} for the shared action units {string.Join(", ", ActionUnits)}"
        + (Kept.Count == 0 ? "." : $"; {Kept.Count} start anew: {string.Join(", ", Kept)}.");
}

/// <summary>A trained ensemble as one safetensors file that carries its options and
/// the subjects that it has seen.</summary>
public static class TrainedModel
{
    /// <summary>The file in a run's folder.</summary>
    public const string FileName = "model.safetensors";

    private const string Format = "fantrans-model";

    /// <summary>Writes an ensemble, whole or not at all.</summary>
    /// <param name="ensemble">The peers and their FAN.</param>
    /// <param name="path">The file, ending in .safetensors.</param>
    /// <param name="subjects">Whom it was trained on or chosen by, such as "bp4d/F001":
    /// no experiment tests on them.</param>
    public static void Save(PeerEnsemble ensemble, string path, IReadOnlyList<string>? subjects = null)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        WeightsFile.Save(path, ensemble.state_dict(), MetadataOf(ensemble, subjects ?? []));
    }

    /// <summary>Writes an ensemble as the library ships it: in half precision, with a checksum.</summary>
    /// <param name="ensemble">The peers and their FAN.</param>
    /// <param name="path">The file, ending in .safetensors.</param>
    /// <param name="subjects">Whom it was trained on.</param>
    /// <param name="training">How it was trained, as JSON.</param>
    /// <exception cref="ArgumentException">A value is too large for half precision;
    /// the message names the tensor.</exception>
    public static void Ship(PeerEnsemble ensemble, string path, IReadOnlyList<string> subjects, string training)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ShippedWeights.Save(
            path,
            ensemble.state_dict(),
            new Dictionary<string, string>(MetadataOf(ensemble, subjects)) { [ShippedWeights.TrainingKey] = training }
        );
    }

    private static Dictionary<string, string> MetadataOf(PeerEnsemble ensemble, IReadOnlyList<string> subjects) =>
        new()
        {
            ["format"] = Format,
            ["model"] = OptionsJson.Write(ensemble.Options),
            ["distillation"] = OptionsJson.Write(ensemble.Distillation),
            ["parts"] = FanTransTask.PartsOf(ensemble),
            [SeenSubjects.Key] = SeenSubjects.Write(subjects),
        };

    /// <summary>Makes the ensemble that this library carries, trained on rendered faces for faces of any camera, see
    /// docs/model-card.md; in evaluation mode. The caller disposes it.</summary>
    public static PeerEnsemble LoadShipped()
    {
        using var weights = ShippedWeights.Open(ShippedWeights.Model);
        return Make(weights);
    }

    /// <summary>Makes the ensemble that a file holds, in evaluation mode; the caller disposes it.</summary>
    /// <param name="path">What <see cref="Save"/> wrote, or the folder of a finished run.</param>
    /// <exception cref="InvalidDataException">
    /// The file is broken, holds something else, or has a part of your own that is not registered or was edited; the
    /// message says what.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static PeerEnsemble Load(string path)
    {
        using var weights = Open(path);
        return Make(weights);
    }

    private static PeerEnsemble Make(StateDict weights)
    {
        PeerEnsemble? ensemble = null;
        try
        {
            var (model, distillation) = OptionsOf(weights);
            ensemble = new PeerEnsemble(model, distillation);
            var (saved, here) = (weights.Metadata.GetValueOrDefault("parts", ""), FanTransTask.PartsOf(ensemble));
            if (saved != here)
            {
                throw new InvalidDataException(
                    $"{weights.Name} was trained with parts whose code is not the one here: {saved}, here {here}. "
                        + "Register the class as it was."
                );
            }
            StateDict.LoadInto(ensemble, weights);
            ensemble.eval();
            return ensemble;
        }
        catch (Exception error)
        {
            ensemble?.Dispose();
            if (error is ArgumentException)
                throw new InvalidDataException($"{weights.Name}: {error.Message}", error);
            throw;
        }
    }

    /// <summary>The subjects that a trained model has seen, such as "bp4d/F001";
    /// empty where its file says nothing.</summary>
    /// <param name="path">What <see cref="Save"/> wrote, or the folder of a finished run.</param>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static IReadOnlyList<string> SubjectsOf(string path)
    {
        using var weights = Open(path);
        return SeenSubjects.Read(weights.Metadata);
    }

    /// <summary>Refuses to test a trained model on subjects that it has seen.</summary>
    /// <param name="path">What <see cref="Save"/> wrote, or the folder of a finished run.</param>
    /// <param name="data">The dataset to test on.</param>
    /// <param name="subjects">Its subjects.</param>
    /// <exception cref="InvalidDataException">There is such a subject; the message names all of them.</exception>
    public static void RefuseSeen(string path, AuDataset data, IEnumerable<string> subjects) =>
        SeenSubjects.Refuse(
            path,
            SubjectsOf(path),
            data,
            subjects,
            "Test on other people, such as a fold's test subjects."
        );

    /// <summary>
    /// Starts an ensemble from a trained model: weights of the same name and shape are copied, and of those that have a
    /// part for each action unit the shared ones' parts, by number. Peers beyond the file's take its first. The face
    /// alignment network is left as it is.
    /// </summary>
    /// <param name="ensemble">The ensemble to start.</param>
    /// <param name="path">What <see cref="Save"/> wrote, or the folder of a finished run.</param>
    /// <exception cref="InvalidDataException">The file is broken, holds something else,
    /// or nothing in it fits.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static StartReport Start(PeerEnsemble ensemble, string path)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        using var weights = Open(path);
        var from = OptionsOf(weights).Model;
        var (old, now) = (from.ActionUnits.ToList(), ensemble.Options.ActionUnits.ToList());
        int[] shared = [.. now.Intersect(old)];
        List<string> whole = [],
            matched = [],
            kept = [];
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (
            var (name, target) in ensemble.state_dict().Where(t => !t.Key.StartsWith("fan.", StringComparison.Ordinal))
        )
        {
            if (
                !weights.TryGetValue(NameIn(weights, name), out var source)
                || PerUnit(name, source, target) is not { } perUnit
                || (shared.Length == 0 && perUnit.Contains(true))
            )
            {
                kept.Add(name);
                continue;
            }
            Copy(source, target, perUnit, 0);
            (perUnit.Contains(true) && !old.SequenceEqual(now) ? matched : whole).Add(name);
        }
        return ensemble.named_parameters().Any(p => whole.Contains(p.name) || matched.Contains(p.name))
            ? new StartReport(whole, matched, kept, shared)
            : throw new InvalidDataException(
                $"{weights.Name}: nothing in it fits the model to start, which has another form."
            );

        // Which axes have a part for each action unit, one value or a token's width; null where the shapes differ
        // otherwise.
        bool[]? PerUnit(string name, Tensor source, Tensor target)
        {
            if (source.dim() != target.dim())
                return null;
            var perUnit = new bool[source.dim()];
            for (var axis = 0; axis < perUnit.Length; axis++)
            {
                var (a, b) = (source.shape[axis], target.shape[axis]);
                perUnit[axis] =
                    a % old.Count == 0
                    && b % now.Count == 0
                    && a / old.Count == b / now.Count
                    && (a == old.Count || a == old.Count * (long)from.TokenWidth);
                // Heads (H, N, N) may be as many as action units.
                var heads =
                    axis == 0 && perUnit.Length == 3 && source.shape[1] == old.Count && source.shape[2] == old.Count;
                // As may be the cells of a map (N, S, S), and the shares of a wide layer that mixes within a token.
                var other =
                    (axis > 0 && name.EndsWith("tokens.place", StringComparison.Ordinal))
                    || name.Contains(".mlp.", StringComparison.Ordinal)
                    || name.Contains(".qkv.", StringComparison.Ordinal);
                if (a == b && (old.Count != now.Count || heads || other))
                    perUnit[axis] = false;
                if (a != b && !perUnit[axis])
                    return null;
            }
            return perUnit;
        }

        void Copy(Tensor source, Tensor target, bool[] perUnit, int axis)
        {
            if (axis == perUnit.Length)
                target.copy_(source.to(target.dtype, target.device));
            else if (!perUnit[axis])
                Copy(source, target, perUnit, axis + 1);
            else
            {
                var width = source.shape[axis] / old.Count;
                foreach (var unit in shared)
                    Copy(
                        source.narrow(axis, old.IndexOf(unit) * width, width),
                        target.narrow(axis, now.IndexOf(unit) * width, width),
                        perUnit,
                        axis + 1
                    );
            }
        }
    }

    /// <summary>The file of a trained model: itself, or that of a run's folder.</summary>
    internal static string FileOf(string path) => Directory.Exists(path) ? Path.Combine(path, FileName) : path;

    private static StateDict Open(string path)
    {
        var file = FileOf(path);
        var weights = WeightsFile.Load(file);
        if (
            weights.Metadata.GetValueOrDefault("format") == Format
            && weights.Metadata.ContainsKey("model")
            && weights.Metadata.ContainsKey("distillation")
        )
            return weights;
        weights.Dispose();
        throw new InvalidDataException(
            $"{file} holds weights but no trained model with its options, such as train.cs writes to {FileName}."
        );
    }

    private static (FanTransOptions Model, DistillationOptions Distillation) OptionsOf(StateDict weights) =>
        (
            OptionsJson.Read<FanTransOptions>(weights.Metadata["model"]),
            OptionsJson.Read<DistillationOptions>(weights.Metadata["distillation"])
        );

    /// <summary>The name of a peer's weights in the file, which may have fewer peers.</summary>
    private static string NameIn(StateDict weights, string name)
    {
        var parts = name.Split('.');
        if (weights.ContainsKey(name) || parts[0] != "peers")
            return name;
        parts[1] = "0";
        return string.Join('.', parts);
    }
}
