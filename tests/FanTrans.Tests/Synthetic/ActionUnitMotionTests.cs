using FanTrans.Synthetic;

namespace FanTrans.Tests.Synthetic;

/// <summary>Action units move the landmarks that their muscles move,
/// in the direction that the FACS manual gives.</summary>
public class ActionUnitMotionTests
{
    /// <summary>Landmarks with the eyes' outer corners level, their middle at the origin and one unit apart.</summary>
    private static double[,] Face(long person, int size, params (int Unit, double Intensity)[] units)
    {
        var frame = SynthFaces.Portrait(person, units.ToDictionary(u => u.Unit, u => u.Intensity), default, size);
        double X(int k) => frame.Landmarks[2 * k];
        double Y(int k) => frame.Landmarks[(2 * k) + 1];
        var (dx, dy) = (X(45) - X(36), Y(45) - Y(36));
        var scale = 1 / ((dx * dx) + (dy * dy));
        var (cx, cy) = ((X(45) + X(36)) / 2, (Y(45) + Y(36)) / 2);
        var result = new double[68, 2];
        for (var k = 0; k < 68; k++)
        {
            var (x, y) = (X(k) - cx, Y(k) - cy);
            (result[k, 0], result[k, 1]) = (((x * dx) + (y * dy)) * scale, ((y * dx) - (x * dy)) * scale);
        }
        return result;
    }

    [Theory]
    [InlineData(1, "21 22", 0, -0.05)]
    [InlineData(2, "18 25", 0, -0.045)]
    [InlineData(4, "20 23", 0, 0.03)]
    [InlineData(6, "41 46", 0, -0.012)]
    [InlineData(7, "40 47", 0, -0.012)]
    [InlineData(9, "31 35", 0, -0.02)]
    [InlineData(10, "50 52", 0, -0.02)]
    [InlineData(12, "48 54", 0.05, -0.05)]
    [InlineData(14, "48 54", 0.012, 0)]
    [InlineData(15, "48 54", 0, 0.04)]
    [InlineData(17, "57", 0, -0.025)]
    [InlineData(23, "48 54", -0.025, 0)]
    [InlineData(24, "57", 0, -0.015)]
    [InlineData(25, "66", 0, 0.04)]
    [InlineData(26, "8", 0, 0.10)]
    public void An_action_unit_moves_its_landmarks(int unit, string landmarks, double outwards, double down)
    {
        foreach (var (person, size) in new[] { (3L, 256), (8L, 256), (21L, 96) })
        {
            var (still, moved) = (Face(person, size), Face(person, size, (unit, 5)));
            foreach (var k in landmarks.Split(' ').Select(int.Parse))
            {
                var side = Math.Sign(still[k, 0]);
                if (outwards != 0)
                    Assert.InRange((moved[k, 0] - still[k, 0]) * side / outwards, 1, 5);
                if (down != 0)
                    Assert.InRange((moved[k, 1] - still[k, 1]) / down, 1, 5);
            }
        }
    }

    [Theory]
    [InlineData(1, 21)]
    [InlineData(12, 48)]
    [InlineData(15, 54)]
    [InlineData(26, 8)]
    public void Stronger_intensities_move_further(int unit, int landmark)
    {
        var still = Face(5, 256);
        var before = 0.0;
        for (var intensity = 1; intensity <= 5; intensity++)
        {
            var distance = Math.Abs(Face(5, 256, (unit, intensity))[landmark, 1] - still[landmark, 1]);
            Assert.True(distance > before, $"AU {unit} at {intensity}: {distance} after {before}");
            before = distance;
        }
    }

    [Fact]
    public void A_smile_parts_the_lips_only_with_the_unit_that_parts_them()
    {
        static double Gap(double[,] face) => face[66, 1] - face[62, 1];
        Assert.InRange(Gap(Face(4, 256, (12, 5))), -1e-3, 0.01);
        Assert.True(Gap(Face(4, 256, (12, 5), (25, 5))) > 0.06);
        // Pressed lips do not part, and a dropped jaw opens the mouth only through parted lips.
        Assert.True(Gap(Face(4, 256, (24, 5), (25, 5))) < 0.03);
        Assert.True(Gap(Face(4, 256, (26, 5))) < 0.05);
        Assert.True(Gap(Face(4, 256, (25, 5), (26, 5))) > 0.2);
    }

    [Fact]
    public void Inner_brows_rise_together_with_the_lowerer_to_the_oblique_brow()
    {
        var (still, sad, angry) = (Face(6, 256), Face(6, 256, (1, 5), (4, 5)), Face(6, 256, (4, 5)));
        Assert.True(sad[21, 1] < still[21, 1], "the inner ends rise");
        Assert.True(sad[22, 0] - sad[21, 0] < still[22, 0] - still[21, 0], "and draw together");
        Assert.True(angry[21, 1] > still[21, 1]);
    }

    [Theory]
    [InlineData(96)]
    [InlineData(256)]
    public void Landmarks_come_in_the_order_of_ibug(int size)
    {
        for (var person = 0L; person < 6; person++)
        {
            var face = Face(person, size);
            for (var k = 1; k < 17; k++)
                Assert.True(face[k, 0] > face[k - 1, 0] - 0.02, $"jaw {k} of person {person}");
            Assert.True(face[8, 1] > face[48, 1] && face[48, 1] > face[33, 1] && face[33, 1] > face[27, 1]);
            Assert.True(face[8, 1] > face[4, 1] && face[4, 1] > face[0, 1]);
            // Mirrored, each landmark meets its partner: faces are nearly even.
            for (var k = 0; k < 68; k++)
            {
                var partner = FanTrans.Data.Ibug68.Flipped[k];
                Assert.InRange(face[k, 0] + face[partner, 0], -0.09, 0.09);
                Assert.InRange(face[k, 1] - face[partner, 1], -0.09, 0.09);
            }
            // Lids and lips are the right way round.
            Assert.True(face[37, 1] < face[41, 1] && face[44, 1] < face[46, 1] && face[51, 1] < face[57, 1]);
        }
    }

    [Fact]
    public void A_turned_head_hides_its_far_side()
    {
        var none = new Dictionary<int, double>();
        var front = SynthFaces.Portrait(7, none);
        var right = SynthFaces.Portrait(7, none, new FacePose(35, 0, 0));
        var left = SynthFaces.Portrait(7, none, new FacePose(-35, 0, 0));
        Assert.All(Enumerable.Range(27, 41), k => Assert.True(front.Visible[k], $"landmark {k}"));
        // Turned to the picture's right, the right jaw goes out of sight and the nose's tip moves right.
        Assert.True(right.Visible[..8].Count(v => v) > right.Visible[9..17].Count(v => v));
        Assert.True(left.Visible[..8].Count(v => v) < left.Visible[9..17].Count(v => v));
        static double Tip(FanTrans.Data.FaceFrame f) => f.Landmarks[60] - ((f.Landmarks[72] + f.Landmarks[90]) / 2);
        Assert.True(Tip(right) > Tip(front) + 8 && Tip(left) < Tip(front) - 8);
    }
}
