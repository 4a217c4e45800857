using NotebookHost.Packages;

namespace NotebookHost.Conversion;

/// <summary>What stands in an app before and after all cells: packages, usings and types, gathered from the cells.</summary>
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
        "PublishAot=false", "ImplicitUsings=disable", "Nullable=disable", "AllowUnsafeBlocks=true", "InvariantGlobalization=true",
        // A folder above may hold a project's settings; an app keeps its own.
        "ManagePackageVersionsCentrally=false", "TreatWarningsAsErrors=false",
    ];

    private readonly Dictionary<string, PackageRequest> _packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _sources = [];
    private readonly HashSet<string> _usings = new(CellUsings, StringComparer.Ordinal);
    private readonly List<string> _types = [];

    /// <summary>Adds a package; the app has one version of each.</summary>
    public void Add(PackageRequest package)
    {
        if (_packages.TryGetValue(package.Id, out var other) && other.VersionRange != package.VersionRange)
            throw new HostException($"{package.Cell.Path}, line {package.Line}: {package} cannot be added beside {other} of {other.Cell.Path}: an app holds one version of a package");
        _packages[package.Id] = package;
    }

    public void AddSource(string source) => _sources.Add(source);

    public void AddUsing(string line) => _usings.Add(line);

    public void AddType(string code) => _types.Add(code);

    /// <summary>The lines before the cells.</summary>
    public IEnumerable<string> Before(string name) =>
    [
        $"// A notebook as an app.  Run it: dotnet run --file {name}.cs -- parameter=value …",
        $"// A notebook again: notebook-host convert {name}.cs. It is made of the cells alone: lines that begin with {AppLines.Notebook}",
        $"// are the notebook's and not the app's; what begins with {AppLines.App}, and what stands between {AppLines.AppBegin} and {AppLines.AppEnd}, is the app's.",
        .. _packages.Values.Select(p => $"#:package {p.Id}@{p.VersionRange}"),
        .. Properties.Select(property => $"#:property {property}"),
        .. _sources.Count > 0 ? [$"#:property RestoreAdditionalProjectSources={string.Join("%3B", _sources)}"] : Array.Empty<string>(),
        "",
        .. _usings,
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
        return [.. _types.SelectMany(type => (string[])[.. type.Split('\n'), ""]), .. shim.Split('\n'), ""];
    }
}
