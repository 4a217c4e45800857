using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

public class LandmarkSetsTests
{
    // JAA-Net's table of the 49 points of BP4D among the 66 of DISFA, counted from 1, is 18 to 66.
    [Fact]
    public void The_49_points_are_the_last_of_the_66()
    {
        float[] sixtySix = [.. Enumerable.Range(0, 132).Select(v => (float)v)];
        var from66 = LandmarkSets.To68(sixtySix);
        var from49 = LandmarkSets.To68(sixtySix.AsSpan(2 * 17));
        Assert.Equal(from66[34..], from49[34..]);
        Assert.All(from49[..34], v => Assert.True(float.IsNaN(v)));
    }

    [Theory]
    [InlineData(49)]
    [InlineData(51)]
    [InlineData(66)]
    [InlineData(68)]
    public void Points_keep_their_places(int count)
    {
        var face = MadeUpFaces.Landmarks(50, 60, 20);
        var indices = Enumerable
            .Range(0, 68)
            .Where(k => count >= 66 || k >= 17)
            .Where(k => count is 51 or 68 || k is not (60 or 64))
            .ToArray();
        Assert.Equal(count, indices.Length);
        var all = LandmarkSets.To68(indices.SelectMany(k => new[] { face[2 * k], face[(2 * k) + 1] }).ToArray());
        for (var k = 0; k < 68; k++)
            Assert.Equal(indices.Contains(k) ? face[2 * k] : float.NaN, all[2 * k]);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(97)]
    [InlineData(0)]
    public void Other_numbers_of_points_are_refused(int values) =>
        Assert.Contains(
            "expected 49, 51, 66 or 68 points",
            Assert.Throws<ArgumentException>(() => LandmarkSets.To68(new float[values])).Message
        );

    [Fact]
    public void Without_the_jaw_the_box_is_about_what_it_is_with_it()
    {
        var face = MadeUpFaces.Landmarks(100, 100, 50);
        var whole = LandmarkSets.Box(face);
        Assert.Equal(FaceBox.Around(face), whole);
        for (var k = 0; k < 34; k++)
            face[k] = float.NaN;
        var guessed = LandmarkSets.Box(face);
        Assert.InRange(guessed.Width / whole.Width, 0.9, 1.1);
        Assert.InRange(guessed.Height / whole.Height, 0.8, 1.2);
        Assert.Equal((whole.X0 + whole.X1) / 2, (guessed.X0 + guessed.X1) / 2, 1.0);
    }

    [Fact]
    public void On_rendered_heads_the_guess_is_right_on_average()
    {
        var faces = new SynthFaces(
            new SynthOptions
            {
                Subjects = 12,
                FramesPerSubject = 2,
                ImageSize = 32,
            }
        );
        var ratios = Enumerable
            .Range(0, faces.Count)
            .Select(i =>
            {
                var landmarks = faces.Read(i).Landmarks;
                var whole = FaceBox.Around(landmarks);
                Array.Fill(landmarks, float.NaN, 0, 34);
                var guessed = LandmarkSets.Box(landmarks);
                return (guessed.Width + guessed.Height) / (whole.Width + whole.Height);
            })
            .ToArray();
        Assert.Equal(1, ratios.Average(), 0.03);
        Assert.All(ratios, r => Assert.InRange(r, 0.85, 1.15));
    }
}
