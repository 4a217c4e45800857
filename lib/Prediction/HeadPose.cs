using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>
/// How a head is turned, in degrees; zero looks straight into the camera. Read from landmarks by fitting a mean head
/// to them without perspective: chosen by this kit; on rendered faces turned by up to 35° it is off by 1.0° (yaw),
/// 1.1° (pitch) and 0.3° (roll) in the mean.
/// </summary>
/// <param name="Pitch">Up and down: positive lowers the face.</param>
/// <param name="Yaw">To the side: positive turns the face to the picture's right.</param>
/// <param name="Roll">In the picture's plane: positive turns clockwise.</param>
public readonly record struct HeadPose(double Pitch, double Yaw, double Roll)
{
    // Millimetres, x to the picture's right, y down, z to the camera: the mean of 64 heads of SynthFaces, made
    // symmetric; points of the right half (x > 0) are the mirror images. Chin, lips and brows move too much to help.
    private static readonly (int Landmark, Vector3 Place)[] Half =
    [
        (0, new(-69.7f, 2.1f, 9.8f)),
        (1, new(-68.8f, 21, 10.2f)),
        (27, new(0, 1, 88.7f)),
        (28, new(0, 12, 96.4f)),
        (29, new(0, 23, 107.1f)),
        (30, new(0, 33.8f, 117)),
        (31, new(-13.8f, 44.1f, 98.4f)),
        (32, new(-7.1f, 46.1f, 92.5f)),
        (33, new(0, 47.6f, 97.2f)),
        (36, new(-45.3f, -1.2f, 68)),
        (37, new(-36.2f, -5.2f, 75.2f)),
        (38, new(-25.4f, -5.2f, 76.3f)),
        (39, new(-16.9f, -0.7f, 72.7f)),
        (40, new(-25.4f, 3.2f, 76.3f)),
        (41, new(-36.2f, 3.3f, 74.9f)),
        (48, new(-26.5f, 65.8f, 84.1f)),
    ];

    /// <summary>Both halves; for the test that makes them anew.</summary>
    internal static readonly (int Landmark, Vector3 Place)[] Head =
    [
        .. Half,
        .. Half.Where(p => p.Place.X < 0).Select(p => (Ibug68.Flipped[p.Landmark], p.Place with { X = -p.Place.X })),
    ];

    // The head's points about their mean, and from sums over them to the best affine map.
    private static readonly Vector3 Middle = Head.Aggregate(Vector3.Zero, (sum, p) => sum + p.Place) / Head.Length;
    private static readonly Matrix4x4 ToMap = Inverse();

    /// <summary>Reads the pose of a face.</summary>
    /// <param name="landmarks">136 values: 68 x (x, y) in pixels, iBUG order.</param>
    /// <returns>The pose; NaN where the landmarks span no face.</returns>
    /// <exception cref="ArgumentException">There are not 68 pairs.</exception>
    public static HeadPose Of(ReadOnlySpan<float> landmarks)
    {
        if (landmarks.Length != 2 * Ibug68.Count)
            throw new ArgumentException(
                $"landmarks: expected 136 values, found {landmarks.Length}.",
                nameof(landmarks)
            );
        // Row by row: p = s R P + t without depth, by least squares.
        Vector3 x = default,
            y = default;
        foreach (var (landmark, place) in Head)
        {
            x += landmarks[2 * landmark] * (place - Middle);
            y += landmarks[(2 * landmark) + 1] * (place - Middle);
        }
        (x, y) = (Vector3.Normalize(Vector3.Transform(x, ToMap)), Vector3.Normalize(Vector3.Transform(y, ToMap)));
        // The nearest two rows at a right angle.
        var (sum, difference) = (Vector3.Normalize(x + y), Vector3.Normalize(x - y));
        (x, y) = (Vector3.Normalize(sum + difference), Vector3.Normalize(sum - difference));
        var z = Vector3.Cross(x, y);
        return new HeadPose(
            Degrees(Math.Asin(Math.Clamp(-z.Y, -1, 1))),
            Degrees(Math.Atan2(-z.X, z.Z)),
            Degrees(Math.Atan2(-x.Y, y.Y))
        );
    }

    private static double Degrees(double radians) => radians * 180 / Math.PI;

    private static Matrix4x4 Inverse()
    {
        Vector3 x = default,
            y = default,
            z = default;
        foreach (var p in Head.Select(h => h.Place - Middle))
            (x, y, z) = (x + (p.X * p), y + (p.Y * p), z + (p.Z * p));
        Matrix4x4.Invert(
            new Matrix4x4(x.X, x.Y, x.Z, 0, y.X, y.Y, y.Z, 0, z.X, z.Y, z.Z, 0, 0, 0, 0, 1),
            out var inverse
        );
        return inverse;
    }
}
