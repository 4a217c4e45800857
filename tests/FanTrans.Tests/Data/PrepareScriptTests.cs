using System.Text.Json;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

/// <summary>The command itself, as a process: arguments, exit codes, and killed by the system while it works.</summary>
public sealed class PrepareScriptTests(PrepareScript script) : IClassFixture<PrepareScript>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Help_and_wrong_arguments()
    {
        var (exit, output, _) = Run("--help");
        Assert.Equal(0, exit);
        Assert.Contains("--dataset <NAME>", output);
        Assert.Contains("Exit codes: 0 done", output);
        Assert.Equal(2, Run().Exit);
        Assert.Equal(2, Run("--dataset", "ck+", "--root", ".", "--out", "x").Exit);
        (exit, _, var error) = Run("--dataset", "bp4d", "--root", ".", "--out", "x", "--size", "8");
        Assert.Equal((2, "Size: expected 16 to 2048, found 8."), (exit, error.Trim()));
        (exit, _, error) = Run("--dataset", "bp4d", "--root", "/nowhere", "--out", "x");
        Assert.Equal(3, exit);
        Assert.Contains("/nowhere: no such folder", error);
    }

    [Fact]
    public void BP4D_from_the_folder_to_a_checked_set()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteBp4d(new MadeUpFaces(ActionUnits.Bp4d, 3, 2, 5), folder.At("bp4d"), cancel: TestContext.Current.CancellationToken);
        string[] arguments = ["--dataset", "bp4d", "--root", folder.At("bp4d"), "--out", folder.At("set"), "--size", "64"];
        var (exit, output, error) = Run(arguments);
        Assert.True(exit == 0, error);
        Assert.Contains("BP4D-Spontaneous: 30 labelled frames in 6 recordings", output);
        Assert.Contains("30 made now, 0 there before", output);
        Assert.Contains("38 x missing subject", output);
        using var summary = JsonDocument.Parse(File.ReadAllText(folder.At("set/summary.json")));
        Assert.Equal(146_847 - 30, summary.RootElement.GetProperty("all").GetProperty("missing").GetInt32());
        using var report = JsonDocument.Parse(File.ReadAllText(folder.At("set/report.json")));
        Assert.Equal(38 + 18, report.RootElement.GetProperty("problems").GetInt32());

        Assert.Contains("0 made now, 30 there before", Run(arguments).Output);
        Assert.Equal(1, Run([.. arguments, "--strict"]).Exit);
        Assert.Equal((0, "30 crops are as they were made."), (Run("--out", folder.At("set"), "--verify").Exit, Run("--out", folder.At("set"), "--verify").Output.Trim().Split('\n')[^1]));
        File.Delete(folder.At("set/crops/F001/T1/00001.jpg"));
        (exit, output, _) = Run("--out", folder.At("set"), "--verify");
        Assert.Equal(1, exit);
        Assert.Contains("crops/F001/T1/00001.jpg: missing", output);
    }

    [Fact]
    public void Killed_three_times_the_set_is_the_same_to_the_byte()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteDisfa(new MadeUpFaces(ActionUnits.Disfa, 3, 1, 60, side: 300), folder.At("disfa"), cancel: TestContext.Current.CancellationToken);
        string[] Arguments(string output) => ["--dataset", "disfa", "--root", folder.At("disfa"), "--out", folder.At(output), "--workers", "2"];
        Assert.Equal(0, Run(Arguments("whole")).Exit);

        var random = new Random(9);
        var kills = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            using var process = script.Start(Arguments("killed"));
            var output = process.StandardOutput.ReadToEndAsync(Cancel);
            var until = 20 + (kill * 50) + random.Next(40);
            while (!process.HasExited && CountCrops(folder.At("killed")) < until)
                Thread.Sleep(2);
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            kills += Preparation.IsUnfinished(folder.At("killed")) ? 1 : 0;
        }
        Assert.True(kills > 0, "the process was never killed at work");
        Assert.Equal(1, Run("--out", folder.At("killed"), "--verify").Exit);

        var (exit, text, error) = Run(Arguments("killed"));
        Assert.True(exit == 0, error);
        Assert.DoesNotContain(" 0 there before", text);
        Assert.Equal(SmallDatasets.Contents(folder.At("whole")), SmallDatasets.Contents(folder.At("killed")));
    }

    private static int CountCrops(string set) =>
        Directory.Exists(Path.Combine(set, "crops")) ? Directory.EnumerateFiles(Path.Combine(set, "crops"), "*.jpg", SearchOption.AllDirectories).Count() : 0;

    private (int Exit, string Output, string Error) Run(params string[] arguments) => script.Run(arguments);
}
