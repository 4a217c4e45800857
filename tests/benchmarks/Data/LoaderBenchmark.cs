using FanTrans.Benchmarks.Models;
using FanTrans.Data;
using FanTrans.Training;

namespace FanTrans.Benchmarks.Data;

/// <summary>
/// Training batches from a prepared set, decoded, cropped and varied as published, beside a Python pipeline of the same
/// steps (OpenCV and NumPy in PyTorch's DataLoader): two workers each, crops of 256 pixels, no other work.
/// </summary>
internal sealed class LoaderBenchmark : IBenchmark
{
    private const int Size = 256,
        Batch = 32,
        Workers = 2,
        Rounds = 7;

    public string Name => "loader";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        using var faces = new PreparedFaces(Size);
        var loader = new AuLoader(
            faces.Set,
            new AuLoaderOptions
            {
                ImageSize = Size,
                BatchSize = Batch,
                Shuffle = true,
                Workers = Workers,
                Augmentation = AugmentationOptions.Paper,
            }
        );
        var epoch = 0;
        double Kit() =>
            Timing.Clock(() =>
            {
                foreach (var batch in loader.Epoch(epoch++))
                {
                    using (batch)
                        BatchTensors.From(batch).Dispose();
                }
            });
        using var peer = PythonPeer.Find("torch, cv2", setting, Name) is { } python
            ? new WorkerProcess(
                python,
                Path.Combine(Folders.Reference, "loader.py"),
                faces.SetFolder,
                $"{Size}",
                $"{Batch}",
                $"{Workers}"
            )
            : null;
        var seconds = Timing.Seconds(
            Kit,
            peer is null ? null : () => peer.Ask("round"),
            Math.Min(Rounds, setting.Rounds)
        );
        yield return new Measurement(
            "loader, 256 pixels, 2 workers",
            loader.EpochFrames / seconds.Kit,
            loader.EpochFrames / seconds.Peer,
            "faces/s"
        );
    }
}
