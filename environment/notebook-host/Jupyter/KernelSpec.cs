using System.Text.Json;
using System.Text.Json.Nodes;
using NotebookHost.Notebooks;

namespace NotebookHost.Jupyter;

/// <summary>The entry by which Jupyter knows .NET Interactive's tool as a kernel: a folder with a <c>kernel.json</c>.</summary>
internal static class KernelSpec
{
    /// <summary>The name that the notebooks carry, which is .NET Interactive's.</summary>
    public const string DefaultName = ".net-csharp";

    private const string Mark = "notebook-host";

    /// <summary>The folders where this user's Jupyter looks for kernels, the one to write to first.</summary>
    public static IReadOnlyList<string> Folders()
    {
        List<string> data = [UserData()];
        if (Environment.GetEnvironmentVariable("JUPYTER_PATH") is { Length: > 0 } path)
            data.AddRange(path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        if (OperatingSystem.IsWindows())
            data.Add(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "jupyter"));
        else
            data.AddRange(["/usr/local/share/jupyter", "/usr/share/jupyter"]);
        return [.. data.Select(d => Path.Combine(d, "kernels")).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Writes the entry.</summary>
    /// <param name="tool">The tool's program.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="folder">The folder of kernels; null for this user's.</param>
    /// <param name="force">Whether to replace another program's entry.</param>
    /// <returns>The file.</returns>
    /// <exception cref="HostException">Another program has the name.</exception>
    public static string Install(string tool, string name, string? folder, bool force)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw new HostException($"--name {name}: expected letters, digits, '.', '-' and '_'");
        IReadOnlyList<string> folders = folder is null ? Folders() : [Path.GetFullPath(folder)];
        if (!force && folders.Select(f => Path.Combine(f, name, "kernel.json")).FirstOrDefault(f => File.Exists(f) && !IsOurs(f)) is { } taken)
        {
            throw new HostException(
                $"{taken} is another program's kernel, .NET Interactive's own if you have installed that: the notebooks run on it. "
                + "--name fantrans-csharp adds an entry beside it; --force replaces it");
        }
        var file = Path.Combine(folders[0], name, "kernel.json");
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
    public static string Uninstall(string name, string? folder)
    {
        var entry = Path.Combine(folder is null ? Folders()[0] : Path.GetFullPath(folder), name);
        var file = Path.Combine(entry, "kernel.json");
        if (!File.Exists(file)) throw new HostException($"{file}: no such kernel");
        if (!IsOurs(file)) throw new HostException($"{file}: another program's kernel; it is left alone");
        Directory.Delete(entry, recursive: true);
        return entry;
    }

    private static JsonObject Entry(string tool, string hook) => new()
    {
        ["argv"] = new JsonArray([DotnetPath.Value, tool, "jupyter", "--http-local-only", "{connection_file}"]),
        ["display_name"] = ".NET (C#)",
        ["language"] = "C#",
        ["env"] = Variables(hook),
        ["metadata"] = new JsonObject { ["debugger"] = false, ["made_by"] = Mark },
    };

    private static JsonObject Variables(string hook)
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
        return variables;
    }

    private static bool IsOurs(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file))?["metadata"]?["made_by"]?.GetValue<string>() == Mark;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string UserData()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } own) return own;
        if (OperatingSystem.IsWindows()) return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        return Path.Combine(data is { Length: > 0 } ? data : Path.Combine(home, ".local", "share"), "jupyter");
    }
}
