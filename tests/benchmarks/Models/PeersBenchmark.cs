using FanTrans.Distillation;
using FanTrans.Models;

namespace FanTrans.Benchmarks.Models;

/// <summary>
/// What the second peer of the online distillation costs: a step with two beside a step with one, at the Paper preset.
/// The FAN runs once for both; by count of operations it is 1.37 times.
/// </summary>
internal sealed class PeersBenchmark : IBenchmark
{
    private const int Rounds = 9;

    public string Name => "two-peers";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        string[] files = [Path.GetTempFileName(), Path.GetTempFileName()];
        try
        {
            DistillationOptions[] peers = [DistillationOptions.Paper, DistillationOptions.None];
            for (var i = 0; i < 2; i++)
            {
                File.WriteAllText(
                    files[i],
                    OptionsJson.Write(
                        new ModelCase
                        {
                            Model = FanTransOptions.Paper,
                            Distillation = peers[i],
                            Training = true,
                            Batch = 4,
                            Threads = setting.Threads,
                        }
                    )
                );
            }
            using var two = ModelBenchmark.Worker(files[0]);
            using var one = ModelBenchmark.Worker(files[1]);
            var seconds = Timing.Seconds(
                () => two.Ask("round"),
                () => one.Ask("round"),
                Math.Min(Rounds, setting.Rounds)
            );
            yield return new Measurement(
                "training step, Paper, batch 4: two peers over one",
                seconds.Kit * 1000,
                seconds.Peer * 1000,
                "ms"
            );
        }
        finally
        {
            Array.ForEach(files, File.Delete);
        }
    }
}
