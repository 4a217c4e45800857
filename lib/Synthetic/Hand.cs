using System.Numerics;
using System.Runtime.Intrinsics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>A hand before a part of the face: capsules for palm, fingers and wrist, drawn as round bodies.</summary>
internal sealed class Hand
{
    private readonly (Vector3 From, Vector3 To, float Radius)[] bones;

    /// <summary>A hand at a random place of the face, in the head's own space.</summary>
    public Hand(ref SeededRandom r)
    {
        // Where people put their hands: mouth, chin, cheek, eye, brow.
        var (x, y) = r.Below(5) switch
        {
            0 => (r.Uniform(-14, 14), r.Uniform(62, 74)),
            1 => (r.Uniform(-22, 22), r.Uniform(92, 108)),
            2 => ((r.Chance(0.5) ? 1 : -1) * r.Uniform(38, 56), r.Uniform(20, 50)),
            3 => ((r.Chance(0.5) ? 1 : -1) * r.Uniform(26, 44), r.Uniform(-6, 12)),
            _ => (r.Uniform(-36, 36), r.Uniform(-46, -26)),
        };
        var side = x == 0 ? 1 : Math.Sign(x);
        var tilt = (float)(side * r.Uniform(-10, 55));
        var (sin, cos) = (FixedMath.Sin(tilt * (MathF.PI / 180)), FixedMath.Cos(tilt * (MathF.PI / 180)));
        var tip = new Vector3((float)x, (float)y, (float)r.Uniform(104, 116));
        var curl = (float)r.Uniform(0, 20);
        var fingers = 1 + r.Below(4);
        // Along the hand from finger tips to wrist, and across it.
        var along = new Vector3(sin, cos, -0.12f);
        var across = new Vector3(cos, -sin, 0);
        var bones = new List<(Vector3, Vector3, float)>();
        for (var finger = 0; finger < 4; finger++)
        {
            var offset = across * (side * (finger - 1.5f) * 17);
            var length = finger switch
            {
                0 => 62f,
                1 => 72,
                2 => 67,
                _ => 52,
            };
            if (finger >= fingers)
                length *= 0.45f;
            var knuckle = tip + offset + (along * 74) + new Vector3(0, 0, curl * 0.6f);
            var middle = knuckle - (along * (length * 0.5f)) + new Vector3(0, 0, finger >= fingers ? 10 : curl * 0.4f);
            var end = knuckle - (along * length) - new Vector3(0, 0, finger >= fingers ? 8 : 0);
            bones.Add((knuckle, middle, 8.6f));
            bones.Add((middle, end, 7.6f));
            bones.Add((knuckle, knuckle + (along * 60) - (offset * 0.25f), 11.5f));
        }
        var root = tip + (along * 150);
        bones.Add((root - (across * 14), root - (across * 12) + (along * 160), 20));
        bones.Add((root + (across * 12), root + (across * 12) + (along * 160), 20));
        this.bones = [.. bones];
    }

    public void Draw(SampleBuffer samples, HeadMesh mesh, Camera camera)
    {
        foreach (var (from, to, radius) in bones)
            Capsule(samples, mesh.ToCamera(from), mesh.ToCamera(to), radius, camera);
    }

    private static void Capsule(SampleBuffer samples, Vector3 a, Vector3 b, float radius, Camera camera)
    {
        var scale = camera.Focal / (camera.Distance - ((a.Z + b.Z) / 2) - radius);
        var (ax, ay) = (camera.CentreX + (a.X * scale), camera.CentreY + (a.Y * scale));
        var (bx, by) = (camera.CentreX + (b.X * scale), camera.CentreY + (b.Y * scale));
        var r = radius * scale;
        var x0 = Math.Max(0, (int)(Math.Min(ax, bx) - r));
        var x1 = Math.Min(samples.Width - 1, (int)(Math.Max(ax, bx) + r) + 1);
        var y0 = Math.Max(0, (int)(Math.Min(ay, by) - r));
        var y1 = Math.Min(samples.Height - 1, (int)(Math.Max(ay, by) + r) + 1);
        var (dx, dy) = (bx - ax, by - ay);
        var inverse = 1 / Math.Max(1e-3f, (dx * dx) + (dy * dy));
        for (var y = y0; y <= y1; y++)
        {
            for (var x = x0; x <= x1; x++)
            {
                var (px, py) = (x + 0.5f - ax, y + 0.5f - ay);
                var t = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0, 1);
                var (ox, oy) = ((px - (t * dx)) / r, (py - (t * dy)) / r);
                var square = 1 - (ox * ox) - (oy * oy);
                if (square <= 0)
                    continue;
                var front = MathF.Sqrt(square);
                var depth = a.Z + ((b.Z - a.Z) * t) + (radius * front);
                var at = (y * samples.Width) + x;
                if (depth <= samples.Depth[at])
                    continue;
                samples.Depth[at] = depth;
                samples.Attributes[at] = Vector256.Create(depth, t * 40, radius, ox, oy, front, 1, 0);
                samples.Material[at] = Material.Hand;
            }
        }
    }
}
