using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class ConcatenatedSourceTests
{
    private static readonly MadeUpFaces Bp4d = new(ActionUnits.Bp4d, 2, 1, 3), Disfa = new(ActionUnits.Disfa, 2, 1, 2);

    [Fact]
    public void Frames_follow_each_other_with_every_label_in_its_place()
    {
        var both = new ConcatenatedSource([("bp4d", Bp4d), ("disfa", Disfa)]);
        Assert.Equal(ActionUnits.All, both.ActionUnits);
        Assert.Equal(10, both.Count);
        for (var i = 0; i < both.Count; i++)
        {
            var (source, inner) = i < 6 ? (Bp4d, i) : (Disfa, i - 6);
            var own = source.LabelsAt(inner);
            Assert.Equal((i < 6 ? "bp4d/" : "disfa/") + source.Key(inner).Subject, both.Key(i).Subject);
            Assert.Equal(both.ActionUnits.Select(au => source.ActionUnits.ToList().IndexOf(au) is >= 0 and var n ? own[n] : (sbyte)9), both.LabelsAt(i));
            var frame = both.Read(i);
            Assert.Equal(both.Key(i), frame.Key);
            Assert.Equal(both.LabelsAt(i), frame.Labels);
            Assert.Equal(source.Read(inner).Image.Pixels, frame.Image.Pixels);
        }
        Assert.Equal(4, Enumerable.Range(0, 10).Select(i => both.Key(i).Subject).Distinct().Count());
    }

    [Fact]
    public void The_action_units_can_be_chosen()
    {
        var both = new ConcatenatedSource([("a", Bp4d), ("b", Disfa)], [12, 9]);
        Assert.Equal([Bp4d.LabelsAt(1)[6], 9], both.LabelsAt(1));
        Assert.Equal([Disfa.LabelsAt(1)[5], Disfa.LabelsAt(1)[4]], both.LabelsAt(7));
    }

    [Fact]
    public void Wrong_joins_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ConcatenatedSource([]));
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => new ConcatenatedSource([("a", Bp4d), ("a", Disfa)])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConcatenatedSource([("a", Bp4d)]).Key(6));
    }
}
