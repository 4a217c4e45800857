using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Synthetic;

/// <summary>The set as a source of frames: reproducible, complete, with subjects apart.</summary>
public class SynthFacesTests
{
    private static readonly SynthOptions Small = new()
    {
        Seed = 5,
        Subjects = 6,
        Recordings = 2,
        FramesPerSubject = 4,
        ImageSize = 96,
    };

    [Fact]
    public void The_same_seed_gives_the_same_bytes_from_one_thread_and_from_two()
    {
        var first = new SynthFaces(Small);
        var one = Enumerable.Range(0, first.Count).Select(i => first.Read(i)).ToArray();
        var second = new SynthFaces(Small);
        var two = new FaceFrame[second.Count];
        Parallel.For(0, two.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => two[i] = second.Read(i));
        for (var i = 0; i < one.Length; i++)
        {
            Assert.Equal(one[i].Image.Pixels, two[i].Image.Pixels);
            Assert.Equal(one[i].Landmarks, two[i].Landmarks);
            Assert.Equal(one[i].Labels, two[i].Labels);
        }
    }

    [Fact]
    public void Another_seed_gives_other_people()
    {
        var a = new SynthFaces(Small).Read(0);
        var b = new SynthFaces(Small with { Seed = 6 }).Read(0);
        Assert.NotEqual(a.Image.Pixels, b.Image.Pixels);
    }

    [Theory]
    [InlineData(96)]
    [InlineData(256)]
    public void Frames_are_complete_and_their_landmarks_lie_in_the_picture(int size)
    {
        var source = new SynthFaces(Small with { ImageSize = size });
        Assert.Equal(24, source.Count);
        for (var i = 0; i < source.Count; i += 3)
        {
            var frame = source.Read(i);
            Assert.Equal(source.Key(i), frame.Key);
            Assert.Equal(source.LabelsAt(i), frame.Labels);
            Assert.Equal((size, size), (frame.Image.Width, frame.Image.Height));
            Assert.All(frame.Landmarks, v => Assert.InRange(v, 0, size));
            Assert.Equal(FaceBox.Around(frame.Landmarks), frame.Box);
            Assert.InRange((frame.Box.Width + frame.Box.Height) / 2, 0.45f * size, 0.7f * size);
        }
    }

    [Theory]
    [InlineData("bp4d", 41, "14 14 13")]
    [InlineData("disfa", 27, "9 9 9")]
    public void Parts_are_those_of_the_profile(string profile, int subjects, string sizes)
    {
        var source = new SynthFaces(
            new SynthOptions
            {
                Profile = profile,
                FramesPerSubject = 2,
                Recordings = 1,
            }
        );
        Assert.Equal(sizes, string.Join(' ', source.Parts.Select(p => p.Count)));
        var manifest = DatasetManifest.Load(profile);
        Assert.Equal(manifest.ActionUnits, source.ActionUnits);
        Assert.Equal(manifest.Subjects, source.Parts.SelectMany(p => p).Order(StringComparer.Ordinal));
        Assert.Equal(subjects, Enumerable.Range(0, source.Count).Select(i => source.Key(i).Subject).Distinct().Count());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(60)]
    public void Fewer_or_more_subjects_still_fill_disjoint_parts(int subjects)
    {
        var source = new SynthFaces(new SynthOptions { Subjects = subjects, FramesPerSubject = 1 });
        var names = Enumerable.Range(0, source.Count).Select(i => source.Key(i).Subject).ToArray();
        Assert.Equal(subjects, names.Distinct().Count());
        Assert.Equal(3, Folds.FromParts(names, source.Parts).Count);
        Assert.InRange(source.Parts.Max(p => p.Count) - source.Parts.Min(p => p.Count), 0, 1 + (subjects > 41 ? 1 : 0));
    }

    [Fact]
    public void Unknown_labels_come_as_nine_where_asked_for()
    {
        var source = new SynthFaces(
            new SynthOptions
            {
                Subjects = 10,
                FramesPerSubject = 40,
                Difficulty = new Difficulty { UnknownLabels = 0.2 },
            }
        );
        var labels = Enumerable.Range(0, source.Count).SelectMany(source.LabelsAt).ToArray();
        Assert.InRange(labels.Count(l => l == LabelRule.Unknown) / (double)labels.Length, 0.12, 0.28);
        Assert.All(labels, l => Assert.Contains(l, new sbyte[] { 0, 1, 9 }));
    }

    [Fact]
    public void AFolderOfOtherThingsIsNotRenderedInto()
    {
        using var folder = new TemporaryFolder();
        var token = TestContext.Current.CancellationToken;
        var options = new SynthOptions
        {
            Subjects = 1,
            FramesPerSubject = 2,
            Recordings = 1,
            ImageSize = 32,
        };
        SynthFaces.Generate(options, folder.At("faces"), cancellation: token);
        SynthFaces.Generate(options, folder.At("faces"), cancellation: token);
        folder.Write("licensed/AUCoding/AU_OCC/F001_T1.csv", "0,1");
        foreach (var (other, where) in new[] { (options with { Seed = 9 }, "faces"), (options, "licensed") })
        {
            Assert.Contains(
                "expected a new or empty folder, or one of the same faces, found",
                Assert
                    .Throws<IOException>(() => SynthFaces.Generate(other, folder.At(where), cancellation: token))
                    .Message
            );
        }
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Assert.Contains(
            "Profile",
            Assert.Throws<ArgumentException>(() => new SynthFaces(new SynthOptions { Profile = "ck+" })).Message
        );
        Assert.Contains(
            "ImageSize",
            Assert.Throws<ArgumentException>(() => new SynthFaces(new SynthOptions { ImageSize = 8 })).Message
        );
        Assert.Contains(
            "LabelNoise",
            Assert
                .Throws<ArgumentException>(() =>
                    new SynthFaces(new SynthOptions { Difficulty = new Difficulty { LabelNoise = 0.7 } })
                )
                .Message
        );
    }
}
