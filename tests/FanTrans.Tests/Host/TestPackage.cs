using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FanTrans.Tests.Host;

/// <summary>NuGet packages made on the spot, in a folder feed that is the only source
/// of the notebook beside it.</summary>
internal static class TestPackage
{
    /// <summary>Gives the notebook's folder a nuget.config with one relative feed
    /// and a package folder of its own.</summary>
    public static void MakeFeed(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "feed"));
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            """
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /><add key="test" value="feed" /></packageSources>
            </configuration>
            """
        );
    }

    /// <summary>Packs an assembly, and files, into the feed.</summary>
    /// <param name="folder">The notebook's folder.</param>
    /// <param name="id">The package's id, which also is the assembly's name and namespace.</param>
    /// <param name="version">Its version.</param>
    /// <param name="source">The C# of the assembly, inside its namespace.</param>
    /// <param name="dependency">A package in the feed that the source uses.</param>
    /// <param name="files">More files: path in the package, path on disk.</param>
    public static void Pack(
        string folder,
        string id,
        string version,
        string source,
        (string Id, string Version)? dependency = null,
        params (string To, string From)[] files
    )
    {
        var assembly = Path.Combine(folder, $"{id}.{version}.dll");
        var needed = dependency is { } d ? Path.Combine(folder, $"{d.Id}.{d.Version}.dll") : null;
        Compile(id, source, assembly, needed);
        using var package = ZipFile.Open(Path.Combine(folder, "feed", $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var specification = new StreamWriter(package.CreateEntry($"{id}.nuspec").Open()))
        {
            specification.Write(
                $"""
                <package><metadata><id>{id}</id><version>{version}</version><authors>test</authors><description>test</description>
                <dependencies><group targetFramework="net10.0">{(
                    dependency is { } x ? $"<dependency id=\"{x.Id}\" version=\"{x.Version}\" />" : ""
                )}</group></dependencies>
                </metadata></package>
                """
            );
        }
        package.CreateEntryFromFile(assembly, $"lib/net10.0/{id}.dll");
        foreach (var (to, from) in files)
            package.CreateEntryFromFile(from, to);
    }

    public static void Compile(string name, string source, string path, string? reference = null)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal))
            .Append(reference)
            .OfType<string>();
        var compilation = CSharpCompilation.Create(
            name,
            [
                CSharpSyntaxTree.ParseText(
                    $"using System; using System.Runtime.InteropServices; namespace {name};\n{source}"
                ),
            ],
            references.Select(p => MetadataReference.CreateFromFile(p)),
            new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
        var result = compilation.Emit(path);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
    }
}
