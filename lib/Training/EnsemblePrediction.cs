using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Evaluation;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>Runs trained peers over frames.</summary>
public static class EnsemblePrediction
{
    /// <summary>The ensemble's predictions (its teacher's logits) and each peer's.</summary>
    /// <param name="ensemble">The peers; put into evaluation mode for the run and back after it.</param>
    /// <param name="loader">The frames, without augmentation.</param>
    /// <param name="device">The ensemble's device; null is the CPU.</param>
    /// <param name="flip">Averages the logits with those of the mirrored image, as the authors' AU-Net does.</param>
    /// <param name="shared">
    /// Whether the loader may label other action units than the ensemble's, as another dataset does: the predictions
    /// are then of the shared ones alone, in the ensemble's order.
    /// </param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="ArgumentException">The loader's crops or action units are not the ensemble's.</exception>
    public static (AuPredictions Ensemble, IReadOnlyList<AuPredictions> Peers) All(
        PeerEnsemble ensemble,
        IAuBatches loader,
        Device? device = null,
        bool flip = false,
        bool shared = false,
        CancellationToken cancellation = default
    ) => All(ensemble, loader, device, flip, shared, null, cancellation);

    /// <summary>As above; every batch's output of the straight images goes to a meter, too.</summary>
    internal static (AuPredictions Ensemble, IReadOnlyList<AuPredictions> Peers) All(
        PeerEnsemble ensemble,
        IAuBatches loader,
        Device? device,
        bool flip,
        bool shared,
        CorrelationMeter? meter,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(loader);
        Check(ensemble, loader, shared);
        var (own, labelled) = (ensemble.Options.ActionUnits, loader.Source.ActionUnits.ToList());
        int[] units = [.. own.Intersect(labelled)];
        var columns = tensor(units.Select(unit => (long)own.ToList().IndexOf(unit)).ToArray(), device: device ?? CPU);
        var keys = new List<FaceKey>();
        var labels = new List<sbyte[]>();
        var tables = Enumerable.Range(0, ensemble.Distillation.Peers + 1).Select(_ => new List<float[]>()).ToArray();
        using var held = columns;
        using var mode = new EvaluationMode(ensemble);
        foreach (var batch in loader.Epoch(0, cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var input = BatchTensors.From(batch, device);
                var output = ensemble.Forward(input);
                meter?.Add(output, batch.Count);
                var logits = Logits(output);
                if (flip)
                    logits =
                    [
                        .. logits.Zip(
                            Logits(ensemble.Forward(input.Flipped())),
                            (straight, mirrored) => straight.Plus(mirrored).Over(2)
                        ),
                    ];
                for (var table = 0; table < tables.Length; table++)
                    tables[table]
                        .AddRange(
                            logits[table]
                                .index_select(1, columns)
                                .sigmoid()
                                .cpu()
                                .data<float>()
                                .ToArray()
                                .Chunk(units.Length)
                        );
                for (var row = 0; row < batch.Count; row++)
                {
                    keys.Add(loader.Source.Key((int)batch.Indices[row]));
                    labels.Add([
                        .. units
                            .Select(unit => (row * labelled.Count) + labelled.IndexOf(unit))
                            .Select(i => batch.Known[i] == 0 ? Labels.Unknown : (sbyte)batch.Labels[i]),
                    ]);
                }
            }
        }
        AuPredictions[] all = [.. tables.Select(t => new AuPredictions(units, keys, t, labels))];
        return (all[0], all[1..]);
    }

    /// <summary>The teacher's logits, then each peer's: (B, N).</summary>
    private static Tensor[] Logits(PeerOutput output) => [output.TeacherLogits, .. output.Peers.Select(p => p.Logits)];

    /// <summary>The ensemble's output for a batch, from its images or from features that were kept of them.</summary>
    internal static PeerOutput Forward(this PeerEnsemble ensemble, BatchTensors batch) =>
        batch.Features is { } features ? ensemble.FromFeatures(features) : ensemble.call(batch.Images);

    private static void Check(PeerEnsemble ensemble, IAuBatches loader, bool shared)
    {
        if (loader.ImageSize != ensemble.Options.Fan.ImageSize)
            throw new ArgumentException(
                $"the loader crops to {loader.ImageSize} pixels, the model takes {ensemble.Options.Fan.ImageSize}."
            );
        var (labelled, own) = (loader.Source.ActionUnits, ensemble.Options.ActionUnits);
        if (shared ? !labelled.Intersect(own).Any() : !labelled.SequenceEqual(own))
            throw new ArgumentException(
                $"the loader labels AU {string.Join(", ", labelled)}, " + $"the model has AU {string.Join(", ", own)}."
            );
    }
}
