using System.Diagnostics;

namespace FanTrans.Tests.Notebooks;

/// <summary>The series on .NET Interactive's own kernel, where its packages can be restored.</summary>
public class RealKernelTests(SeriesRuns runs)
{
    private static readonly Lazy<Task<(int ExitCode, string Text)>> Build = new(() =>
        RunAsync("build", Path.Combine(Repository.Root, "tests", "real-kernel"), "-v:q", "-nologo"));

    public static TheoryData<string> Names => [.. SeriesRuns.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task TheRealKernelRunsTheNotebook(string name)
    {
        var (built, log) = await Build.Value;
        if (log.Split('\n').FirstOrDefault(line => line.Contains(": error NU1")) is { } missing)
            Assert.Skip($"Microsoft.DotNet.Interactive cannot be restored: {missing[(missing.IndexOf(": error", StringComparison.Ordinal) + 2)..].Trim()}");
        Assert.True(built == 0, log);

        var first = await runs.OfAsync(name);
        Assert.True(first.ExitCode == 0, first.Text);
        var (exitCode, text) = await RunAsync(
            "run", "--no-build", "--project", Path.Combine(Repository.Root, "tests", "real-kernel"), "--", Path.Combine(SeriesRuns.Notebooks, name), first.Output);
        Assert.True(exitCode == 0, text);
        var figures = File.ReadAllText(first.Page).Split("class=\"fantrans-figure").Length - 1;
        Assert.Contains($"figures: {figures}", text);
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
