using System.Numerics;
using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>The frame of a pair of glasses: two rims, a bridge and two temples,
/// each a ribbon with a rounded profile.</summary>
internal sealed class Glasses
{
    /// <summary>Vertices of every frame.</summary>
    public const int Vertices = (2 * Around * Profile) + (3 * Along * Profile);

    private const int Around = 33,
        Along = 9,
        Profile = 3;
    private readonly Vector3[] points = new Vector3[Vertices];

    public Glasses(FaceShape shape, GlassesStyle style)
    {
        var at = 0;
        for (var side = -1; side <= 1; side += 2)
        {
            for (var k = 0; k < Around; k++)
            {
                // A superellipse: its radius along an angle.
                var angle = (2 * MathF.PI * k) / (Around - 1);
                var (sin, cos) = (Sin(angle), Cos(angle));
                var radius = Pow(
                    Pow(Math.Abs(cos) / style.Width, style.Squareness)
                        + Pow(Math.Abs(sin) / style.Height, style.Squareness),
                    -1 / style.Squareness
                );
                Ribbon(
                    ref at,
                    k,
                    Around,
                    new Vector3((side * 33) + (cos * radius), 2.5f + (sin * radius), 0),
                    new Vector3(cos, sin, 0),
                    style.Rim
                );
            }
            at += Around * Profile;
        }
        for (var k = 0; k < Along; k++)
        {
            var t = ((2f * k) / (Along - 1)) - 1;
            var reach = 33.5f - style.Width;
            Ribbon(
                ref at,
                k,
                Along,
                new Vector3(t * reach, -3.5f - (2.5f * (1 - (t * t))), 0),
                new Vector3(0, -1, 0),
                style.Rim
            );
        }
        at += Along * Profile;
        for (var side = -1; side <= 1; side += 2)
        {
            for (var k = 0; k < Along; k++)
            {
                var t = k / (float)(Along - 1);
                var hinge = 33 + style.Width;
                for (var p = 0; p < Profile; p++)
                {
                    var across = (p - 1f) * style.Rim * 0.9f;
                    points[at + (p * Along) + k] = new Vector3(
                        side * (Lerp(hinge, 76, Smooth(0, 0.7f, t)) + (p == 1 ? 0.8f : 0)),
                        -3.5f + across,
                        Lerp(Depth(hinge), -6, t)
                    );
                }
            }
            at += Along * Profile;
        }
        for (var i = 0; i < Vertices; i++)
        {
            // The frame sits on this face: its width and its nose's root.
            var p = points[i];
            p.X *= 1 + (0.03f * shape.Width);
            p.Z += Math.Max(0, (1.8f * shape.NoseBridge) + (0.6f * shape.BrowRidge)) * Smooth(0, 60, p.Z);
            points[i] = p;
        }

        void Ribbon(ref int start, int k, int length, Vector3 middle, Vector3 outwards, float rim)
        {
            for (var p = 0; p < Profile; p++)
            {
                var q = middle + (outwards * ((p - 1f) * rim * 0.5f));
                q.Z = Depth(Math.Abs(q.X)) + (p == 1 ? 0.35f * rim : 0);
                points[start + (p * length) + k] = q;
            }
        }
    }

    public void Place(Surface surface, HeadMesh mesh, Camera camera)
    {
        for (var i = 0; i < Vertices; i++)
        {
            var p = mesh.ToCamera(points[i]);
            (surface.X[i], surface.Y[i], surface.Z[i]) = (p.X, p.Y, p.Z);
        }
        var at = 0;
        for (var part = 0; part < 5; part++)
        {
            var length = part < 2 ? Around : Along;
            surface.GridNormals(at, Profile, length);
            at += Profile * length;
        }
        surface.Project(camera);
    }

    public static void AddTo(ShadowMap shadow, Surface surface)
    {
        shadow.Add(surface, 0, Profile, Around, 1);
        shadow.Add(surface, Around * Profile, Profile, Around, 1);
    }

    public static void Draw(SampleBuffer samples, Surface surface)
    {
        var at = 0;
        for (var part = 0; part < 5; part++)
        {
            var length = part < 2 ? Around : Along;
            samples.Grid(surface, at, Profile, length, Material.Frame, true);
            at += Profile * length;
        }
    }

    /// <summary>How far forward the frame lies at a distance from the middle: it follows the face around.</summary>
    private static float Depth(float ax) => 95 - (0.0085f * Math.Max(0, ax - 6) * Math.Max(0, ax - 6));
}
