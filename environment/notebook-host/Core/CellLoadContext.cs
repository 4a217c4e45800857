using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using NotebookHost.Packages;

namespace NotebookHost.Core;

/// <summary>
/// Where a session's cells and packages are loaded, apart from the host's own assemblies: a package may bring
/// another version of what the host uses. What the framework has comes from the framework.
/// </summary>
internal sealed class CellLoadContext() : AssemblyLoadContext("cells")
{
    private readonly ConcurrentDictionary<string, Assembly> _submissions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly NativeLibraries _native = new();

    public Assembly LoadSubmission(Stream assembly, Stream symbols)
    {
        var loaded = LoadFromStream(assembly, symbols);
        _submissions[loaded.GetName().Name!] = loaded;
        return loaded;
    }

    /// <summary>Makes an assembly findable by its name; the first of a name stays.</summary>
    public void AddAssembly(string path) => _paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);

    public void AddNativeLibraries(IEnumerable<string> paths) => _native.Add(paths);

    protected override Assembly? Load(AssemblyName name)
    {
        if (_submissions.TryGetValue(name.Name!, out var submission)) return submission;
        return _paths.TryGetValue(name.Name!, out var path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string name) =>
        _native.Find(name) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
