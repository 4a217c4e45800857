using FanTrans.Data;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Anatomy;

/// <summary>The tokens of many faces, before the transformer blocks and after them.</summary>
/// <param name="Before">[frames, N, D], as the subnet makes them.</param>
/// <param name="After">[frames, N, D], as the classifier takes them.</param>
public sealed record TokenTrace(float[,,] Before, float[,,] After)
{
    /// <summary>Runs faces through one peer.</summary>
    /// <param name="model">The peer; put into evaluation mode for the run and back after it.</param>
    /// <param name="loader">The faces, without augmentation.</param>
    /// <param name="device">The model's device; null is the processor.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static TokenTrace Of(FanTransModel model, IAuBatches loader, Device? device = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loader);
        List<float> before = [], after = [];
        using var mode = new EvaluationMode(model);
        foreach (var batch in loader.Epoch(0, cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var features = model.Features(BatchTensors.From(batch, device).Images);
                Add(before, model.Head.Tokens(features));
                Add(after, model.Head.call(features).Tokens);
            }
        }
        return new TokenTrace(Shaped(before), Shaped(after));

        float[,,] Shaped(List<float> values)
        {
            var (units, width) = (model.Options.ActionUnits.Count, model.Options.TokenWidth);
            var shaped = new float[values.Count / (units * width), units, width];
            for (var k = 0; k < values.Count; k++)
                shaped[k / (units * width), k / width % units, k % width] = values[k];
            return shaped;
        }
    }

    private static void Add(List<float> values, Tensor tokens) => values.AddRange(tokens.cpu().contiguous().data<float>().ToArray());
}
