using System.Diagnostics;
using FanTrans.Tests.Data;
using FanTrans.Training;

namespace FanTrans.Tests.Training;

/// <summary>Training in a process of its own that is killed at random moments and started again.</summary>
[Collection(TorchCollection.Name)]
public sealed class KillTests : IDisposable
{
    private const string FolderVariable = "FANTRANS_KILL_TEST_FOLDER";

    private static readonly TrainingOptions Options = Tiny.Options with
    {
        Epochs = 14,
        AverageDecay = 0.9,
        AccumulateBatches = 2,
    };

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARunKilledTenTimesEndsInTheSameBits()
    {
        var whole = Train(null);
        var random = new Random(11);
        var kills = 0;
        for (var turn = 0; turn < 200; turn++)
        {
            using var process = Start();
            // From before the first batch to some epochs later; each run gets further than the one before, or is killed
            // again.
            if (kills == 10)
                process.WaitForExit();
            else if (!process.WaitForExit(WaitForWork(process) + random.Next(400)))
            {
                process.Kill();
                process.WaitForExit();
                kills++;
                continue;
            }
            Assert.Equal(0, process.ExitCode);
            break;
        }
        Assert.Equal(10, kills);
        // The finished run has nothing left to do, and its module is what the killed ones came to.
        Assert.Equal(whole, Train(folder.Path));
    }

    [Fact]
    public void ADamagedCheckpointIsRefusedAndTheOneBeforeItOffered()
    {
        var whole = Train(null);
        Assert.Equal(whole, Train(folder.Path));
        var last = folder.At("last.safetensors");
        File.WriteAllBytes(last, File.ReadAllBytes(last)[..1000]);
        var error = Assert.Throws<InvalidDataException>(() => Train(folder.Path));
        Assert.Contains(
            $"previous.safetensors is whole and has {Options.Epochs - 1} epochs: remove {last}",
            error.Message
        );
        File.Delete(last);
        Assert.Equal(whole, Train(folder.Path));
        // With both damaged there is nothing to offer.
        File.WriteAllText(last, "no");
        File.WriteAllText(folder.At("previous.safetensors"), "no");
        Assert.DoesNotContain("is whole", Assert.Throws<InvalidDataException>(() => Train(folder.Path)).Message);
    }

    /// <summary>What the killed process runs; on its own it does nothing.</summary>
    [Fact(Explicit = true)]
    public void Work()
    {
        if (System.Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
            Train(folder);
    }

    /// <summary>Milliseconds until the process has begun to train: until it has made the run's folder.</summary>
    private int WaitForWork(Process process)
    {
        for (
            var clock = Stopwatch.StartNew();
            !File.Exists(folder.At("begun")) && clock.Elapsed < TimeSpan.FromMinutes(2) && !process.HasExited;

        )
            Thread.Sleep(5);
        File.Delete(folder.At("begun"));
        return 0;
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                typeof(KillTests).Assembly.Location,
                "-explicit",
                "only",
                "-method",
                $"{typeof(KillTests).FullName}.{nameof(Work)}",
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        start.Environment[FolderVariable] = folder.Path;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private static Dictionary<string, float[]> Train(string? folder)
    {
        if (folder is not null)
            File.WriteAllText(Path.Combine(folder, "begun"), "");
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders(new DotFaces(56));
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 2, 0.5]), Options);
        trainer.Fit(train, validation, folder, cancellation: Token);
        return Tiny.Weights(ensemble);
    }
}
