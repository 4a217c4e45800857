using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Benchmarks.Data;

/// <summary>Rendered faces as a prepared set in a temporary folder.</summary>
internal sealed class PreparedFaces : IDisposable
{
    public PreparedFaces(int size)
    {
        Folder = Directory.CreateTempSubdirectory("fantrans-bench-").FullName;
        var licensed = Path.Combine(Folder, "licensed");
        SynthFaces.Generate(
            new SynthOptions
            {
                Subjects = 6,
                Recordings = 2,
                FramesPerSubject = 32,
                ImageSize = Math.Max(96, size),
            },
            licensed
        );
        var report = new PreparationReport();
        Set = new Preparation(Bp4d.Find(licensed, report), report, SetFolder, new PreparationOptions { Size = size })
            .Run()
            .Set;
    }

    /// <summary>Where the set lies.</summary>
    public string SetFolder => Path.Combine(Folder, "set");

    public PreparedSet Set { get; }

    private string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
