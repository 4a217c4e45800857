using System.Net;
using Microsoft.DotNet.Interactive.Formatting;
using NotebookHost.Core;

namespace NotebookHost.Packages;

/// <summary>What a restore adds to a session, as paths of files.</summary>
/// <param name="CompileAssemblies">For the compiler.</param>
/// <param name="RuntimeAssemblies">To load.</param>
/// <param name="NativeLibraries">Native libraries of this operating system and processor.</param>
/// <param name="Report">The versions that were taken, to show below the cell.</param>
internal sealed record AddedPackages(
    IReadOnlyList<string> CompileAssemblies,
    IReadOnlyList<string> RuntimeAssemblies,
    IReadOnlyList<string> NativeLibraries,
    IReadOnlyList<FormattedValue>? Report);

/// <summary>The packages of a session: one version of each, for as long as it lasts.</summary>
internal sealed class PackageReferences(string notebookFolder, Action<string> status)
{
    private static readonly AddedPackages Nothing = new([], [], [], null);

    private readonly Dictionary<string, ResolvedPackage> _loaded = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _sources = [];

    /// <summary>Restores all packages of a cell together, beside those of earlier cells.</summary>
    /// <exception cref="CellException">The packages cannot be had, or not beside those that are loaded.</exception>
    public async Task<AddedPackages> AddAsync(CellDirectives directives, CellSource cell, CancellationToken cancellation)
    {
        _sources.AddRange(directives.Sources.Select(s => s.Contains("://", StringComparison.Ordinal) ? s : Path.GetFullPath(s, notebookFolder)));
        var requests = directives.Packages.Where(IsNew).DistinctBy(r => (r.Id.ToUpperInvariant(), r.Version)).ToList();
        CheckForTwoVersions(requests);
        if (requests.Count == 0) return Nothing;

        status($"restoring {string.Join(", ", requests)}");
        var restore = new PackageRestore(notebookFolder, _sources);
        var (assets, errors) = await restore.RunAsync(requests, [.. _loaded.Values], cancellation).ConfigureAwait(false);
        if (assets is null) throw Failure(requests, cell, errors);

        if (assets.Packages.FirstOrDefault(p => _loaded.TryGetValue(p.Id, out var old) && old.Version != p.Version) is { } changed)
        {
            throw Failure(requests, cell,
                [$"{changed.Id} {changed.Version} is needed, and {_loaded[changed.Id].Version} is loaded already: {OneVersion}"]);
        }
        var added = assets.Packages.Where(p => !_loaded.ContainsKey(p.Id)).ToList();
        foreach (var package in added) _loaded[package.Id] = package;
        return new(
            [.. added.SelectMany(p => p.CompileAssemblies).Where(IsNotTheFrameworks)],
            [.. added.SelectMany(p => p.RuntimeAssemblies).Where(IsNotTheFrameworks)],
            [.. added.SelectMany(p => p.NativeLibraries)],
            Report(requests));
    }

    private const string OneVersion =
        "a run holds one version of a package. Ask for the other version in the first cell that needs the package, and run the notebook afresh";

    private bool IsNew(PackageRequest request)
    {
        if (!_loaded.TryGetValue(request.Id, out var loaded)) return true;
        if (request.Accepts(loaded.Version)) return false;
        throw new CellException(CellError.At(request.Cell, request.Line, "PackageError",
            $"{request} cannot be added, since {loaded.Id} {loaded.Version} is loaded already: {OneVersion}"));
    }

    private static void CheckForTwoVersions(List<PackageRequest> requests)
    {
        if (requests.GroupBy(r => r.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is not { } twice) return;
        var (first, second) = (twice.First(), twice.Last());
        throw new CellException(CellError.At(second.Cell, second.Line, "PackageError",
            $"{second} cannot be added beside {first}: a run holds one version of a package"));
    }

    private static CellException Failure(List<PackageRequest> requests, CellSource cell, IReadOnlyList<string> errors) =>
        new(CellError.At(cell, requests[0].Line, "PackageError",
            $"cannot restore {string.Join(", ", requests)}{string.Concat(errors.Select(e => $"\n  {e}"))}"));

    // A package may carry an assembly that .NET has since taken in; then the newer one counts.
    private static bool IsNotTheFrameworks(string path) =>
        FrameworkReferences.PathOf(Path.GetFileNameWithoutExtension(path)) is not { } framework
        || System.Reflection.AssemblyName.GetAssemblyName(path).Version > System.Reflection.AssemblyName.GetAssemblyName(framework).Version;

    private IReadOnlyList<FormattedValue> Report(List<PackageRequest> requests)
    {
        var taken = requests.Select(r => $"{_loaded[r.Id].Id}, {_loaded[r.Id].Version}").ToList();
        var items = string.Concat(taken.Select(t => $"<li><span>{WebUtility.HtmlEncode(t)}</span></li>"));
        return
        [
            new("text/html", $"<div><div><strong>Installed Packages</strong><ul>{items}</ul></div></div>"),
            new("text/plain", "Installed Packages\n" + string.Join('\n', taken)),
        ];
    }
}
