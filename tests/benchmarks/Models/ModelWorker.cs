using System.Globalization;
using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Benchmarks.Models;

/// <summary>
/// The kit's side of a model benchmark, in a process of its own: for each "round" on the standard input it runs the
/// case once and answers with the seconds, for "memory" with the peak of its resident memory in MB.
/// tests/reference/bench.py does the same with PyTorch.
/// </summary>
internal static class ModelWorker
{
    public static void Serve(string caseFile)
    {
        var given = OptionsJson.Read<ModelCase>(File.ReadAllText(caseFile));
        TorchThreads.Use(given.Threads);
        random.manual_seed(1);
        using var ensemble = new PeerEnsemble(given.Model, given.Distillation);
        ensemble.RunFanOn(given.Runtime);
        int units = given.Model.ActionUnits.Count,
            side = given.Model.Fan.ImageSize;
        using var images = rand([given.Batch, 3, side, side]);
        using var labels = rand([given.Batch, units]).gt(0.5).to_type(ScalarType.Float32);
        using var known = ones([given.Batch, units]);
        ensemble.train(given.Training);
        using var optimizer = optim.AdamW(ensemble.parameters().Where(p => p.requires_grad), 1e-4, weight_decay: 0);
        var loss = new OnlineDistillation(given.Distillation, [.. Enumerable.Repeat(1.0, units)]);
        while (Console.ReadLine() is { } line)
        {
            var answer = line switch
            {
                "memory" => PeakMegabytes(),
                _ => Timing.Clock(given.Training ? Step : Forward),
            };
            Console.WriteLine(answer.ToString("r", CultureInfo.InvariantCulture));
        }

        void Step()
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            loss.Compute(ensemble.call(images), labels, known, 1).Total.backward();
            optimizer.step();
        }

        void Forward()
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            if (given.Features)
                ensemble.Features(images);
            else
                ensemble.call(images);
        }
    }

    private static double PeakMegabytes()
    {
        const string Field = "VmHWM:";
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(Field, StringComparison.Ordinal));
        return double.Parse(
                line[Field.Length..].Replace("kB", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture
            ) / 1024;
    }
}
