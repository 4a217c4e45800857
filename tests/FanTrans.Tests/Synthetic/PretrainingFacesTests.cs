using CsCheck;
using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Synthetic;

/// <summary>The faces that the shipped weights were trained on: nobody else's, and complete.</summary>
public class PretrainingFacesTests
{
    private static readonly PretrainingOptions Few = new()
    {
        People = 6,
        FramesPerPerson = 2,
        ImageSize = 96,
    };

    [Fact]
    public void No_set_of_a_user_draws_a_reserved_person()
    {
        Gen.Select(Gen.Long, Gen.Int[0, 1_000_000], Gen.Int[0, int.MaxValue])
            .Sample(
                (seed, subject, reserved) =>
                {
                    Assert.InRange(Identities.Drawn(seed, subject), 0, Identities.FirstReserved - 1);
                    Assert.True(Identities.Reserved(reserved) >= Identities.FirstReserved);
                }
            );
        // A person follows from the whole seed, so different seeds are different people.
        Assert.NotEqual(Person.Draw(Identities.Reserved(7), null, 0).Seed, Person.Draw(7, null, 0).Seed);
    }

    [Fact]
    public void A_portrait_of_a_reserved_person_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            SynthFaces.Portrait(Identities.Reserved(3), new Dictionary<int, double>())
        );
        Assert.Contains("shipped weights", error.Message);
    }

    [Fact]
    public void Frames_are_complete_reproducible_and_labelled_as_they_are_drawn()
    {
        var (source, again) = (new PretrainingFaces(Few), new PretrainingFaces(Few with { People = 3, First = 3 }));
        for (var i = 0; i < source.Count; i++)
        {
            var frame = source.Read(i);
            Assert.Equal(source.Key(i), frame.Key);
            Assert.Equal(source.LabelsAt(i), frame.Labels);
            Assert.Equal(SynthFaces.RenderedUnits.Count, frame.Labels.Length);
            for (var n = 0; n < frame.Labels.Length; n++)
                Assert.Equal(
                    frame.Intensities![n] > 0,
                    frame.Labels[n] == 1 || (frame.Labels[n] == LabelRule.Unknown && frame.Intensities[n] > 0)
                );
        }
        Assert.Equal(source.Read(7).Image.Pixels, again.Read(1).Image.Pixels);
    }

    [Fact]
    public void Every_unit_is_shown_and_left_out_often_enough_to_learn_it()
    {
        var source = new PretrainingFaces(new PretrainingOptions { People = 1500, FramesPerPerson = 1 });
        var labels = Enumerable.Range(0, source.Count).Select(source.LabelsAt).ToArray();
        for (var n = 0; n < source.ActionUnits.Count; n++)
            Assert.InRange(labels.Average(l => l[n] == 1 ? 1.0 : 0), 0.05, 0.5);
        Assert.InRange(labels.Average(l => l.All(v => v != 1) ? 1.0 : 0), 0.08, 0.3);
    }

    [Fact]
    public void The_registered_dataset_holds_people_out()
    {
        var (source, folds) = Datasets.Open(PretrainingFaces.Name + "?People=100&FramesPerPerson=1&ImageSize=32");
        Assert.Equal((100, 98, 2), (source.Count, folds.Single().Train.Count, folds.Single().Test.Count));
    }

    [Fact]
    public void Wrong_options_are_named() =>
        Assert.Contains(
            "ImageSize",
            Assert.Throws<ArgumentException>(() => new PretrainingFaces(Few with { ImageSize = 256 })).Message
        );
}
