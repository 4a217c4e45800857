using FanTrans.Tests.Data;
using FanTrans.Training;
using TorchSharp;

namespace FanTrans.Tests.Training;

[Collection(AloneCollection.Name)]
public class MemoryTests
{
    /// <summary>300 steps after a warm-up: as many live tensors as before,
    /// and no more resident memory than 2 %.</summary>
    [Fact]
    public void TrainingHoldsItsMemory()
    {
        var token = TestContext.Current.CancellationToken;
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders(new DotFaces(240));
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), Tiny.Options);

        void Steps(int count, int epoch)
        {
            for (var steps = 0; steps < count; steps += train.Batches)
                trainer.TrainOneEpoch(train, epoch++, cancellation: token);
            trainer.Evaluate(validation, token);
        }

        Steps(150, 0);
        var tensors = LiveTensors();
        var memory = ResidentMegabytes();
        Steps(300, 100);
        Assert.Equal(tensors, LiveTensors());
        var grown = ResidentMegabytes() / memory;
        Assert.True(grown < 1.02, $"resident memory grew from {memory:f1} MB to {memory * grown:f1} MB.");
    }

    private static long LiveTensors()
    {
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        return statistics.ThreadTotalLiveCount;
    }

    private static double ResidentMegabytes()
    {
        // Managed garbage comes and goes by the collector's own clock; what leaks is what stays after it.
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return System.Environment.WorkingSet / 1048576.0;
    }
}
