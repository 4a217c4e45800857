namespace FanTrans.Data;

/// <summary>Published weights of face alignment networks: data-manifests/fan-weights.json.</summary>
public sealed record FanWeightsManifest
{
    /// <summary>Where they are published.</summary>
    public required string Repository { get; init; }

    /// <summary>Under which licence.</summary>
    public required string Licence { get; init; }

    /// <summary>The files: 2dfan2, 2dfan2_alt, 2dfan4.</summary>
    public required IReadOnlyList<FanWeightsFile> Files { get; init; }

    /// <summary>The library's manifest.</summary>
    public static FanWeightsManifest Load() => ManifestFile.Embedded<FanWeightsManifest>("fan-weights");

    /// <summary>Which of the files a download is, by its content.</summary>
    /// <param name="path">The downloaded file, whatever its name.</param>
    /// <returns>The file's facts, or null where it is none of them.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public FanWeightsFile? Identify(string path)
    {
        var id = Fingerprints.GitBlob(path);
        return Files.FirstOrDefault(f => f.GitBlob == id);
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

    /// <summary>Side of the input image in pixels.</summary>
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
