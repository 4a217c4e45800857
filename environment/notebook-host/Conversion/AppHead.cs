using NotebookHost.Cells;

namespace NotebookHost.Conversion;

/// <summary>What stands in an app before and after all cells: packages, usings and types,
/// gathered from the cells.</summary>
internal sealed class AppHead
{
    // What every cell sees without a using of its own.
    private static readonly string[] CellUsings =
    [
        "using System;", "using System.Collections;", "using System.Collections.Generic;", "using System.Linq;", "using System.Text;",
        "using System.Threading.Tasks;", "using static Microsoft.DotNet.Interactive.Kernel;",
    ];

    private static readonly string[] Properties =
    [
        "PublishAot=false",
        "ImplicitUsings=disable",
        "Nullable=disable",
        "AllowUnsafeBlocks=true",
        "InvariantGlobalization=true",
        // A folder above may hold a project's settings; an app keeps its own.
        "ManagePackageVersionsCentrally=false", "TreatWarningsAsErrors=false",
    ];

    private readonly Dictionary<string, (string Version, CellSource Cell)> packages = new(
        StringComparer.OrdinalIgnoreCase
    );
    private readonly List<string> sources = [];
    private readonly HashSet<string> usings = new(CellUsings, StringComparer.Ordinal);
    private readonly List<string> types = [];

    /// <summary>Adds a package; the app has one version of each.</summary>
    /// <param name="package">The package, as a notebook names it: <c>Id, version</c> or <c>Id</c>.</param>
    /// <param name="cell">The cell that names it.</param>
    /// <param name="line">The line.</param>
    public void AddPackage(string package, CellSource cell, int line)
    {
        // A range holds a comma of its own: only the first one separates. Without a version it is the newest stable
        // one.
        var (id, version) = package.Split(',', 2, StringSplitOptions.TrimEntries) is [var name, { Length: > 0 } given]
            ? (name, given)
            : (package.Trim(' ', ','), "*");
        if (packages.TryGetValue(id, out var other) && other.Version != version)
            throw new HostException($"{cell.Path}, line {line}: {id} {version} cannot be added beside {id} "
                + $"{other.Version} of {other.Cell.Path}: an app holds one version of a package");
        packages[id] = (version, cell);
    }

    public void AddSource(string source) => sources.Add(source);

    public void AddUsing(string line) => usings.Add(line);

    public void AddType(string code) => types.Add(code);

    /// <summary>The lines before the cells.</summary>
    public IEnumerable<string> Before(string name) =>
    [
        $"// A notebook as an app.  Run it: dotnet run --file {name}.cs -- parameter=value …",
        $"// A notebook again: notebook-host convert {name}.cs. It is made of the cells alone: lines that begin with "
            + $"{AppLines.Notebook}",
        $"// are the notebook's and not the app's; what begins with {AppLines.App}, and what stands between "
            + $"{AppLines.AppBegin} and {AppLines.AppEnd}, is the app's.",
        .. packages.Select(p => $"#:package {p.Key}@{p.Value.Version}"),
        .. Properties.Select(property => $"#:property {property}"),
        .. sources.Count > 0 ? [$"#:property RestoreAdditionalProjectSources={string.Join("%3B", sources)}"] : Array.Empty<string>(),
        "",
        .. usings,
        "",
        $"NotebookApp.Begin(\"{name}\", args);",
        "",
    ];

    /// <summary>The lines after the cells: what these declare, and what shows values.</summary>
    public IEnumerable<string> After()
    {
        using var stream = typeof(AppHead).Assembly.GetManifestResourceStream("NotebookHost.NotebookApp.cs")!;
        using var reader = new StreamReader(stream);
        var shim = reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd();
        return [.. types.SelectMany(type => (string[])[.. type.Split('\n'), ""]), .. shim.Split('\n'), ""];
    }
}
