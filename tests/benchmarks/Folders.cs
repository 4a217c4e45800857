namespace FanTrans.Benchmarks;

/// <summary>Where things lie in the clone.</summary>
internal static class Folders
{
    public static string Root { get; } = FindRoot();

    /// <summary>The independent PyTorch implementation.</summary>
    public static string Reference { get; } = Path.Combine(Root, "tests", "reference");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FanTrans.Lib.csproj")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new DirectoryNotFoundException($"no FanTrans.Lib.csproj above {AppContext.BaseDirectory}.");
    }
}
