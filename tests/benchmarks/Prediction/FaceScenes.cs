using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Benchmarks.Prediction;

/// <summary>A picture with rendered faces in known places, before a rendered backdrop.</summary>
/// <param name="Image">640 x 480 pixels.</param>
/// <param name="Faces">The boxes of the faces' landmarks.</param>
internal sealed record FaceScene(RgbImage Image, IReadOnlyList<FaceBox> Faces)
{
    /// <summary>Renders a scene.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="count">How many faces.</param>
    /// <param name="side">Mean side of a face's box, pixels.</param>
    /// <param name="roll">How far the faces are turned in the picture, degrees, to either side.</param>
    /// <param name="hidden">Whether a grey board is before the lower half of each face.</param>
    public static FaceScene Render(int seed, int count, double side, double roll = 0, bool hidden = false)
    {
        var random = new SeededRandom(seed, 0xFACE5);
        var image = new RgbImage(640, 480);
        float[][] light = [.. Enumerable.Range(0, 3).Select(_ => new float[640 * 480])];
        new Backdrop(ref random).Paint(light[0], light[1], light[2], 640, 480);
        for (var i = 0; i < 640 * 480; i++)
        {
            for (var c = 0; c < 3; c++)
                image.Pixels[(3 * i) + c] = (byte)
                    Math.Clamp((255 * Math.Pow(Math.Max(0, light[c][i]), 1 / 2.2)) + random.Uniform(-6, 6), 0, 255);
        }
        var people = new SynthFaces(new SynthOptions { FramesPerSubject = 8, Seed = 5 });
        var boxes = new List<FaceBox>();
        for (var k = 0; k < count; k++)
        {
            var face = people.Read(random.Below(people.Count));
            var scale = 2 * side / (face.Box.Width + face.Box.Height);
            // The round patch around the face lies within its own strip of the picture.
            var reach = face.Image.Width * scale / 2;
            var (strip, angle) = (640.0 / count, random.Chance(0.5) ? roll : -roll);
            var (x, y) = (
                (strip * k) + random.Uniform(reach, Math.Max(reach, strip - reach)),
                random.Uniform(reach, 480 - reach)
            );
            var toScene = Affine
                .Translation(-face.Image.Width / 2.0, -face.Image.Height / 2.0)
                .Then(Affine.Scaling(scale, scale))
                .Then(Affine.Rotation(angle))
                .Then(Affine.Translation(x, y));
            Paste(face, toScene, image, reach, x, y, hidden);
            boxes.Add(
                FaceBox.Around([
                    .. Enumerable
                        .Range(0, 68)
                        .Select(l => toScene.Map(face.Landmarks[2 * l], face.Landmarks[(2 * l) + 1]))
                        .SelectMany(p => new[] { (float)p.X, (float)p.Y }),
                ])
            );
        }
        return new FaceScene(image, boxes);
    }

    private static void Paste(
        FaceFrame face,
        Affine toScene,
        RgbImage image,
        double reach,
        double x,
        double y,
        bool hidden
    )
    {
        var (toFace, size) = (toScene.Inverse(), face.Image.Width);
        var taps = (int)Math.Ceiling(Math.Sqrt(toFace.AreaFactor));
        for (var row = Math.Max(0, (int)(y - reach)); row < Math.Min(480, y + reach); row++)
        {
            for (var column = Math.Max(0, (int)(x - reach)); column < Math.Min(640, x + reach); column++)
            {
                var (red, green, blue, seen) = (0, 0, 0, 0);
                for (var tap = 0; tap < taps * taps; tap++)
                {
                    var (u, v) = toFace.Map(
                        column + (((tap % taps) + 0.5) / taps),
                        row + (((tap / taps) + 0.5) / taps)
                    );
                    if (Math.Pow(u - (size / 2.0), 2) + Math.Pow(v - (size / 2.0), 2) > size * size / 4.0)
                        continue;
                    var covered =
                        hidden && v > face.Box.Y0 + (0.55 * face.Box.Height) && u > face.Box.X0 && u < face.Box.X1;
                    var (r, g, b) = covered ? ((byte)75, (byte)75, (byte)80) : face.Image[(int)u, (int)v];
                    (red, green, blue, seen) = (red + r, green + g, blue + b, seen + 1);
                }
                if (2 * seen > taps * taps)
                    image[column, row] = ((byte)(red / seen), (byte)(green / seen), (byte)(blue / seen));
            }
        }
    }
}
