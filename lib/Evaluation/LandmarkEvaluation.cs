using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>The landmarks of one face as a network found them, and how far off they are.</summary>
/// <param name="Index">The face's index in its source.</param>
/// <param name="Found">136 values: 68 x (x, y) in pixels of the crop, iBUG order.</param>
/// <param name="Errors">68 distances to the truth as shares of the distance of the outer eye corners;
/// NaN where none is counted.</param>
public sealed record LandmarkFace(int Index, float[] Found, double[] Errors)
{
    /// <summary>Normalised mean error of the face: 0.04 is 4 %; NaN where nothing is counted.</summary>
    public double Nme => Errors.Where(e => !double.IsNaN(e)).DefaultIfEmpty(double.NaN).Average();
}

/// <summary>Errors of the faces, or landmarks, that belong together.</summary>
/// <param name="Name">What they share, for example "brows" or "10 to 20°".</param>
/// <param name="Errors">One error per face, as a share of the distance of the outer eye corners;
/// faces without one are left out.</param>
public sealed record ErrorGroup(string Name, IReadOnlyList<double> Errors)
{
    /// <summary>The mean error; NaN without a face.</summary>
    public double Mean => Errors.DefaultIfEmpty(double.NaN).Average();
}

/// <summary>How well a network finds the landmarks of known faces.</summary>
/// <param name="Faces">The faces in the order in which they were read.</param>
public sealed record LandmarkEvaluation(IReadOnlyList<LandmarkFace> Faces)
{
    /// <summary>The errors of all faces that have one.</summary>
    public ErrorGroup All => Group("all", Faces);

    /// <summary>Normalised mean error over the faces: 0.04 is 4 %.</summary>
    public double Nme => All.Mean;

    /// <summary>Share of the faces whose error is above a limit, 0 to 1; NaN without a face.</summary>
    /// <param name="limit">For example 0.1, where a face is commonly counted as failed.</param>
    public double ShareAbove(double limit) =>
        All.Errors.Select(e => e > limit ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The errors of each part of the face: contour, brows, nose, eyes, mouth.</summary>
    public IReadOnlyList<ErrorGroup> ByPart() =>
        [
            .. Ibug68.Parts.Select(part =>
                Group(part.Name, Faces.Select(f => f with { Errors = f.Errors[part.Landmarks] }))
            ),
        ];

    /// <summary>The errors of the faces for which a value lies between each two neighbouring edges.</summary>
    /// <param name="value">The value of a face by its index in the source,
    /// for example how far the head is turned.</param>
    /// <param name="edges">At least two, rising; a value counts where it is at least the lower
    /// and below the upper edge.</param>
    /// <param name="unit">Written behind the edges, for example "°".</param>
    public IReadOnlyList<ErrorGroup> By(Func<int, double> value, IReadOnlyList<int> edges, string unit = "")
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(edges);
        var values = Faces.ToDictionary(f => f.Index, f => value(f.Index));
        return
        [
            .. edges.Zip(
                edges.Skip(1),
                (low, high) =>
                    Group($"{low} to {high}{unit}", Faces.Where(f => values[f.Index] >= low && values[f.Index] < high))
            ),
        ];
    }

    /// <summary>The faces with the largest errors, the worst first.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<LandmarkFace> Worst(int count) =>
        [.. Faces.Where(f => !double.IsNaN(f.Nme)).OrderByDescending(f => f.Nme).Take(count)];

    private static ErrorGroup Group(string name, IEnumerable<LandmarkFace> faces) =>
        new(name, [.. faces.Select(f => f.Nme).Where(e => !double.IsNaN(e))]);
}

/// <summary>The error of 68 landmarks in the iBUG order, relative to the size of the face.</summary>
internal static class LandmarkError
{
    private const int RightOuterEye = 36,
        LeftOuterEye = 45;

    /// <summary>
    /// The distance of each landmark over that of the outer eye corners (landmarks 37 and 46 counted from 1), the
    /// inter-ocular distance of the 300-W challenge.
    /// </summary>
    /// <param name="predicted">136 values: 68 x (x, y) in pixels.</param>
    /// <param name="truth">136 values: 68 x (x, y) in the same pixels; a NaN pair is not known and not counted.</param>
    /// <param name="visible">68 flags; a landmark that is not visible is not counted. Null counts all.</param>
    /// <returns>
    /// 68 shares, 0.05 for 5 %; NaN where a landmark is not counted, or all of them where the outer eye corners are
    /// unknown or in one place.
    /// </returns>
    /// <exception cref="ArgumentException">A length is not 136, or of the flags not 68.</exception>
    public static double[] Each(
        ReadOnlySpan<float> predicted,
        ReadOnlySpan<float> truth,
        IReadOnlyList<bool>? visible = null
    )
    {
        if (predicted.Length != 136 || truth.Length != 136 || visible is { Count: not 68 })
            throw new ArgumentException(
                $"expected 136 coordinates (and 68 flags), found {predicted.Length} predicted, {truth.Length} true, "
                    + $"{visible?.Count ?? 68} flags."
            );
        var interOcular = Distance(truth, RightOuterEye, truth, LeftOuterEye);
        var errors = new double[68];
        for (var k = 0; k < 68; k++)
        {
            // An unknown coordinate makes the distance NaN by itself.
            errors[k] =
                visible?[k] == false || !(interOcular > 0)
                    ? double.NaN
                    : Distance(predicted, k, truth, k) / interOcular;
        }
        return errors;
    }

    private static double Distance(ReadOnlySpan<float> a, int i, ReadOnlySpan<float> b, int j) =>
        Math.Sqrt(Square(a[2 * i] - b[2 * j]) + Square(a[(2 * i) + 1] - b[(2 * j) + 1]));

    private static double Square(double value) => value * value;
}
