using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using FanTrans.Tests.Host.Jupyter;

[assembly: AssemblyFixture(typeof(InstalledKernel))]

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>
/// .NET Interactive's tool as <c>notebook-host install</c> makes it known to Jupyter, once for all tests, in a folder
/// of the tests; and Debian's Python with Jupyter. Tests skip where one of them is not to be had.
/// </summary>
public sealed class InstalledKernel : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fantrans-jupyter-");
    private readonly Lazy<Task<string>> problem;

    public InstalledKernel() => problem = new(InstallAsync);

    /// <summary>Where Jupyter finds the kernel.</summary>
    public string Kernels => Path.Combine(folder.FullName, "share", "kernels");

    /// <summary>What Jupyter reads of it.</summary>
    public JsonNode Entry => JsonNode.Parse(File.ReadAllText(Path.Combine(Kernels, ".net-csharp", "kernel.json")))!;

    /// <summary>Installs the kernel; skips the calling test where the tool cannot be restored
    /// or Python modules are missing.</summary>
    public async Task RequireAsync(params string[] modules)
    {
        if (
            modules.Length > 0
            && (
                !File.Exists(Python)
                || (await RunAsync(["-c", $"import {string.Join(", ", modules)}"], folder.FullName)).ExitCode != 0
            )
        )
            Assert.Skip($"{Python} has no {string.Join(", ", modules)}; environment/setup.sh --tests installs them");
        if (await this.problem.Value is { Length: > 0 } problem)
            Assert.Skip(problem);
    }

    /// <summary>A folder of a test's own, which is removed at the end.</summary>
    public string NewFolder() => folder.CreateSubdirectory(Path.GetRandomFileName()).FullName;

    /// <summary>Runs Python to its end, with a text on its standard input.</summary>
    public async Task<(int ExitCode, string Text)> RunAsync(string[] arguments, string folder, string input = "")
    {
        using var process = Start(arguments, folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts Python, and leaves it running.</summary>
    public Process Start(string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            WorkingDirectory = folder,
        };
        // A Jupyter of its own: nothing of the user's, and nothing left behind there.
        foreach (
            var (name, part) in new[]
            {
                ("JUPYTER_DATA_DIR", "share"),
                ("JUPYTER_RUNTIME_DIR", "runtime"),
                ("JUPYTER_CONFIG_DIR", "config"),
                ("IPYTHONDIR", "ipython"),
            }
        )
            start.Environment[name] = Path.Combine(this.folder.FullName, part);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return Process.Start(start)!;
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<string> InstallAsync()
    {
        var (exitCode, _, errors) = await HostProgram.RunAsync("install", "--kernels-dir", Kernels);
        if (errors.Contains("cannot be restored", StringComparison.Ordinal))
            return errors.Trim();
        Assert.Equal((0, ""), (exitCode, errors));
        return "";
    }
}
