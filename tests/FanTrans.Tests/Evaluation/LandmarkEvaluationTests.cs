using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

public class LandmarkEvaluationTests
{
    [Fact]
    public void ErrorsAreSharesOfTheEyesDistance()
    {
        var truth = Enumerable.Range(0, 136).Select(i => (float)i).ToArray();
        var found = truth.ToArray();
        found[0] += 3;
        found[1] += 4;
        truth[2 * 7] = float.NaN;
        var visible = Enumerable.Range(0, 68).Select(k => k != 9).ToArray();

        var errors = LandmarkError.Each(found, truth, visible);

        // The outer eye corners, landmarks 36 and 45, are 18 apart in x and in y.
        Assert.Equal(5 / Math.Sqrt(2 * 18 * 18), errors[0], 12);
        Assert.Equal([7, 9], Enumerable.Range(0, 68).Where(k => double.IsNaN(errors[k])));
        Assert.Equal(errors[0] / 66, new LandmarkFace(0, found, errors).Nme, 12);
    }

    [Fact]
    public void GroupsHaveTheFacesThatBelongToThem()
    {
        var evaluation = new LandmarkEvaluation([Face(0, 0.02), Face(1, 0.04), Face(2, 0.3), Face(3, double.NaN)]);

        Assert.Equal(0.12, evaluation.Nme, 12);
        Assert.Equal(1.0 / 3, evaluation.ShareAbove(0.1), 12);
        Assert.Equal([2, 1], evaluation.Worst(2).Select(f => f.Index));
        var byIndex = evaluation.By(index => index, [0, 2, 4], "°");
        Assert.Equal(["0 to 2°", "2 to 4°"], byIndex.Select(g => g.Name));
        Assert.Equal([2, 1], byIndex.Select(g => g.Errors.Count));
        Assert.True(double.IsNaN(evaluation.By(_ => -1, [0, 1])[0].Mean));

        var parts = evaluation.ByPart();
        Assert.Equal(["contour", "brows", "nose", "eyes", "mouth"], parts.Select(p => p.Name));
        Assert.All(parts, part => Assert.Equal(0.12, part.Mean, 12));
        // Only the eyes are wrong.
        var eyes = Face(0, 0) with
        {
            Errors = [.. Enumerable.Range(0, 68).Select(k => k is >= 36 and < 48 ? 0.5 : 0)],
        };
        Assert.Equal([0, 0, 0, 0.5, 0], new LandmarkEvaluation([eyes]).ByPart().Select(p => p.Mean));
        Assert.Equal(Enumerable.Range(0, 68), Ibug68.Parts.SelectMany(p => Enumerable.Range(0, 68).Take(p.Landmarks)));
    }

    private static LandmarkFace Face(int index, double error) =>
        new(index, new float[136], [.. Enumerable.Repeat(error, 68)]);
}
