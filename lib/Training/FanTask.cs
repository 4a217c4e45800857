using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// Pre-training of a face alignment network on 68 landmarks: squared error between every stack's heatmaps and Gaussians
/// at the landmarks, summed over a heatmap's cells and averaged over the landmarks that count, the stacks' losses
/// added. A landmark beyond the crop's edge counts with an empty heatmap; one that is hidden or unknown has no target
/// and adds nothing. The Gaussians and the squared error are those of Bulat and Tzimiropoulos (ICCV 2017); the sum over
/// cells, which keeps the loss of the order of 1 at any size, and the deviation are chosen by this kit.
/// </summary>
/// <param name="fan">The network; it must not be frozen.</param>
/// <param name="sigma">Deviation of the Gaussians in heatmap cells.</param>
public sealed class FanTask(FaceAlignmentNetwork fan, double sigma = 1) : TrainingTask
{
    /// <inheritdoc/>
    public override string Name => "fan";

    /// <inheritdoc/>
    public override nn.Module Module => fan;

    /// <inheritdoc/>
    public override string Description => OptionsJson.Write(new Shape(fan.Options, sigma));

    /// <summary>"nme": the normalised mean error of the landmarks.</summary>
    public override string Criterion => "nme";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSet> Parameters { get; } =
        fan.Frozen
            ? throw new ArgumentException(
                "the face alignment network is frozen: call Unfreeze before pre-training it.",
                nameof(fan)
            )
            : [new([.. fan.named_parameters()])];

    private sealed record Shape(FanOptions Fan, double Sigma);

    /// <inheritdoc/>
    public override StepLoss Loss(BatchTensors batch, double epoch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Features is not null)
            throw new InvalidOperationException("the batches hold kept features, and pre-training needs images.");
        return new StepLoss(LossOf(fan.Options, fan.Heatmaps(batch.Images), batch, sigma), []);
    }

    /// <summary>The loss of heatmaps that were computed already: a scalar.</summary>
    internal static Tensor LossOf(FanOptions fan, IEnumerable<Tensor> heatmaps, BatchTensors batch, double sigma = 1)
    {
        var targets = LandmarkHeatmaps.Draw(batch.Landmarks, batch.Visible, fan, sigma); // (B, 68, h, h)
        // Landmarks that are visible, or known to lie beyond the crop's edge.
        var outside = batch
            .Landmarks.AtLeast(0)
            .logical_not()
            .logical_or(batch.Landmarks.AtLeast(fan.ImageSize))
            .any(-1);
        var counted = batch.Visible.maximum(outside.to_type(batch.Visible.dtype)); // (B, 68)
        var mask = counted.unsqueeze(-1).unsqueeze(-1); // (B, 68, 1, 1)
        var landmarks = counted.sum().NoLess(1);
        return heatmaps.Select(stack => ((stack - targets) * mask).Squared().sum() / landmarks).Sum();
    }

    /// <summary>Refuses to train landmarks on frames that have none. Some of them are looked at.</summary>
    /// <param name="source">The dataset.</param>
    /// <param name="train">The training frames.</param>
    /// <exception cref="InvalidDataException">No frame that was looked at has a landmark.</exception>
    internal static void RequireLandmarks(AuDataset source, IReadOnlyList<int> train)
    {
        int[] looked = [.. train.Where((_, place) => place % Math.Max(1, train.Count / 100) == 0)];
        if (!looked.Any(frame => source.Read(frame).Landmarks.Any(float.IsFinite)))
            throw new InvalidDataException(
                $"{source.People}: expected landmarks to train on, found none in {looked.Length} frames "
                    + $"of the {train.Count} to train on."
            );
    }

    /// <summary>Metrics "nme" (mean over faces, by the outer eye corners)
    /// and "nme_over_10" (share of faces above 10 %).</summary>
    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Validate(
        IAuBatches loader,
        Device device,
        CancellationToken cancellation
    ) => Measure(fan, loader, device, cancellation);

    /// <summary>The metrics of <see cref="Validate"/> for any network.</summary>
    internal static Dictionary<string, double> Measure(
        FaceAlignmentNetwork fan,
        IAuBatches loader,
        Device device,
        CancellationToken cancellation
    )
    {
        var evaluation = Evaluate(fan, loader, device, cancellation);
        return new Dictionary<string, double>
        {
            ["nme"] = evaluation.Nme,
            ["nme_over_10"] = evaluation.ShareAbove(0.1),
        };
    }

    /// <summary>Every face's landmarks and errors.</summary>
    /// <param name="fan">The network; put into evaluation mode for the run and back after it.</param>
    /// <param name="loader">The faces, without augmentation.</param>
    /// <param name="device">The network's device; null is the CPU.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static LandmarkEvaluation Evaluate(
        FaceAlignmentNetwork fan,
        IAuBatches loader,
        Device? device = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(fan);
        ArgumentNullException.ThrowIfNull(loader);
        var faces = new List<LandmarkFace>();
        using var mode = new EvaluationMode(fan);
        foreach (var batch in loader.Epoch(0, cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var images = BatchTensors.Copy(
                    batch.Images,
                    [batch.Count, 3, batch.ImageSize, batch.ImageSize],
                    device ?? CPU
                );
                var (landmarks, _) = LandmarkHeatmaps.Read(fan.Heatmaps(images)[^1], fan.Options.ImageSize);
                var found = landmarks.cpu().data<float>().ToArray();
                for (var row = 0; row < batch.Count; row++)
                {
                    var coordinates = row * 2 * Ibug68.Count;
                    var visible = batch.Visible.AsSpan(row * Ibug68.Count, Ibug68.Count).ToArray();
                    var own = found.AsSpan(coordinates, 2 * Ibug68.Count).ToArray();
                    var truth = batch.Landmarks.AsSpan(coordinates, 2 * Ibug68.Count).ToArray();
                    // A batch has landmarks that are not known at 0, 0.
                    for (var k = 0; k < visible.Length; k++)
                    {
                        if (visible[k] == 0 && truth[2 * k] == 0 && truth[(2 * k) + 1] == 0)
                            (truth[2 * k], truth[(2 * k) + 1]) = (float.NaN, float.NaN);
                    }
                    faces.Add(
                        new LandmarkFace(
                            (int)batch.Indices[row],
                            own,
                            LandmarkError.Each(own, truth, Array.ConvertAll(visible, v => v > 0))
                        )
                    );
                }
            }
        }
        return new LandmarkEvaluation(faces);
    }
}
