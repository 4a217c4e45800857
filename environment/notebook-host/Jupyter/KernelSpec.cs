using System.Text.Json;
using System.Text.Json.Nodes;
using NotebookHost.Notebooks;

namespace NotebookHost.Jupyter;

/// <summary>The entry by which Jupyter knows a kernel: a folder with a <c>kernel.json</c>.</summary>
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
    /// <param name="name">Its name.</param>
    /// <param name="folder">The folder of kernels; null for this user's.</param>
    /// <param name="force">Whether to replace another program's entry.</param>
    /// <returns>The file.</returns>
    /// <exception cref="HostException">Another program has the name.</exception>
    public static string Install(string name, string? folder, bool force)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw new HostException($"--name {name}: expected letters, digits, '.', '-' and '_'");
        IReadOnlyList<string> folders = folder is null ? Folders() : [Path.GetFullPath(folder)];
        if (!force && folders.Select(f => Path.Combine(f, name, "kernel.json")).FirstOrDefault(f => File.Exists(f) && !IsOurs(f)) is { } taken)
        {
            throw new HostException(
                $"{taken} is another program's kernel, .NET Interactive's if you have that: the notebooks run on it. "
                + "--name fantrans-csharp installs this host beside it; --force puts this host in its place");
        }
        var file = Path.Combine(folders[0], name, "kernel.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, NotebookJson.Write(Entry(name), 2));
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

    private static JsonObject Entry(string name) => new()
    {
        ["argv"] = new JsonArray([DotnetPath.Value, typeof(KernelSpec).Assembly.Location, "kernel", "--connection-file", "{connection_file}"]),
        ["display_name"] = name == DefaultName ? ".NET (C#)" : $".NET (C#, {Mark})",
        ["language"] = "C#",
        ["interrupt_mode"] = "message",
        ["env"] = Variables(),
        ["metadata"] = new JsonObject { ["debugger"] = false, ["made_by"] = Mark },
    };

    // A front end that was started from a menu has other variables than this terminal.
    private static JsonObject Variables()
    {
        var variables = new JsonObject();
        foreach (var name in (string[])["DOTNET_ROOT", ZmqLibrary.Variable])
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) variables[name] = value;
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
