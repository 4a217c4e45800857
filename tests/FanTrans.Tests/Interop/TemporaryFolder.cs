namespace FanTrans.Tests.Interop;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fantrans-");

    public string this[string name] => Path.Combine(folder.FullName, name);

    public string Root => folder.FullName;

    public void Dispose() => folder.Delete(recursive: true);
}
