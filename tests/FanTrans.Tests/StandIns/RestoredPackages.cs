using System.Text.Json;

namespace FanTrans.Tests.StandIns;

/// <summary>Which packages this build of the tests runs on, from the file that the build leaves beside them.</summary>
internal static class RestoredPackages
{
    private static readonly Dictionary<string, string> Versions = Read();

    /// <summary>Skips the test unless the package is there, and is its stand-in and not the real one.</summary>
    public static void SkipUnlessStandIn(string package)
    {
        if (!Versions.TryGetValue(package, out var version))
            Assert.Skip($"{package} is not among the packages of this build");
        if (!version.Contains("-host", StringComparison.Ordinal))
            Assert.Skip($"{package} {version} is the real package");
    }

    private static Dictionary<string, string> Read()
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{typeof(RestoredPackages).Assembly.GetName().Name}.deps.json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.GetProperty("libraries").EnumerateObject()
            .Select(library => library.Name.Split('/'))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
    }
}
