using FanTrans.Data;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Anatomy;

/// <summary>One head's attention drop: what it keeps with which probability, and masks as training draws them.</summary>
/// <param name="Head">The head, from 1.</param>
/// <param name="Keep">Keep probabilities, N x N, the diagonal 1.</param>
/// <param name="Draws">Masks of 0 and 1, N x N, one a draw.</param>
/// <param name="Evaluation">The mask of the evaluation.</param>
public sealed record HeadMasks(int Head, double[,] Keep, IReadOnlyList<double[,]> Draws, double[,] Evaluation)
{
    /// <summary>The keep probabilities between different action units.</summary>
    public IEnumerable<double> Between =>
        Keep.Cast<double>().Where((_, k) => k / Keep.GetLength(0) != k % Keep.GetLength(0));
}

/// <summary>The masks of an attention drop, seen on the model itself: a pair is dropped where its attention is 0.</summary>
public static class MaskDraws
{
    /// <summary>Draws masks of every head of a transformer block.</summary>
    /// <param name="model">The model; its batch norms stay in evaluation mode, and all of it is put back.</param>
    /// <param name="crop">A square picture of a face; an input-dependent drop looks at it.</param>
    /// <param name="block">The transformer block, from 1.</param>
    /// <param name="draws">How many masks to draw.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="device">The model's device; null is the processor.</param>
    /// <exception cref="ArgumentException">The picture is not square.</exception>
    public static IReadOnlyList<HeadMasks> Of(
        FanTransModel model, RgbImage crop, int block = 1, int draws = 3, long seed = 1, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(block, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(block, model.Options.TransformerBlocks);
        using var mode = new EvaluationMode(model);
        using var scope = NewDisposeScope();
        var features = model.Features(CropTensor.Of(crop, model.Options.Fan.ImageSize, device));
        var evaluated = model.Head.call(features);
        var drops = model.Head.modules().OfType<AttentionDrop>().ToList();
        var drawn = new List<Tensor>();
        random.manual_seed(seed);
        try
        {
            foreach (var drop in drops)
                drop.train();
            for (var i = 0; i < draws; i++)
                drawn.Add(model.Head.call(features).Attention[block - 1]);
        }
        finally
        {
            foreach (var drop in drops)
                drop.eval();
        }
        return [.. Enumerable.Range(0, model.Options.Heads).Select(head => new HeadMasks(
            head + 1, Matrix(evaluated.Keep[block - 1][head]), [.. drawn.Select(map => Mask(map, head))], Mask(evaluated.Attention[block - 1], head)))];

        static double[,] Mask(Tensor attention, int head) => Matrix(attention[0, head].gt(0).to_type(ScalarType.Float32));
    }

    /// <summary>A square tensor as a matrix.</summary>
    internal static double[,] Matrix(Tensor values)
    {
        var (n, flat) = ((int)values.shape[0], values.cpu().contiguous().data<float>().ToArray());
        var matrix = new double[n, n];
        for (var k = 0; k < flat.Length; k++)
            matrix[k / n, k % n] = flat[k];
        return matrix;
    }
}
