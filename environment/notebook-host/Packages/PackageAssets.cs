using System.Text.Json;

namespace NotebookHost.Packages;

/// <summary>A package that a restore chose, and the paths of its files for this framework and processor.</summary>
internal sealed record ResolvedPackage(
    string Id, string Version,
    IReadOnlyList<string> CompileAssemblies, IReadOnlyList<string> RuntimeAssemblies, IReadOnlyList<string> NativeLibraries)
{
    public bool Exists => CompileAssemblies.Concat(RuntimeAssemblies).Concat(NativeLibraries).All(File.Exists);
}

/// <summary>The part of NuGet's <c>project.assets.json</c> that loading needs.</summary>
internal sealed record PackageAssets(IReadOnlyList<ResolvedPackage> Packages)
{
    public static PackageAssets Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
        var libraries = root.GetProperty("libraries");
        // "net10.0" is for compiling anywhere; "net10.0/linux-x64" has what this machine runs.
        var target = root.GetProperty("targets").EnumerateObject().Single(t => t.Name.Contains('/')).Value;

        List<ResolvedPackage> packages = [];
        foreach (var library in target.EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package") continue;
            var (id, version) = library.Name.Split('/') is [var first, var second] ? (first, second) : (library.Name, "");
            var relative = libraries.GetProperty(library.Name).GetProperty("path").GetString()!;
            var folder = folders.Select(f => Path.Combine(f, relative)).FirstOrDefault(Directory.Exists) ?? Path.Combine(folders[0], relative);
            packages.Add(new(id, version,
                Files(library.Value, "compile", folder, ".dll"),
                Files(library.Value, "runtime", folder, ".dll"),
                Files(library.Value, "native", folder, "")));
        }
        return new(packages);
    }

    private static IReadOnlyList<string> Files(JsonElement library, string group, string folder, string extension) =>
        library.TryGetProperty(group, out var files)
            ? [.. files.EnumerateObject()
                .Where(f => !f.Name.EndsWith("/_._", StringComparison.Ordinal) && f.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                .Select(f => Path.GetFullPath(Path.Combine(folder, f.Name)))]
            : [];
}
