using System.Text.Json;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

/// <summary>The command itself, as a process: arguments, exit codes, what it writes.</summary>
public sealed class PrepareScriptTests(PrepareScript script)
{
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
        Assert.Equal(
            (2, "--size: expected a whole number from 16 to 2048, found '8'."),
            (exit, error.Split('\n')[0].Trim())
        );
        (exit, _, error) = Run("--dataset", "bp4d", "--root", "/nowhere", "--out", "x");
        Assert.Equal(3, exit);
        Assert.Contains("/nowhere: no such folder", error);
    }

    [Fact]
    public void BP4D_from_the_folder_to_a_checked_set()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteBp4d(
            new MadeUpFaces(ActionUnits.Bp4d, 3, 2, 5),
            folder.At("bp4d"),
            cancellation: TestContext.Current.CancellationToken
        );
        string[] arguments =
        [
            "--dataset",
            "bp4d",
            "--root",
            folder.At("bp4d"),
            "--out",
            folder.At("set"),
            "--size",
            "64",
        ];
        var (exit, output, error) = Run(arguments);
        Assert.True(exit == 0, error);
        Assert.Contains("BP4D-Spontaneous: 30 labelled frames in 6 recordings", output);
        Assert.Contains("30 made now, 0 there before", output);
        Assert.Contains("38 x missing subject", output);
        using var summary = JsonDocument.Parse(File.ReadAllText(folder.At("set/summary.json")));
        Assert.Equal(146_847 - 30, summary.RootElement.GetProperty("all").GetProperty("missing").GetInt32());
        using var report = JsonDocument.Parse(File.ReadAllText(folder.At("set/report.json")));
        Assert.Equal(38 + 18, report.RootElement.GetProperty("problems").GetInt32());

        Assert.Contains("BP4D-Spontaneous: 30 frames prepared", File.ReadAllText(folder.At("set/summary.html")));
        Assert.Contains("0 made now, 30 there before", Run(arguments).Output);
        folder.Write("bp4d/Sequences(2D+3D)/F001/T1/0002.jpg", "no picture");
        Assert.Equal(1, Run(arguments).Exit);
        var told = File.ReadAllText(folder.At("set/report.json"));
        Assert.Contains("0002.jpg", told);
        Assert.Equal(1, Run([.. arguments, "--strict"]).Exit);
        Assert.Equal(told, File.ReadAllText(folder.At("set/report.json")));
        Run("--dataset", "bp4d", "--root", folder.At("bp4d"), "--out", folder.At("few"), "--units", "12,6,5");
        Assert.True(File.Exists(folder.At("few/summary.json")));
        Assert.Equal(
            (0, "29 crops are as they were made."),
            (
                Run("--out", folder.At("set"), "--verify").Exit,
                Run("--out", folder.At("set"), "--verify").Output.Trim().Split('\n')[^1]
            )
        );
        File.Delete(folder.At("set/crops/F001/T1/00001.jpg"));
        (exit, output, _) = Run("--out", folder.At("set"), "--verify");
        Assert.Equal(1, exit);
        Assert.Contains("crops/F001/T1/00001.jpg: missing", output);
    }

    private (int Exit, string Output, string Error) Run(params string[] arguments) => script.Run(arguments);
}
