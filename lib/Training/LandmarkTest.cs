using FanTrans.Synthetic;

namespace FanTrans.Training;

/// <summary>The error of landmarks on the faces that are turned alike.</summary>
/// <param name="Yaw">The turn to either side, in degrees: "0 to 10".</param>
/// <param name="Faces">How many there are.</param>
/// <param name="Nme">Normalised mean error, by the distance of the outer eye corners; NaN without a face.</param>
public sealed record PoseError(string Yaw, int Faces, double Nme);

/// <summary>How well a network finds the landmarks of rendered faces.</summary>
/// <param name="Nme">Normalised mean error over all faces, by the distance of the outer eye corners: 0.04 is 4 %.</param>
/// <param name="ByYaw">The same by how far the head is turned to a side.</param>
public sealed record LandmarkTest(double Nme, IReadOnlyList<PoseError> ByYaw)
{
    private static readonly int[] Edges = [0, 10, 20, 36];

    internal static LandmarkTest Of(IReadOnlyList<(long Index, double Nme)> errors, SynthFaces faces)
    {
        var measured = errors.Where(e => !double.IsNaN(e.Nme)).Select(e => (Yaw: Math.Abs(faces.PoseAt((int)e.Index).Yaw), e.Nme)).ToList();
        return new LandmarkTest(Mean(measured), [.. Edges.Zip(Edges.Skip(1), (low, high) =>
        {
            var here = measured.Where(m => m.Yaw >= low && m.Yaw < high).ToList();
            return new PoseError(high == Edges[^1] ? $"above {low}" : $"{low} to {high}", here.Count, Mean(here));
        })]);
    }

    private static double Mean(List<(float Yaw, double Nme)> faces) => faces.Select(f => f.Nme).DefaultIfEmpty(double.NaN).Average();
}
