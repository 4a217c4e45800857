using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace NotebookHost.Packages;

/// <summary>
/// Resolves packages with a true <c>dotnet restore</c> of a generated project. The sources are those that NuGet finds
/// from the notebook's folder upwards, the machine's own among them. What was asked for by exact versions is
/// remembered; floating versions are looked up at each run.
/// </summary>
internal sealed partial class PackageRestore(string notebookFolder, IReadOnlyList<string> extraSources)
{
    private static readonly EnumerationOptions AnyCase = new() { MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = true };

    private static readonly string Framework = $"net{Environment.Version.Major}.{Environment.Version.Minor}";

    // Inherited from an outer 'dotnet run' or 'dotnet test', these would point the inner one to a wrong place.
    private static readonly string[] OuterBuildVariables =
        ["MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly", "MSBUILDLOADALLFILESASREADONLY"];

    public async Task<(PackageAssets? Assets, IReadOnlyList<string> Errors)> RunAsync(
        IReadOnlyList<PackageRequest> requests, IReadOnlyList<ResolvedPackage> loaded, CancellationToken cancellation)
    {
        var project = ProjectText(requests, loaded);
        var remembered = requests.Any(r => r.IsFloating) ? null : Path.Combine(CacheFolder, Fingerprint(project) + ".assets.json");
        if (remembered is not null && Remembered(remembered) is { } known) return (known, []);

        var folder = Directory.CreateTempSubdirectory("notebook-host-").FullName;
        try
        {
            // Empty files end the search upwards for files of these names.
            foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
                await File.WriteAllTextAsync(Path.Combine(folder, name), "<Project />", cancellation).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(folder, "packages.csproj"), project, cancellation).ConfigureAwait(false);

            var (exitCode, output) = await DotnetRestoreAsync(folder, cancellation).ConfigureAwait(false);
            var assetsFile = Path.Combine(folder, "obj", "project.assets.json");
            if (exitCode != 0 || !File.Exists(assetsFile)) return (null, Errors(output));
            var assets = PackageAssets.Read(assetsFile);
            if (remembered is not null) Remember(assetsFile, remembered);
            return (assets, []);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string ProjectText(IReadOnlyList<PackageRequest> requests, IReadOnlyList<ResolvedPackage> loaded)
    {
        // What is loaded stays as it is, what it brought along included.
        var references = requests.Select(r => Reference(r.Id, r.VersionRange)).Concat(loaded.Select(p => Reference(p.Id, $"[{p.Version}]")));
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>{Framework}</TargetFramework>
                <RuntimeIdentifier>{RuntimeId}</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <OutputType>Library</OutputType>
                <NuGetAudit>false</NuGetAudit>
                <RestoreRootConfigDirectory>{SecurityElement.Escape(notebookFolder)}</RestoreRootConfigDirectory>
                <RestoreAdditionalProjectSources>{SecurityElement.Escape(string.Join(';', extraSources))}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
            {string.Join('\n', references)}
              </ItemGroup>
            </Project>
            """;

        static string Reference(string id, string version) =>
            $"    <PackageReference Include=\"{SecurityElement.Escape(id)}\" Version=\"{SecurityElement.Escape(version)}\" />";
    }

    private static async Task<(int ExitCode, string Output)> DotnetRestoreAsync(string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(DotnetPath.Value, ["restore", "packages.csproj", "-nologo", "-v:q", "-nodeReuse:false"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var variable in OuterBuildVariables) start.Environment.Remove(variable);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // "…/packages.csproj : error NU1101: Unable to find package X. … [/…/packages.csproj]" is more than a reader needs.
    private static IReadOnlyList<string> Errors(string output)
    {
        var errors = ErrorLine().Matches(output).Select(m => m.Groups["text"].Value.Trim()).Distinct().ToList();
        return errors.Count > 0 ? errors : [output.Trim()];
    }

    [GeneratedRegex(@"error (?<text>[A-Z]+\d+: .*?)(\s*\[[^\]]*packages\.csproj\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();

    private static PackageAssets? Remembered(string path)
    {
        if (!File.Exists(path)) return null;
        var assets = PackageAssets.Read(path);
        return assets.Packages.All(p => p.Exists) ? assets : null;
    }

    private static void Remember(string assetsFile, string path)
    {
        Directory.CreateDirectory(CacheFolder);
        // Another run may do the same at the same time: each writes a file of its own and moves it into place.
        var own = $"{path}.{Environment.ProcessId}";
        File.Copy(assetsFile, own, overwrite: true);
        File.Move(own, path, overwrite: true);
    }

    /// <summary>Changes with the request, the sources and this .NET.</summary>
    private string Fingerprint(string project)
    {
        var text = new StringBuilder(project).Append(Environment.Version);
        for (var folder = new DirectoryInfo(notebookFolder); folder is not null; folder = folder.Parent)
        {
            foreach (var file in folder.EnumerateFiles("nuget.config", AnyCase))
                text.Append(file.FullName).Append(File.ReadAllText(file.FullName));
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    private static string CacheFolder => Path.Combine(HostFolders.Cache, "restore");

    private static string RuntimeId
    {
        get
        {
            // Distributions build .NET under identifiers of their own, which packages do not have.
            var own = RuntimeInformation.RuntimeIdentifier;
            var isMusl = own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal);
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : isMusl ? "linux-musl" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
