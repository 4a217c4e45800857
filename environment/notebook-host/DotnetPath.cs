namespace NotebookHost;

/// <summary>The program <c>dotnet</c> that runs this host.</summary>
internal static class DotnetPath
{
    public static string Value
    {
        get
        {
            if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path && File.Exists(path))
                return path;
            return Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                ? Environment.ProcessPath!
                : "dotnet";
        }
    }
}
