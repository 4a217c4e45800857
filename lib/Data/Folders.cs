namespace FanTrans.Data;

/// <summary>Finds folders and files whose names may differ in case from what the dataset's documents say.</summary>
internal static class Folders
{
    /// <summary>A folder below another, or null.</summary>
    public static string? Find(string? parent, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (parent is null)
                return null;
            var exact = Path.Combine(parent, name);
            parent = Directory.Exists(exact) ? exact : Same(Directory.Exists(parent) ? Directory.EnumerateDirectories(parent) : [], name);
        }
        return parent;
    }

    /// <summary>A file of a folder, or null.</summary>
    public static string? FindFile(string? folder, string name)
    {
        if (folder is null)
            return null;
        var exact = Path.Combine(folder, name);
        return File.Exists(exact) ? exact : Same(Directory.EnumerateFiles(folder), name);
    }

    /// <summary>A folder that the dataset cannot be without.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not there; the message shows what the dataset looks like.</exception>
    public static string Require(string root, DatasetManifest manifest, params ReadOnlySpan<string> names)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"{root}: no such folder; expected the licensed copy of {manifest.Title}.");
        return Find(root, names) ?? throw NotFound(root, manifest, string.Join('/', names!));
    }

    /// <summary>The error for a folder that the dataset cannot be without.</summary>
    public static DirectoryNotFoundException NotFound(string root, DatasetManifest manifest, string name)
    {
        var found = Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(8).ToArray();
        return new DirectoryNotFoundException(
            $"{root}: expected {name} as in {string.Join(" or ", manifest.Layout.Frames.Append(manifest.Layout.Labels))}; " +
            $"found {(found.Length == 0 ? "nothing" : string.Join(", ", found))}.");
    }

    private static string? Same(IEnumerable<string> paths, string name) =>
        paths.Order(StringComparer.Ordinal).FirstOrDefault(p => string.Equals(Path.GetFileName(p), name, StringComparison.OrdinalIgnoreCase));
}
