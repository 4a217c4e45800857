using System.Diagnostics;

namespace FanTrans.Tests.Charts;

/// <summary>What a browser makes of a page.</summary>
/// <param name="Elements">The page's elements after its scripts have run.</param>
/// <param name="Console">What scripts wrote to the console, and errors that nobody caught.</param>
internal sealed record RenderedPage(string Elements, IReadOnlyList<string> Console);

/// <summary>A browser that the machine may have, run without a window and without a network.</summary>
internal static class Chromium
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The page's elements after its scripts have run;
    /// skips the calling test where there is no Chromium.</summary>
    public static string RenderedElements(string page)
    {
        var folder = Directory.CreateTempSubdirectory("fantrans-page-");
        try
        {
            var file = Path.Combine(folder.FullName, "page.html");
            File.WriteAllText(file, page);
            return Open(file).Elements;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Opens a page's file and waits for its scripts;
    /// skips the calling test where there is no Chromium.</summary>
    public static RenderedPage Open(string file)
    {
        var program = System
            .Environment.GetEnvironmentVariable("PATH")!
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "chromium"))
            .FirstOrDefault(File.Exists);
        if (program is null)
            Assert.Skip("No chromium on the path; environment/setup.sh --tests installs it.");

        var profile = Directory.CreateTempSubdirectory("fantrans-chromium-");
        try
        {
            var start = new ProcessStartInfo(program)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList =
                {
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--proxy-server=127.0.0.1:9", // nothing listens there
                    "--virtual-time-budget=10000",
                    "--enable-logging=stderr",
                    "--v=0",
                    $"--user-data-dir={profile.FullName}",
                    "--dump-dom",
                    new Uri(Path.GetFullPath(file)).AbsoluteUri,
                },
            };
            using var process = Process.Start(start)!;
            var log = process.StandardError.ReadToEndAsync();
            var elements = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"chromium did not end within {Limit}");
            }
            Assert.True(process.ExitCode == 0, $"chromium gave exit code {process.ExitCode}: {log.Result}");
            return new(
                elements.Result,
                [.. log.Result.Split('\n').Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))]
            );
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }
}
