using System.Text.Json;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class PreparationSummaryTests
{
    [Fact]
    public void A_whole_set_has_what_is_expected()
    {
        var manifest = DatasetManifest.Load("bp4d");
        var summary = PreparationSummary.Of(
            new Labelled(manifest, manifest.FrameLists["me-graphau"].BySubject),
            manifest
        );
        Assert.True(summary.IsComplete);
        Assert.Equal(146_847, summary.All.Frames);
        Assert.Equal([50_631, 50_182, 46_034], summary.Parts.Select(p => p.Frames));
        Assert.All(summary.Parts.Append(summary.All), p => Assert.Equal(0, p.Missing));
        Assert.Equal(31_042, summary.All.ExpectedPositives![0]);
        // Every third label is present, every sixth unknown.
        Assert.Equal(summary.All.Frames / 3.0, summary.All.Positives.Average(), 50.0);
        Assert.Equal(summary.All.Frames * 5 / 6.0, summary.All.Known.Average(), 50.0);
    }

    [Fact]
    public void A_partial_copy_is_told_exactly_what_is_missing()
    {
        var manifest = DatasetManifest.Load("disfa");
        var counts = manifest.FrameLists["me-graphau"].BySubject.ToDictionary();
        counts.Remove("SN031");
        counts["SN004"] -= 15;
        var summary = PreparationSummary.Of(new Labelled(manifest, counts), manifest);
        Assert.False(summary.IsComplete);
        Assert.Equal(
            [("SN004", 15), ("SN031", 4845)],
            summary.Subjects.Where(s => s.Missing != 0).Select(s => (s.Name, s.Missing!.Value))
        );
        Assert.Equal([("P1", 0), ("P2", 4845), ("P3", 15)], summary.Parts.Select(p => (p.Name, p.Missing!.Value)));
    }

    [Fact]
    public void It_compares_with_the_list_asked_for()
    {
        var manifest = DatasetManifest.Load("disfa");
        var jaa = PreparationSummary.Of(
            new Labelled(manifest, manifest.FrameLists["jaa-net"].BySubject),
            manifest,
            "jaa-net"
        );
        Assert.True(jaa.IsComplete);
        Assert.Null(jaa.All.ExpectedPositives);
        Assert.Contains(
            "me-graphau, jaa-net",
            Assert
                .Throws<ArgumentException>(() =>
                    PreparationSummary.Of(new Labelled(manifest, new Dictionary<string, int>()), manifest, "jaanet")
                )
                .Message
        );
    }

    [Fact]
    public void Strangers_and_other_action_units_are_refused()
    {
        var (bp4d, disfa) = (DatasetManifest.Load("bp4d"), DatasetManifest.Load("disfa"));
        Assert.Contains(
            "no subject 'X'",
            Assert
                .Throws<ArgumentException>(() =>
                    PreparationSummary.Of(new Labelled(bp4d, new Dictionary<string, int> { ["X"] = 1 }), bp4d)
                )
                .Message
        );
        // Other action units than the published ones are counted, with nothing to compare them with.
        Assert.Null(
            PreparationSummary.Of(new Labelled(disfa, new Dictionary<string, int>()), bp4d).All.ExpectedPositives
        );
    }

    [Theory]
    [InlineData(new[] { 12, 1 })]
    [InlineData(new[] { 1, 2, 5 })]
    public void Units_of_ones_own_choice_are_compared_with_their_own_counts(int[] units)
    {
        var published = DatasetManifest.Load("disfa");
        var chosen = published with { ActionUnits = units };
        var list = published.FrameLists["me-graphau"];
        int[] columns = [.. units.Select(unit => published.ActionUnits.ToList().IndexOf(unit))];
        var expected = columns.Contains(-1) ? null : columns.Select(c => list.Positives!.Values.Sum(p => p[c]));
        Assert.Equal(
            expected,
            PreparationSummary.Of(new Labelled(chosen, new Dictionary<string, int>()), chosen).All.ExpectedPositives
        );
    }

    [Fact]
    public void It_is_JSON()
    {
        var manifest = DatasetManifest.Load("bp4d");
        var summary = PreparationSummary.Of(
            new Labelled(manifest, manifest.FrameLists["me-graphau"].BySubject),
            manifest
        );
        using var json = JsonDocument.Parse(summary.ToJson());
        Assert.Equal(146_847, json.RootElement.GetProperty("all").GetProperty("frames").GetInt32());
        Assert.Equal(41, json.RootElement.GetProperty("subjects").GetArrayLength());
        Assert.Equal(50_631, json.RootElement.GetProperty("parts")[0].GetProperty("expected").GetInt32());
    }

    /// <summary>As many labelled frames of each subject as asked for, and no pictures.</summary>
    private sealed class Labelled(DatasetManifest manifest, IReadOnlyDictionary<string, int> frames) : AuDataset
    {
        private readonly FaceKey[] keys =
        [
            .. frames.SelectMany(f => Enumerable.Range(1, f.Value).Select(n => new FaceKey(f.Key, "T1", n))),
        ];

        public override IReadOnlyList<int> ActionUnits => manifest.ActionUnits;

        public override int Count => keys.Length;

        public override FaceKey Key(int index) => keys[index];

        public override sbyte[] LabelsAt(int index) =>
            [
                .. ActionUnits.Select(
                    (_, n) =>
                        (sbyte)(
                            ((index + n) % 6) switch
                            {
                                0 or 3 => 1,
                                5 => 9,
                                _ => 0,
                            }
                        )
                ),
            ];

        public override FaceFrame Read(int index) => throw new NotSupportedException("a summary reads no pictures");
    }
}
