// Landmarks to heatmaps and back. Known: FAN predicts one heatmap per landmark, at a quarter of the image's resolution,
// trained on Gaussians. Chosen by this kit: the exact coordinates and the sub-pixel refinement below.
//
// Coordinates are continuous image pixels: the image spans [0, S], so the centre of its first pixel is (0.5, 0.5).
// Heatmap cell i covers the image interval [4i, 4i + 4], its centre is at 4(i + 0.5).
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>Landmarks as Gaussian heatmaps, and landmarks read from heatmaps.</summary>
public static class LandmarkHeatmaps
{
    private const int Radius = 2;
    private const int Window = 2 * Radius + 1;

    /// <summary>Draws a Gaussian of height 1 at each visible landmark. The kit's training target for FAN.</summary>
    /// <param name="landmarks">(B, L, 2), x and y in image pixels; NaN where not known.</param>
    /// <param name="visible">(B, L), 1 where a heatmap is to be drawn and 0 where it stays zero.</param>
    /// <param name="options">Image and heatmap size.</param>
    /// <param name="sigma">The Gaussian's deviation in heatmap cells. Chosen by this kit: 1.</param>
    /// <returns>(B, L, S/4, S/4) in [0, 1].</returns>
    public static Tensor Draw(Tensor landmarks, Tensor visible, FanOptions options, double sigma = 1)
    {
        using var scope = NewDisposeScope();
        int side = options.HeatmapSize;
        double scale = (double)side / options.ImageSize;
        // Far outside instead of NaN: such a Gaussian is 0 everywhere.
        var centres = landmarks.Filled(landmarks.isnan(), -1e6).Times(scale); // (B, L, 2)
        var cells = Arithmetic.Count(side, landmarks.device).to_type(landmarks.dtype).Plus(0.5); // (side)
        var distances = (centres.unsqueeze(-1) - cells).Over(sigma); // (B, L, 2, side)
        var gaussians = distances.Squared().Times(-0.5).exp();
        var alongX = gaussians.select(2, 0).unsqueeze(-2); // (B, L, 1, side)
        var alongY = gaussians.select(2, 1).unsqueeze(-1); // (B, L, side, 1)
        var shown = visible.to_type(landmarks.dtype).unsqueeze(-1).unsqueeze(-1); // (B, L, 1, 1)
        return (alongY * shown * alongX).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Reads a landmark from each heatmap: the highest cell, refined to the centroid of the positive values in the
    /// 5 x 5 cells around it. The refinement is chosen by this kit.
    /// </summary>
    /// <param name="heatmaps">(B, L, side, side).</param>
    /// <param name="imageSize">Side S of the image that the landmarks refer to.</param>
    /// <returns>Landmarks (B, L, 2), x and y in image pixels, and the confidence (B, L): the highest cell's value,
    /// clamped to [0, 1].</returns>
    public static (Tensor Landmarks, Tensor Confidence) Read(Tensor heatmaps, int imageSize)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        long batch = heatmaps.shape[0],
            count = heatmaps.shape[1];
        long height = heatmaps.shape[2],
            width = heatmaps.shape[3];
        var (highest, index) = heatmaps.flatten(2).max(2); // (B, L)
        var (row, column) = index.DividedBy(width);

        // The window's cells in the padded heatmap: cell (r, c) is at (r + Radius, c + Radius) there.
        long paddedWidth = width + 2 * Radius;
        var padded = F.pad(heatmaps.NoLess(0), [Radius, Radius, Radius, Radius]).flatten(2); // (B, L, (h+4)(w+4))
        var steps = Arithmetic.Count(Window, heatmaps.device); // 0 .. 4
        var window = steps.unsqueeze(1).Times(paddedWidth).Plus(steps).flatten(); // (25)
        var cells = row.Times(paddedWidth).Plus(column).unsqueeze(-1).Plus(window); // (B, L, 25)
        var weights = padded.gather(2, cells).view(batch, count, Window, Window); // (B, L, 5, 5)

        // A heatmap without a positive value has no centroid: its highest cell's centre stands.
        var total = weights.sum(2, 3).NoLess(1e-12); // (B, L)
        var offsets = steps.to_type(heatmaps.dtype).Minus(Radius); // -2 .. 2
        var dx = (weights.sum(2) * offsets).sum(2) / total;
        var dy = (weights.sum(3) * offsets).sum(2) / total;

        double scale = (double)imageSize / width;
        var x = column.Plus(dx).Plus(0.5).Times(scale);
        var y = row.Plus(dy).Plus(0.5).Times((double)imageSize / height);
        var landmarks = stack([x, y], dim: -1); // (B, L, 2)
        return scope.MoveToOuter(landmarks, highest.Within(0, 1));
    }
}
