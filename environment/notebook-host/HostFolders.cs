namespace NotebookHost;

/// <summary>Where the host keeps what it can make again.</summary>
internal static class HostFolders
{
    /// <summary>The user's own cache folder of this host.</summary>
    public static string Cache
    {
        get
        {
            var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "notebook-host");
        }
    }
}
