using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>The landmarks of one face as a network found them, and how far off they are.</summary>
/// <param name="Index">The face's index in its source.</param>
/// <param name="Found">136 values: 68 x (x, y) in pixels of the crop, iBUG order.</param>
/// <param name="Errors">68 distances to the truth as shares of the distance of the outer eye corners; NaN where none is counted.</param>
public sealed record LandmarkFace(int Index, float[] Found, double[] Errors)
{
    /// <summary>Normalised mean error of the face: 0.04 is 4 %; NaN where nothing is counted.</summary>
    public double Nme => Errors.Where(e => !double.IsNaN(e)).DefaultIfEmpty(double.NaN).Average();
}

/// <summary>Errors of the faces, or landmarks, that belong together.</summary>
/// <param name="Name">What they share, for example "brows" or "10 to 20°".</param>
/// <param name="Errors">One error a face, as a share of the distance of the outer eye corners; faces without one are left out.</param>
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
    public double ShareAbove(double limit) => All.Errors.Select(e => e > limit ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The errors of each part of the face: contour, brows, nose, eyes, mouth.</summary>
    public IReadOnlyList<ErrorGroup> ByPart() =>
        [.. Ibug68.Parts.Select(part => Group(part.Name, Faces.Select(f => f with { Errors = f.Errors[part.Landmarks] })))];

    /// <summary>The errors of the faces for which a value lies between each two neighbouring edges.</summary>
    /// <param name="value">The value of a face by its index in the source, for example how far the head is turned.</param>
    /// <param name="edges">At least two, rising; a value counts where it is at least the lower and below the upper edge.</param>
    /// <param name="unit">Written behind the edges, for example "°".</param>
    public IReadOnlyList<ErrorGroup> By(Func<int, double> value, IReadOnlyList<int> edges, string unit = "")
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(edges);
        var values = Faces.ToDictionary(f => f.Index, f => value(f.Index));
        return [.. edges.Zip(edges.Skip(1), (low, high) =>
            Group($"{low} to {high}{unit}", Faces.Where(f => values[f.Index] >= low && values[f.Index] < high)))];
    }

    /// <summary>The faces with the largest errors, the worst first.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<LandmarkFace> Worst(int count) =>
        [.. Faces.Where(f => !double.IsNaN(f.Nme)).OrderByDescending(f => f.Nme).Take(count)];

    private static ErrorGroup Group(string name, IEnumerable<LandmarkFace> faces) =>
        new(name, [.. faces.Select(f => f.Nme).Where(e => !double.IsNaN(e))]);
}
