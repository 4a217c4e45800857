using FanTrans.Data;
using MathNet.Numerics.Distributions;

namespace FanTrans.Training.Experiments;

/// <summary>
/// Frames of which nothing is known but one noisy number an action unit, and that not always: features (B, 2N, 1, 1), first
/// the N numbers, 0 where hidden, then for each whether it can be seen, 1 or 0.
/// </summary>
internal sealed class EvidenceBatches : IAuBatches
{
    private readonly EvidenceOptions _options;
    private readonly bool _train;

    /// <param name="source">Its labels alone are used.</param>
    /// <param name="indices">The frames.</param>
    /// <param name="options">How much is hidden, and the noise.</param>
    /// <param name="train">Draws order and evidence anew for each epoch; else they stay.</param>
    public EvidenceBatches(AuDataset source, IReadOnlyList<int> indices, EvidenceOptions options, bool train) =>
        (Source, Indices, _options, _train) = (source, indices, options, train);

    public AuDataset Source { get; }

    public IReadOnlyList<int> Indices { get; }

    public int ImageSize => 0;

    public int Batches => (Indices.Count + _options.BatchSize - 1) / _options.BatchSize;

    public string Description => $"evidence, hidden {_options.Hidden}, noise {_options.Noise}, batches of {_options.BatchSize}, seed {_options.Seed}, train {_train}";

    public IEnumerable<AuBatch> Epoch(int epoch, CancellationToken cancellation = default)
    {
        var key = _train ? epoch + 1 : 0;
        int[] order = [.. Indices];
        if (_train)
            new SeededRandom(_options.Seed, key).Shuffle<int>(order);
        var units = Source.ActionUnits.Count;
        for (var number = 0; number < Batches; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var frames = order.AsSpan(number * _options.BatchSize, Math.Min(_options.BatchSize, order.Length - (number * _options.BatchSize)));
            var values = new Half[frames.Length * 2 * units];
            var batch = new AuBatch(frames.Length, imageSize: 0, units) { Features = new KeptFeatures(values, 2 * units, 1, 1) };
            for (var row = 0; row < frames.Length; row++)
            {
                var labels = Source.LabelsAt(frames[row]);
                batch.Name(row, frames[row], labels);
                var random = new SeededRandom(_options.Seed, key, frames[row]);
                for (var n = 0; n < units; n++)
                {
                    var (hidden, noise) = (random.Chance(_options.Hidden), random.Uniform(1e-9, 1));
                    if (hidden || labels[n] == Evaluation.Labels.Unknown)
                        continue;
                    values[(row * 2 * units) + n] = (Half)((labels[n] == 1 ? 1 : -1) + (_options.Noise * Normal.InvCDF(0, 1, noise)));
                    values[(((row * 2) + 1) * units) + n] = Half.One;
                }
            }
            yield return batch.Lend(number, _ => { });
        }
    }
}
