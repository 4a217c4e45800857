using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace NotebookHost.Core;

/// <summary>What each cell can use without asking: the running .NET, and this host's public part.</summary>
internal static class FrameworkReferences
{
    private static readonly string Directory = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly ImmutableDictionary<string, string> Paths =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(path => string.Equals(Path.GetDirectoryName(path), Directory, StringComparison.Ordinal))
        .ToImmutableDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);

    private static readonly Lazy<ImmutableArray<MetadataReference>> Loaded = new(() =>
        [.. Paths.Values.Order(StringComparer.Ordinal).AsParallel().AsOrdered()
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))]);

    /// <summary>The framework's assemblies.</summary>
    public static ImmutableArray<MetadataReference> All => Loaded.Value;

    /// <summary>This host, of which only the names that cells call are public.</summary>
    public static MetadataReference Host { get; } = MetadataReference.CreateFromFile(typeof(FrameworkReferences).Assembly.Location);

    /// <summary>The framework's file of an assembly, or null if the framework has none of that name.</summary>
    public static string? PathOf(string assemblyName) => Paths.GetValueOrDefault(assemblyName);
}
