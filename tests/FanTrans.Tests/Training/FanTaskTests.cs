using FanTrans.Data;
using FanTrans.Models;
using FanTrans.Tests.Data;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public class FanTaskTests
{
    [Fact]
    public void TheLossIsTheSumOverCellsPerCountedLandmark()
    {
        using var scope = NewDisposeScope();
        using var fan = Tiny.NewFan();
        fan.eval();
        var (images, landmarks, visible) = Batch();
        var heatmaps = fan.Heatmaps(images)[^1];
        var targets = LandmarkHeatmaps.Draw(landmarks, visible, fan.Options);
        var expected = (heatmaps - targets).Squared().sum().Over(2 * 68);
        Assert.Equal(expected.item<float>(), Loss(fan, images, landmarks, visible), 1e-4);
    }

    [Fact]
    public void HiddenLandmarksCountNothingAndCutOffOnesAsEmpty()
    {
        using var scope = NewDisposeScope();
        using var fan = Tiny.NewFan();
        fan.eval();
        var (images, landmarks, visible) = Batch();
        visible[0, 5] = 0;
        var hidden = Loss(fan, images, landmarks, visible);
        landmarks[0, 5, 0] = 11;
        Assert.Equal(hidden, Loss(fan, images, landmarks, visible));
        var heatmaps = fan.Heatmaps(images)[^1];
        var targets = LandmarkHeatmaps.Draw(landmarks, visible, fan.Options);
        var all = (heatmaps - targets).Squared().sum([2, 3]);
        Assert.Equal((all.sum() - all[0, 5]).Over(135).item<float>(), hidden, 1e-4);

        landmarks[0, 5, 0] = 40;
        Assert.Equal(all.sum().Over(136).item<float>(), Loss(fan, images, landmarks, visible), 1e-4);
    }

    [Fact]
    public void WithoutBothOuterEyeCornersThereIsNoError()
    {
        using var fan = Tiny.NewFan();
        double Nme(int? unknown) =>
            FanTask
                .Evaluate(
                    fan,
                    new AuLoader(new DotFaces(4) { Unknown = unknown }, Tiny.Loading(train: false)),
                    cancellation: TestContext.Current.CancellationToken
                )
                .Nme;
        Assert.InRange(Nme(null), 0.01, 10);
        Assert.InRange(Nme(8), 0.01, 10);
        Assert.Equal(double.NaN, Nme(36));
    }

    private static float Loss(FaceAlignmentNetwork fan, Tensor images, Tensor landmarks, Tensor visible) =>
        new FanTask(fan).Loss(new BatchTensors(images, visible, visible, landmarks, visible), 0).Total.item<float>();

    private static (Tensor Images, Tensor Landmarks, Tensor Visible) Batch()
    {
        random.manual_seed(4);
        return (rand(2, 3, 32, 32), rand(2, 68, 2).Times(30).Plus(1), ones(2, 68));
    }
}
