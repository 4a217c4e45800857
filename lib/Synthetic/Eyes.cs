using System.Numerics;
using System.Runtime.Intrinsics;

namespace FanTrans.Synthetic;

/// <summary>Eyeballs: drawn as spheres behind the lids, with the lids' shade on them as the last attribute.</summary>
internal static class Eyes
{
    /// <summary>Draws both eyeballs where the lids leave them free.</summary>
    /// <param name="samples">The picture; skin must be there already.</param>
    /// <param name="mesh">The head.</param>
    /// <param name="camera">The camera.</param>
    /// <param name="motion">For the gaze.</param>
    /// <param name="light">How much of the main light reaches each eye.</param>
    public static void Draw(
        SampleBuffer samples,
        HeadMesh mesh,
        Camera camera,
        FaceMotion motion,
        ReadOnlySpan<float> light
    )
    {
        const float Radians = MathF.PI / 180;
        const float R = HeadShape.EyeRadius;
        var (sr, cr) = (FixedMath.Sin(motion.Gaze.Right * Radians), FixedMath.Cos(motion.Gaze.Right * Radians));
        var (sd, cd) = (FixedMath.Sin(motion.Gaze.Down * Radians), FixedMath.Cos(motion.Gaze.Down * Radians));
        var forward = mesh.HeadTurn.Turn(new Vector3(sr * cd, sd, cr * cd));
        var right = mesh.HeadTurn.Turn(new Vector3(cr, 0, -sr));
        var down = Vec.Cross(forward, right);
        for (var side = 0; side < 2; side++)
        {
            var centre = mesh.ToCamera(mesh.Eyes[side]);
            var scale = camera.Focal / (camera.Distance - centre.Z - 8);
            var (sx, sy, radius) = (
                camera.CentreX + (centre.X * scale),
                camera.CentreY + (centre.Y * scale),
                R * scale
            );
            var (x0, x1) = (Math.Max(0, (int)(sx - radius)), Math.Min(samples.Width - 1, (int)(sx + radius) + 1));
            var (y0, y1) = (Math.Max(0, (int)(sy - radius)), Math.Min(samples.Height - 1, (int)(sy + radius) + 1));
            for (var x = x0; x <= x1; x++)
            {
                var (first, last) = (-1, -1);
                for (var y = y0; y <= y1; y++)
                {
                    var (dx, dy) = ((x + 0.5f - sx) / scale, (y + 0.5f - sy) / scale);
                    var square = (R * R) - (dx * dx) - (dy * dy);
                    if (square <= 0)
                        continue;
                    var dz = MathF.Sqrt(square);
                    var at = (y * samples.Width) + x;
                    if (centre.Z + dz <= samples.Depth[at])
                        continue;
                    if (first < 0)
                        first = y;
                    last = y;
                    var n = new Vector3(dx, dy, dz) * (1 / R);
                    // Millimetres from the middle of the iris; far away on the ball's back.
                    var facing = Vec.Dot(n, forward);
                    var (u, v) = (facing > 0 ? Vec.Dot(n, right) * R : R, Vec.Dot(n, down) * R);
                    samples.Depth[at] = centre.Z + dz;
                    samples.Attributes[at] = Vector256.Create(centre.Z + dz, u, v, n.X, n.Y, n.Z, light[side], 1);
                    samples.Material[at] = Material.Eye;
                }
                // Lids shade the ball below them.
                for (var y = first; y >= 0 && y <= last; y++)
                {
                    var at = (y * samples.Width) + x;
                    if (samples.Material[at] != Material.Eye)
                        continue;
                    var (above, below) = ((y - first + 0.5f) / scale, (last - y + 0.5f) / scale);
                    var shade =
                        (0.30f + (0.70f * FixedMath.Smooth(-0.8f, 3.4f, above)))
                        * (0.6f + (0.4f * FixedMath.Smooth(-0.5f, 1.4f, below)));
                    samples.Attributes[at] = samples.Attributes[at].WithElement(7, shade);
                }
            }
        }
    }
}
