using System.Diagnostics;
using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>What a device does in a second at one size of batches.</summary>
/// <param name="BatchSize">Images in a batch.</param>
/// <param name="Training">Images a second through loss, gradients and optimizer.</param>
/// <param name="Prediction">Images a second through the model alone.</param>
public sealed record ThroughputRow(int BatchSize, double Training, double Prediction);

/// <summary>Measures how fast a model trains and predicts, and how fast the loader feeds it.</summary>
public static class Throughput
{
    /// <summary>Times training steps and predictions on noise in place of images, which costs the same.</summary>
    /// <param name="model">The model.</param>
    /// <param name="distillation">Its peers.</param>
    /// <param name="batchSizes">Images in a batch, each at least 1.</param>
    /// <param name="device">Where; null is the CPU.</param>
    /// <param name="seconds">How long to measure each number.</param>
    /// <param name="fanPrecision">What the frozen FAN computes in.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A batch is empty.</exception>
    public static IReadOnlyList<ThroughputRow> Measure(
        FanTransOptions model, DistillationOptions distillation, IReadOnlyList<int> batchSizes, Device? device = null, double seconds = 1,
        FanPrecision fanPrecision = FanPrecision.Float32, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(distillation);
        ArgumentNullException.ThrowIfNull(batchSizes);
        foreach (var size in batchSizes)
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(batchSizes));
        TorchThreads.Use();
        var on = device ?? CPU;
        using var ensemble = new PeerEnsemble(model, distillation);
        if (on.type != DeviceType.CPU)
            ensemble.to(on);
        ensemble.ComputeFanIn(fanPrecision);
        var task = new FanTransTask(ensemble, [.. model.ActionUnits.Select(_ => 1.0)]);
        using var optimizer = optim.AdamW(task.Parameters.SelectMany(s => s.Parameters.Select(p => p.Parameter)), TrainingOptions.Paper.LearningRate);
        return [.. batchSizes.Select(Row)];

        ThroughputRow Row(int size)
        {
            using var batch = Noise(model, size, on);
            ensemble.train();
            var training = Stopwatches.Median(on, seconds, () => Step(batch), cancellation);
            using var mode = new EvaluationMode(ensemble);
            var prediction = Stopwatches.Median(on, seconds, () => Predict(batch), cancellation);
            return new ThroughputRow(size, size / training, size / prediction);
        }

        void Step(BatchTensors batch)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            task.Loss(batch, 0).Total.backward();
            optimizer.step();
        }

        void Predict(BatchTensors batch)
        {
            using var scope = NewDisposeScope();
            ensemble.call(batch.Images);
        }
    }

    /// <summary>Frames a second that a loader delivers, over one epoch or as much of it as the time allows.</summary>
    /// <param name="loader">The loader.</param>
    /// <param name="seconds">How long to measure.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static double OfLoader(IAuBatches loader, double seconds = 5, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var clock = Stopwatch.StartNew();
        var frames = 0L;
        foreach (var batch in loader.Epoch(0, cancellation))
        {
            using (batch)
                frames += batch.Count;
            if (clock.Elapsed.TotalSeconds >= seconds)
                break;
        }
        return frames / clock.Elapsed.TotalSeconds;
    }

    private static BatchTensors Noise(FanTransOptions model, int size, Device device)
    {
        long side = model.Fan.ImageSize, units = model.ActionUnits.Count;
        return new BatchTensors(
            rand([size, 3, side, side], device: device), rand([size, units], device: device).round(), ones([size, units], device: device),
            zeros([size, Ibug68.Count, 2], device: device), zeros([size, Ibug68.Count], device: device));
    }
}
