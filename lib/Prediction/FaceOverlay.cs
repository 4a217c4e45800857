using System.Globalization;
using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>
/// A picture with what was found in it: box, number and landmarks of each face, and beside the picture, never over it,
/// each face's action units with their names and probabilities.
/// </summary>
public static class FaceOverlay
{
    // So that text can be read, a smaller picture is enlarged by a whole factor.
    private const int LeastHeight = 360;
    private const int MostListed = 3;

    private static readonly (byte R, byte G, byte B) White = (255, 255, 255),
        Black = (0, 0, 0),
        Paper = (247, 247, 245),
        Ink = (40, 40, 40),
        Track = (222, 222, 220),
        Absent = (150, 150, 150);

    // Okabe and Ito's colours, which most people tell apart.
    private static readonly (byte R, byte G, byte B)[] Colours =
    [
        (0, 114, 178),
        (213, 94, 0),
        (0, 158, 115),
        (204, 121, 167),
        (86, 180, 233),
        (230, 159, 0),
    ];

    /// <summary>Draws onto a copy. Frames of one size give pictures of one size,
    /// with even sides, as videos need.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="actionUnits">The FACS numbers, in the predictions' order; with none there is no list.</param>
    /// <param name="faces">What was found in it; the units of the first three are listed.</param>
    /// <param name="threshold">A probability of at least this is drawn as present.</param>
    public static RgbImage Draw(
        RgbImage image,
        IReadOnlyList<int> actionUnits,
        IReadOnlyList<FacePrediction> faces,
        double threshold = 0.5
    )
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(actionUnits);
        ArgumentNullException.ThrowIfNull(faces);
        var scale = Math.Max(1, (int)Math.Ceiling((double)LeastHeight / image.Height));
        var (width, height) = (scale * image.Width, scale * image.Height);
        var panel = actionUnits.Count > 0 ? Math.Max(430, 2 * height / 3) : 0;
        var canvas = new Canvas(new RgbImage(Even(width + panel), Even(height)));
        canvas.Fill(0, 0, canvas.Image.Width, canvas.Image.Height, Paper);
        Copy(image, canvas.Image, scale);
        foreach (var face in faces)
            DrawFace(canvas, face, scale);
        if (faces.Count == 0)
            canvas.Text("no face", width + 12, 12, 14, Absent);
        var listed = faces.Take(panel > 0 ? MostListed : 0).ToList();
        // Each face has a heading and a row per unit.
        var row = height / (double)(Math.Max(1, listed.Count) * (actionUnits.Count + 1.6));
        for (var i = 0; i < listed.Count; i++)
            List(
                canvas,
                actionUnits,
                listed[i],
                threshold,
                width + 12,
                (i * height / (double)listed.Count) + 4,
                panel - 24,
                Math.Min(row, 24)
            );
        return canvas.Image;
    }

    private static void DrawFace(Canvas canvas, FacePrediction face, int scale)
    {
        var (box, colour) = (face.Box, Colour(face));
        var line = Math.Clamp(scale * box.Height / 90.0, 1, 4);
        double x0 = scale * box.X0,
            y0 = scale * box.Y0,
            x1 = scale * box.X1,
            y1 = scale * box.Y1;
        foreach (
            var (ax, ay, bx, by) in new[] { (x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0) }
        )
            canvas.Line(ax, ay, bx, by, line, colour);
        for (var k = 0; k < Ibug68.Count; k++)
        {
            double x = scale * face.Landmarks[2 * k],
                y = scale * face.Landmarks[(2 * k) + 1];
            canvas.Line(x, y, x, y, 2.6 * line, Black);
            canvas.Line(x, y, x, y, 1.8 * line, White);
        }
        var size = Math.Clamp(scale * box.Height / 8.0, 8, 22);
        var above = y0 - (1.6 * size) >= 0 ? y0 - (1.6 * size) : y1 + (0.6 * size);
        canvas.Text($"{face.Id}", x0, above, size, Black, 0.36);
        canvas.Text($"{face.Id}", x0, above, size, White, 0.16);
    }

    private static void List(
        Canvas canvas,
        IReadOnlyList<int> actionUnits,
        FacePrediction face,
        double threshold,
        double left,
        double top,
        double width,
        double row
    )
    {
        // Name, bar and number side by side.
        const int Letters = 26;
        var size = Math.Min(0.48 * row, width / (1.7 * Letters * Canvas.Advance));
        var (bar, number) = (left + (Letters * size * Canvas.Advance), left + width - (4 * size * Canvas.Advance));
        var length = number - bar - size;
        var pose = face.Pose;
        canvas.Text($"face {face.Id}  {Number(face.Score)}", left, top + (0.2 * row), size, Colour(face), 0.2);
        canvas.Text(
            string.Create(CultureInfo.InvariantCulture, $"yaw {pose.Yaw:f0} pitch {pose.Pitch:f0} roll {pose.Roll:f0}"),
            left + (14 * size * Canvas.Advance),
            top + (0.2 * row),
            size,
            Absent
        );
        for (var n = 0; n < actionUnits.Count; n++)
        {
            top += row;
            var p = face.Probabilities[n];
            var (ink, fill) = p >= threshold ? (Ink, Colour(face)) : (Absent, Absent);
            var name = $"{FanTrans.ActionUnits.Get(actionUnits[n])}";
            canvas.Text(name.Length < Letters ? name : name[..(Letters - 1)], left, top + (0.2 * row), size, ink, 0.15);
            canvas.Fill(bar, top + (0.18 * row), length, 0.5 * row, Track);
            canvas.Fill(bar, top + (0.18 * row), length * p, 0.5 * row, fill);
            canvas.Fill(bar + (length * threshold), top + (0.1 * row), 1, 0.66 * row, Ink);
            canvas.Text(Number(p), number, top + (0.2 * row), size, ink, 0.15);
        }
    }

    private static void Copy(RgbImage from, RgbImage to, int scale)
    {
        for (var y = 0; y < scale * from.Height; y++)
        {
            var source = from.Pixels.AsSpan(3 * (y / scale) * from.Width, 3 * from.Width);
            var target = to.Pixels.AsSpan(3 * y * to.Width);
            if (scale == 1)
                source.CopyTo(target);
            for (var x = 0; scale > 1 && x < scale * from.Width; x++)
                source.Slice(3 * (x / scale), 3).CopyTo(target[(3 * x)..]);
        }
    }

    private static (byte R, byte G, byte B) Colour(FacePrediction face) => Colours[face.Id % Colours.Length];

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static int Even(int value) => value + (value % 2);
}
