using System.Security.Cryptography;
using System.Text;

namespace NotebookHost.Packages;

/// <summary>
/// Finds the native library that managed code imports by name. Libraries of several packages may need each other, and
/// each looks beside itself: they are linked into one folder, as publishing a program would put them.
/// </summary>
internal sealed class NativeLibraries
{
    private static readonly string[] Prefixes = OperatingSystem.IsWindows() ? [""] : ["", "lib"];
    private static readonly string[] Suffixes =
        OperatingSystem.IsWindows() ? ["", ".dll"] : OperatingSystem.IsMacOS() ? ["", ".dylib"] : ["", ".so"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private string? _folder;

    public void Add(IEnumerable<string> paths)
    {
        lock (_gate)
        {
            foreach (var path in paths)
                if (_paths.TryAdd(Path.GetFileName(path), path)) _folder = null;
        }
    }

    /// <summary>The path to load for a name as DllImport gives it, or null if no package has it.</summary>
    public string? Find(string name)
    {
        lock (_gate)
        {
            foreach (var prefix in Prefixes)
            {
                foreach (var suffix in Suffixes)
                {
                    if (!_paths.TryGetValue(prefix + name + suffix, out var path)) continue;
                    _folder ??= Link();
                    return _folder.Length > 0 ? Path.Combine(_folder, Path.GetFileName(path)) : path;
                }
            }
            return null;
        }
    }

    // Empty: the libraries are loaded from where they are.
    private string Link()
    {
        if (_paths.Values.Select(Path.GetDirectoryName).Distinct(StringComparer.Ordinal).Count() < 2) return "";
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _paths.Values.Order(StringComparer.Ordinal))));
        var folder = Path.Combine(HostFolders.Cache, "native", Convert.ToHexStringLower(key)[..16]);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var path in _paths.Values)
            {
                var link = Path.Combine(folder, Path.GetFileName(path));
                try
                {
                    File.CreateSymbolicLink(link, path);
                }
                catch (IOException) when (File.Exists(link))
                {
                    // Another run has made it.
                }
            }
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows lets not everyone make links.
            return "";
        }
    }
}
