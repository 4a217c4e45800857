using FanTrans.Synthetic;

namespace FanTrans.Benchmarks.Synthetic;

/// <summary>Faces a second that SynthFaces renders into memory, on all of the setting's threads.</summary>
internal sealed class RenderingBenchmark : IBenchmark
{
    private const int Rounds = 5;

    public string Name => "rendering";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        foreach (var (size, faces) in new[] { (96, 800), (256, 200) })
        {
            var source = new SynthFaces(new SynthOptions { ImageSize = size });
            var options = new ParallelOptions { MaxDegreeOfParallelism = setting.Threads };
            // In order, as a set is rendered: the frames of a person follow each other.
            var seconds = Timing.Seconds(
                () => Parallel.For(0, faces, options, i => source.Read(i)),
                Math.Min(Rounds, setting.Rounds)
            );
            yield return new Measurement(
                $"SynthFaces, {size} x {size}, {setting.Threads} threads",
                faces / seconds,
                null,
                "faces/s"
            );
        }
    }
}
