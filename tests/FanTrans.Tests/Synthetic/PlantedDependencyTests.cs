using FanTrans.Synthetic;

namespace FanTrans.Tests.Synthetic;

/// <summary>A planted dependency hides what it says, where it says,
/// and leaves labels and all other frames alone.</summary>
public class PlantedDependencyTests
{
    private static readonly SynthOptions Plain = new()
    {
        Subjects = 4,
        FramesPerSubject = 24,
        ImageSize = 64,
    };

    [Fact]
    public void Hidden_units_leave_no_trace_in_the_landmarks_and_labels_stay()
    {
        var free = new SynthFaces(Plain);
        var planted = new SynthFaces(
            Plain with
            {
                Planted = new PlantedDependency { ActionUnits = [10, 12, 14, 15, 17, 23, 24], Fraction = 0.4 },
            }
        );
        var hidden = Enumerable.Range(0, planted.Count).Where(planted.IsHidden).ToArray();
        Assert.InRange(hidden.Length / (double)planted.Count, 0.25, 0.55);
        for (var i = 0; i < planted.Count; i++)
        {
            Assert.Equal(free.LabelsAt(i), planted.LabelsAt(i));
            if (i % 7 != 0)
                continue;
            var (a, b) = (free.Read(i), planted.Read(i));
            if (!planted.IsHidden(i))
                Assert.Equal(a.Image.Pixels, b.Image.Pixels);
            else
                Assert.DoesNotContain(true, b.Visible[48..68]);
        }
    }

    [Theory]
    [InlineData("1 12", "upper and lower mixed")]
    [InlineData("", "none")]
    [InlineData("26", "not labelled in bp4d")]
    public void Wrong_choices_are_named(string units, string why)
    {
        var planted = new PlantedDependency
        {
            ActionUnits = [.. units.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)],
        };
        var error = Assert.Throws<ArgumentException>(() => new SynthFaces(Plain with { Planted = planted }));
        Assert.True(error.Message.Contains("PlantedDependency.ActionUnits", StringComparison.Ordinal), why);
    }
}
