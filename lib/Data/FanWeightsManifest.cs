using System.Text;
using FanTrans.Interop;

namespace FanTrans.Data;

/// <summary>Published weights of face alignment networks: data-manifests/fan-weights.json.</summary>
public sealed record FanWeightsManifest
{
    /// <summary>The manifest's name.</summary>
    public required string Name { get; init; }

    /// <summary>What they are.</summary>
    public required string Title { get; init; }

    /// <summary>What they are for.</summary>
    public required string Description { get; init; }

    /// <summary>Where they are published.</summary>
    public required string Repository { get; init; }

    /// <summary>Under which licence.</summary>
    public required string Licence { get; init; }

    /// <summary>The files: 2dfan2, 2dfan2_alt, 2dfan4.</summary>
    public required IReadOnlyList<FanWeightsFile> Files { get; init; }

    /// <summary>The library's manifest.</summary>
    public static FanWeightsManifest Load() => ManifestFile.Parse<FanWeightsManifest>(ManifestFile.Embedded("fan-weights"), "weights.schema", "fan-weights.json");

    /// <summary>A manifest from a file, of the same form as data-manifests/fan-weights.json.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A field is missing, unknown or wrong; the message names file and field.</exception>
    public static FanWeightsManifest Read(string path) =>
        ManifestFile.Parse<FanWeightsManifest>(ManifestFile.Read(path), "weights.schema", Path.GetFileName(path));

    /// <summary>One of the files.</summary>
    /// <param name="name">For example "2dfan2".</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists them.</exception>
    public FanWeightsFile File(string name) =>
        Files.FirstOrDefault(f => f.Name == name)
        ?? throw new ArgumentException($"{Name} has no '{name}'; it has {string.Join(", ", Files.Select(f => f.Name))}.", nameof(name));

    /// <summary>Which of the files a download is, by its content.</summary>
    /// <param name="path">The downloaded file, whatever its name.</param>
    /// <returns>The file's facts, or null where it is none of them.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public FanWeightsFile? Identify(string path)
    {
        var id = GitBlob.Id(path);
        return Files.FirstOrDefault(f => f.GitBlob == id);
    }

    /// <summary>Checks a download before anything reads it.</summary>
    /// <param name="path">The downloaded file.</param>
    /// <param name="name">Which it should be, for example "2dfan2".</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    /// <exception cref="FileNotFoundException">There is no such file; the message says where to get it.</exception>
    /// <exception cref="InvalidDataException">It is another file, a broken download, or a page in its place.</exception>
    public void Verify(string path, string name)
    {
        var expected = File(name);
        if (!System.IO.File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file; {name} is at {expected.Url}.", path);
        var id = GitBlob.Id(path);
        if (id == expected.GitBlob)
            return;
        var found = Files.FirstOrDefault(f => f.GitBlob == id) is { } other ? $"that is {other.Name}" : Guess(path);
        throw new InvalidDataException(
            $"{path}: expected {name}, git blob {expected.GitBlob}, found git blob {id}: {found}. Get it from {expected.Url}.");
    }

    private static string Guess(string path)
    {
        using var file = System.IO.File.OpenRead(path);
        var start = new byte[64];
        var text = Encoding.UTF8.GetString(start, 0, file.Read(start)).TrimStart();
        return text switch
        {
            "" => "the file is empty",
            _ when text.StartsWith("version https://git-lfs", StringComparison.Ordinal) => "a Git LFS pointer, not the file itself",
            _ when text.StartsWith('<') => "a web page, not the file itself",
            _ => $"{file.Length:N0} bytes, cut off, changed or another file",
        };
    }
}

/// <summary>One file of published weights and the network that it fits.</summary>
public sealed record FanWeightsFile
{
    /// <summary>For example "2dfan2".</summary>
    public required string Name { get; init; }

    /// <summary>Its path in the repository.</summary>
    public required string Path { get; init; }

    /// <summary>Where to download it.</summary>
    public required string Url { get; init; }

    /// <summary>Git's id of its content: 40 hexadecimal digits.</summary>
    public required string GitBlob { get; init; }

    /// <summary>Hourglasses.</summary>
    public required int Stacks { get; init; }

    /// <summary>Channels of the hourglasses.</summary>
    public required int Features { get; init; }

    /// <summary>Levels of an hourglass.</summary>
    public required int Depth { get; init; }

    /// <summary>Heatmaps.</summary>
    public required int Landmarks { get; init; }

    /// <summary>Side of the input picture in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>How the stem and the hourglasses halve the resolution: "max" or "average" pooling.</summary>
    public required string Pooling { get; init; }

    /// <summary>Trainable values.</summary>
    public required int Parameters { get; init; }

    /// <summary>Entries of the state dict, BatchNorm's running statistics and counts among them.</summary>
    public required int Tensors { get; init; }

    /// <summary>The first part of every key of the state dict.</summary>
    public required IReadOnlyList<string> Modules { get; init; }
}
