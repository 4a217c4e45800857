using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>One thing found out about this machine.</summary>
/// <param name="What">Such as "GPU 0".</param>
/// <param name="Found">What it is.</param>
public sealed record DeviceFact(string What, string Found);

/// <summary>What this machine has to train on, and what it makes of single and half precision.</summary>
public static class DeviceCheck
{
    /// <summary>The first GPU that PyTorch can use, else the processor.</summary>
    public static Device Best => cuda.is_available() ? CUDA : CPU;

    /// <summary>
    /// Asks PyTorch and the NVIDIA driver, and times a matrix product in float32 and in bfloat16 on a device: half
    /// precision is only worth training in where that is faster.
    /// </summary>
    /// <param name="device">The device to time; null is <see cref="Best"/>.</param>
    public static IReadOnlyList<DeviceFact> Run(Device? device = null)
    {
        device ??= Best;
        TorchThreads.Use();
        var single = MatrixRate(device, ScalarType.Float32);
        var half = MatrixRate(device, ScalarType.BFloat16);
        return
        [
            new("training on", device.ToString()),
            new("GPUs that PyTorch can use", cuda.is_available() ? $"{cuda.device_count()}" : "none"),
            .. Gpus().Select((gpu, number) => new DeviceFact($"GPU {number}", gpu)),
            new("processor", $"{Environment.ProcessorCount} cores, {TorchThreads.Count} torch threads"),
            new("float32 matrix product", Rate(single)),
            new("bfloat16 matrix product", $"{Rate(half)}, {(half / single).ToString("0.0#", CultureInfo.InvariantCulture)} times as fast"),
        ];
    }

    /// <summary>Operations a second in a product of square matrices, the median of several.</summary>
    private static double MatrixRate(Device device, ScalarType type)
    {
        // A GPU needs more to do, and a processor may have to do bfloat16 number by number.
        var side = device.type == DeviceType.CPU ? 512L : 4096L;
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var left = randn([side, side], device: device).to_type(type);
        var right = randn([side, side], device: device).to_type(type);
        var seconds = Stopwatches.Median(device, 0.2, () => left.matmul(right).Dispose());
        return 2.0 * side * side * side / seconds;
    }

    /// <summary>Name, memory and driver of each GPU, as the driver's own program tells them; PyTorch here does not.</summary>
    private static string[] Gpus()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(
                "nvidia-smi", ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]) { RedirectStandardOutput = true })!;
            var lines = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
        }
        catch (Win32Exception)
        {
            return [];   // no NVIDIA driver
        }
    }

    private static string Rate(double operations) => $"{(operations / 1e9).ToString("N0", CultureInfo.InvariantCulture)} GFLOP/s";
}
