using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NotebookHost.Jupyter;

/// <summary>.NET Interactive's own tool, at the version that the repository's tool manifest names.</summary>
internal static class InteractiveTool
{
    private const string Id = "microsoft.dotnet-interactive";

    private static readonly string Manifest = Path.Combine(".config", "dotnet-tools.json");

    /// <summary>Restores the tool and gives its program, which runs from any folder.</summary>
    /// <exception cref="HostException">There is no manifest, or the tool cannot be restored.</exception>
    public static async Task<string> RestoreAsync(CancellationToken cancellation)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, Manifest))) root = root.Parent;
        if (root is null) throw new HostException($"no {Manifest} above {AppContext.BaseDirectory}: install from the "
            + "kit's own folder");
        var manifest = Path.Combine(root.FullName, Manifest);
        var (exitCode, output) = await DotnetAsync(root.FullName, cancellation, "tool", "restore", "--tool-manifest", manifest).ConfigureAwait(false);
        if (exitCode != 0) throw new HostException($"{Id} cannot be restored:\n{output}");
        var version = JsonNode.Parse(File.ReadAllText(manifest))?["tools"]?[Id]?["version"]?.GetValue<string>()
            ?? throw new HostException($"{manifest}: expected tools/{Id}/version, found none");
        (_, output) = await DotnetAsync(root.FullName, cancellation, "nuget", "locals", "global-packages", "--list", "--force-english-output").ConfigureAwait(false);
        // "global-packages: /home/me/.nuget/packages/"
        var packages = output[(output.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var tools = Path.Combine(packages, Id, version, "tools");
        return (
                Directory.Exists(tools)
                    ? Directory.GetFiles(tools, "Microsoft.DotNet.Interactive.App.dll", SearchOption.AllDirectories)
                    : []
            ).FirstOrDefault()
            ?? throw new HostException($"{Id} {version} was restored, and its program is not in {tools}");
    }

    private static async Task<(int ExitCode, string Output)> DotnetAsync(
        string folder,
        CancellationToken cancellation,
        params string[] arguments
    )
    {
        using var process = Process.Start(new ProcessStartInfo(DotnetPath.Value, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return (process.ExitCode, (output + await errors.ConfigureAwait(false)).Trim());
    }
}
