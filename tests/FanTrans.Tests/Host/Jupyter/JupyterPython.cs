using System.Diagnostics;
using System.Text;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>Debian's Jupyter, and a folder in which this host is installed as its kernel. Tests skip where there is no Jupyter.</summary>
internal sealed class JupyterPython : IDisposable
{
    private const string Program = "/usr/bin/python3";
    private const string Kernel = ".net-csharp";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fantrans-jupyter-");

    private JupyterPython()
    {
    }

    public string Folder => _folder.FullName;

    /// <summary>Installs the kernel; skips the calling test where the Python modules are not all there.</summary>
    public static async Task<JupyterPython> WithKernelAsync(params string[] modules)
    {
        if (!File.Exists(Program) || (await RunAsync(["-c", $"import {string.Join(", ", modules)}"], null, [])).ExitCode != 0)
            Assert.Skip($"{Program} has no {string.Join(", ", modules)}; environment/setup.sh --tests installs them");
        var jupyter = new JupyterPython();
        var (exitCode, _, errors) = await HostProgram.RunAsync("install", "--kernels-dir", Path.Combine(jupyter.Folder, "share", "kernels"));
        if (exitCode != 0 && errors.Contains("libzmq")) Assert.Skip(errors.Trim());
        Assert.Equal((0, ""), (exitCode, errors));
        return jupyter;
    }

    /// <summary>Runs Python to its end.</summary>
    public Task<(int ExitCode, string Text)> RunAsync(params string[] arguments) => RunAsync(arguments, Folder, Variables());

    /// <summary>Runs Python to its end in another folder, with a text on its standard input.</summary>
    public Task<(int ExitCode, string Text)> RunAsync(string[] arguments, string folder, string input) => RunAsync(arguments, folder, Variables(), input);

    /// <summary>Starts Python, and leaves it running.</summary>
    public Process Start(params string[] arguments) => Process.Start(Info(arguments, Folder, Variables()))!;

    public void Dispose() => _folder.Delete(recursive: true);

    private Dictionary<string, string> Variables() => new()
    {
        ["FANTRANS_KERNEL"] = Kernel,
        // A Jupyter of its own: nothing of the user's, and nothing left behind there.
        ["JUPYTER_DATA_DIR"] = Path.Combine(Folder, "share"),
        ["JUPYTER_RUNTIME_DIR"] = Path.Combine(Folder, "runtime"),
        ["JUPYTER_CONFIG_DIR"] = Path.Combine(Folder, "config"),
        ["IPYTHONDIR"] = Path.Combine(Folder, "ipython"),
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    private static ProcessStartInfo Info(string[] arguments, string? folder, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (folder is not null) start.WorkingDirectory = folder;
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return start;
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(
        string[] arguments, string? folder, Dictionary<string, string> variables, string input = "")
    {
        var info = Info(arguments, folder, variables);
        info.RedirectStandardInput = true;
        info.StandardInputEncoding = new UTF8Encoding(false);
        using var process = Process.Start(info)!;
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
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
