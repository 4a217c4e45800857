namespace FanTrans.Tests;

/// <summary>Where the tests run: the clone's root, and the shared folder that may lie beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file of the optional shared folder; skips the test where it is absent.</summary>
    public static string Shared(string relative)
    {
        var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", relative));
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            Assert.Skip($"../shared/{relative} is not beside this clone");
        }
        return path;
    }

    /// <summary>Lets programs of a folder restore the packages that this repository has built.</summary>
    public static void UseFeed(string folder) =>
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"""
            <configuration>
              <packageSources><add key="kit" value="{Path.Combine(Root, "environment", "feed")}" /></packageSources>
            </configuration>
            """
        );

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FanTrans.Lib.csproj")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName
            ?? throw new DirectoryNotFoundException($"No FanTrans.Lib.csproj above {AppContext.BaseDirectory}.");
    }
}
