using CsCheck;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class FoldsTests
{
    private static readonly Gen<string[]> Frames = Gen.Int[0, 19].Select(s => $"S{s:00}").Array[40, 300];

    [Fact]
    public void EverySubjectIsTestedOnceAndNeverWhereItTrains() =>
        Gen.Select(Frames, Gen.Int[2, 5], Gen.Int, Gen.Double[0.01, 0.99])
            .Where(t => t.Item1.Distinct().Count() >= t.Item2 + 1)
            .Sample(
                (frames, parts, seed, share) =>
                {
                    var folds = Folds.Random(frames, parts, seed);
                    Assert.Equal(parts, folds.Count);
                    Assert.Equal(Enumerable.Range(0, frames.Length), folds.SelectMany(f => f.Test).Order());
                    var sizes = folds.Select(f => f.TestSubjects.Count).ToArray();
                    Assert.True(sizes.Max() - sizes.Min() <= 1);
                    foreach (var whole in folds)
                    {
                        Check(whole, frames);
                        Assert.Empty(whole.Validation);
                        if (whole.TrainSubjects.Count < 2)
                            continue;
                        var fold = whole.WithValidation(share, seed);
                        Check(fold, frames);
                        Assert.NotEmpty(fold.Validation);
                        Assert.Equal(whole.Test, fold.Test);
                        Assert.Equal(whole.Train, fold.Train.Concat(fold.Validation).Order());
                    }
                }
            );

    [Fact]
    public void TheSeedDecides()
    {
        string[] frames = [.. Enumerable.Range(0, 60).Select(i => $"S{i % 20}")];
        Assert.Equal(
            Folds.Random(frames, 3, 5).Select(f => f.ToString()),
            Folds.Random(frames, 3, 5).Select(f => f.ToString())
        );
        Assert.NotEqual(Folds.Random(frames, 3, 5)[0].TestSubjects, Folds.Random(frames, 3, 6)[0].TestSubjects);
    }

    [Fact]
    public void MixedPartsAreRefused()
    {
        string[] frames = ["A", "B", "C"];
        Assert.Contains(
            "subject B is in train and in test",
            Refused(() =>
                Folds.FromParts(
                    frames,
                    [
                        ["A", "B"],
                        ["B", "C"],
                    ]
                )
            )
        );
        Assert.Contains(
            "no part has the subjects C",
            Refused(() =>
                Folds.FromParts(
                    frames,
                    [
                        ["A"],
                        ["B"],
                    ]
                )
            )
        );
        Assert.Contains(
            "the data has no frame of D",
            Refused(() =>
                Folds.FromParts(
                    frames,
                    [
                        ["A", "B"],
                        ["C", "D"],
                    ]
                )
            )
        );
        Assert.Contains(
            "part 2 has no subject",
            Refused(() =>
                Folds.FromParts(
                    frames,
                    [
                        ["A", "B", "C"],
                        [],
                    ]
                )
            )
        );
        Assert.Contains("no subject is left to train on", Refused(() => new Fold(1, frames, [], [], ["A"])));
        Assert.Contains("3 folds need at least 3 subjects, found 2", Refused(() => Folds.Random(["A", "B"], 3)));
    }

    private static string Refused(Func<object> make) => Assert.Throws<ArgumentException>(make).Message;

    private static void Check(Fold fold, string[] frames)
    {
        HashSet<string> Subjects(IReadOnlyList<int> part) => [.. part.Select(i => frames[i])];
        var (train, validation, test) = (Subjects(fold.Train), Subjects(fold.Validation), Subjects(fold.Test));
        Assert.False(train.Overlaps(test) || train.Overlaps(validation) || validation.Overlaps(test));
        Assert.Equal(fold.TrainSubjects, train.Order());
        Assert.Equal(fold.TestSubjects, test.Order());
        Assert.Equal(frames.Length, fold.Train.Count + fold.Validation.Count + fold.Test.Count);
    }
}
