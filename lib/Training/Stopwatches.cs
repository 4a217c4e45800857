using System.Diagnostics;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>Times work on a device.</summary>
internal static class Stopwatches
{
    private const int LeastRounds = 3;

    /// <summary>Median seconds of a piece of work, after one untimed round.</summary>
    /// <param name="device">Where it runs; a GPU is waited for after each round.</param>
    /// <param name="seconds">How long to measure, at least three rounds.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Ends it between two rounds.</param>
    public static double Median(Device device, double seconds, Action work, CancellationToken cancellation = default)
    {
        Round();
        var all = Stopwatch.StartNew();
        var rounds = new List<double>();
        while (rounds.Count < LeastRounds || all.Elapsed.TotalSeconds < seconds)
        {
            cancellation.ThrowIfCancellationRequested();
            var one = Stopwatch.StartNew();
            Round();
            rounds.Add(one.Elapsed.TotalSeconds);
        }
        return rounds.Median();

        void Round()
        {
            work();
            // A GPU has only been told what to do by now.
            if (device.type != DeviceType.CPU)
                cuda.synchronize(device);
        }
    }
}
