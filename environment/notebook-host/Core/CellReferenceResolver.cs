using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace NotebookHost.Core;

/// <summary>
/// Finds the assembly of <c>#r "path"</c>: relative to the working directory, or to the file that says it, or by
/// name among the framework's.
/// </summary>
internal sealed class CellReferenceResolver(CellLoadContext context, string workingDirectory) : MetadataReferenceResolver
{
    private readonly CellLoadContext _context = context;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        var folder = Path.IsPathFullyQualified(baseFilePath ?? "") ? Path.GetDirectoryName(baseFilePath)! : workingDirectory;
        var path = Path.GetFullPath(reference, folder);
        if (!File.Exists(path))
            return FrameworkReferences.PathOf(reference) is { } known ? [MetadataReference.CreateFromFile(known, properties)] : [];
        _context.AddAssembly(path);
        return [MetadataReference.CreateFromFile(path, properties)];
    }

    // Compilations of a session compare their resolvers; there is one of them a session.
    public override bool Equals(object? other) => other is CellReferenceResolver resolver && resolver._context == _context;

    public override int GetHashCode() => _context.GetHashCode();
}
