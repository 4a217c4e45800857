using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Evaluation;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>Runs trained peers over frames.</summary>
public static class EnsemblePrediction
{
    /// <summary>The ensemble's predictions (its teacher's logits) and each peer's.</summary>
    /// <param name="ensemble">The peers; put into evaluation mode for the run and back after it.</param>
    /// <param name="loader">The frames, without augmentation.</param>
    /// <param name="device">The ensemble's device; null is the processor.</param>
    /// <param name="flip">Averages the logits with those of the mirrored image, as the authors' AU-Net does.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="ArgumentException">The loader's crops or action units are not the ensemble's.</exception>
    public static (AuPredictions Ensemble, IReadOnlyList<AuPredictions> Peers) All(
        PeerEnsemble ensemble, IAuBatches loader, Device? device = null, bool flip = false, CancellationToken cancellation = default) =>
        All(ensemble, loader, device, flip, null, cancellation);

    /// <summary>As above; every batch's output of the straight images goes to a meter, too.</summary>
    internal static (AuPredictions Ensemble, IReadOnlyList<AuPredictions> Peers) All(
        PeerEnsemble ensemble, IAuBatches loader, Device? device, bool flip, CorrelationMeter? meter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(loader);
        Check(ensemble, loader);
        var units = ensemble.Options.ActionUnits.Count;
        var keys = new List<FaceKey>();
        var labels = new List<sbyte[]>();
        var tables = Enumerable.Range(0, ensemble.Distillation.Peers + 1).Select(_ => new List<float[]>()).ToArray();
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
                    logits = [.. logits.Zip(Logits(ensemble.Forward(input.Flipped())), (straight, mirrored) => (straight + mirrored) / 2)];
                for (var table = 0; table < tables.Length; table++)
                    tables[table].AddRange(logits[table].sigmoid().cpu().data<float>().ToArray().Chunk(units));
                for (var row = 0; row < batch.Count; row++)
                {
                    keys.Add(loader.Source.Key((int)batch.Indices[row]));
                    labels.Add([.. Enumerable.Range(row * units, units)
                        .Select(i => batch.Known[i] == 0 ? Labels.Unknown : (sbyte)batch.Labels[i])]);
                }
            }
        }
        AuPredictions[] all = [.. tables.Select(t => new AuPredictions(ensemble.Options.ActionUnits, keys, t, labels))];
        return (all[0], all[1..]);
    }

    /// <summary>The teacher's logits, then each peer's: (B, N).</summary>
    private static Tensor[] Logits(PeerOutput output) => [output.TeacherLogits, .. output.Peers.Select(p => p.Logits)];

    /// <summary>The ensemble's output for a batch, from its images or from features that were kept of them.</summary>
    internal static PeerOutput Forward(this PeerEnsemble ensemble, BatchTensors batch) =>
        batch.Features is { } features ? ensemble.FromFeatures(features) : ensemble.call(batch.Images);

    private static void Check(PeerEnsemble ensemble, IAuBatches loader)
    {
        if (loader.ImageSize != ensemble.Options.Fan.ImageSize)
            throw new ArgumentException(
                $"the loader crops to {loader.ImageSize} pixels, the model takes {ensemble.Options.Fan.ImageSize}.");
        if (!loader.Source.ActionUnits.SequenceEqual(ensemble.Options.ActionUnits))
            throw new ArgumentException(
                $"the loader labels AU {string.Join(", ", loader.Source.ActionUnits)}, " +
                $"the model has AU {string.Join(", ", ensemble.Options.ActionUnits)}.");
    }
}
