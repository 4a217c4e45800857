using System.Text.Json.Nodes;
using NotebookHost.Notebooks;

namespace NotebookHost.Jupyter;

/// <summary>The entry by which Jupyter knows .NET Interactive's tool as a kernel: a folder with a
/// <c>kernel.json</c>.</summary>
internal static class KernelSpec
{
    /// <summary>The name that the notebooks carry.</summary>
    private const string Name = ".net-csharp";

    private const string Mark = "notebook-host";

    /// <summary>Writes the entry.</summary>
    /// <param name="tool">The tool's program.</param>
    /// <param name="folder">The folder of kernels; null for this user's.</param>
    /// <param name="force">Whether to replace another program's entry.</param>
    /// <returns>The file.</returns>
    /// <exception cref="HostException">Another program has the name.</exception>
    public static string Install(string tool, string? folder, bool force)
    {
        var file = FileIn(folder);
        if (!force && File.Exists(file) && !IsOurs(file))
            throw new HostException($"{file} is another program's kernel, .NET Interactive's own if you have "
                + "installed that: the notebooks run on it. --force replaces it");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // Beside the entry, so that a build of the host does not take it away from a kernel.
        var hook = Path.Combine(Path.GetDirectoryName(file)!, "notebook-host.dll");
        File.Copy(typeof(KernelSpec).Assembly.Location, hook, overwrite: true);
        File.WriteAllText(file, NotebookJson.Write(Entry(tool, hook), 2));
        return file;
    }

    /// <summary>Removes the entry that <see cref="Install"/> wrote.</summary>
    /// <returns>The folder that is gone.</returns>
    /// <exception cref="HostException">There is none of this host.</exception>
    public static string Uninstall(string? folder)
    {
        var file = FileIn(folder);
        if (!File.Exists(file)) throw new HostException($"{file}: no such kernel");
        if (!IsOurs(file)) throw new HostException($"{file}: another program's kernel; it is left alone");
        var entry = Path.GetDirectoryName(file)!;
        Directory.Delete(entry, recursive: true);
        return entry;
    }

    private static JsonObject Entry(string tool, string hook)
    {
        var variables = new JsonObject
        {
            ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_STARTUP_HOOKS"] = hook,
            // The tool's web server tells its every step to the terminal that Jupyter runs in.
            ["Logging__LogLevel__Default"] = "Warning",
        };
        // A front end that was started from a menu has other variables than this terminal.
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root) variables["DOTNET_ROOT"] = root;
        return new()
        {
            // Any free port: from the tool's own range two kernels that start together take the same one, and one dies.
            ["argv"] = new JsonArray([DotnetPath.Value, tool, "jupyter", "--http-local-only", "--http-port-range", "0-0",
                "{connection_file}"]),
            ["display_name"] = ".NET (C#)",
            ["language"] = "C#",
            ["env"] = variables,
            ["metadata"] = new JsonObject { ["debugger"] = false, ["made_by"] = Mark },
        };
    }

    private static bool IsOurs(string file) =>
        File.ReadAllText(file).Contains($"\"made_by\": \"{Mark}\"", StringComparison.Ordinal);

    private static string FileIn(string? folder) =>
        Path.Combine(Path.GetFullPath(folder ?? Path.Combine(UserData(), "kernels")), Name, "kernel.json");

    private static string UserData()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } own)
            return own;
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        return Path.Combine(data is { Length: > 0 } ? data : Path.Combine(home, ".local", "share"), "jupyter");
    }
}
