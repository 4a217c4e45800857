using FanTrans.Data;

namespace FanTrans.Synthetic;

public sealed partial class SynthFaces
{
    /// <summary>What a folder was rendered from, in the folder.</summary>
    private const string Marker = "synthfaces.txt";

    /// <summary>
    /// Renders a set into a folder, as BP4D or DISFA lie on disk by <see cref="SynthOptions.Profile"/>, so that the
    /// preparation of the licensed datasets runs on it unchanged. Frames are written as they are rendered.
    /// </summary>
    /// <param name="options">What to draw; as many subjects and recordings as the dataset has, at most.</param>
    /// <param name="folder">The folder to write: new, empty, or of the same options, which are written once more.
    /// </param>
    /// <param name="ffmpeg">The program that encodes DISFA's videos; null writes pictures in their place.</param>
    /// <param name="progress">Told how many frames are written.</param>
    /// <param name="cancellation">Stops it; what is written stays.</param>
    /// <returns>The set, whose frames can also be read without the files.</returns>
    /// <exception cref="ArgumentException">An option lies outside its range,
    /// or the dataset has fewer subjects or recordings.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg is asked for and not installed.</exception>
    /// <exception cref="IOException">The folder holds something else.</exception>
    public static SynthFaces Generate(
        SynthOptions options,
        string folder,
        string? ffmpeg = null,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var faces = new SynthFaces(options);
        Claim(folder, options.ToData() + "\n");
        if (options.Profile == "disfa")
            LayoutWriter.WriteDisfa(faces, folder, ffmpeg: ffmpeg, progress: progress, cancellation: cancellation);
        else
            LayoutWriter.WriteBp4d(faces, folder, progress: progress, cancellation: cancellation);
        return faces;
    }

    /// <summary>Two sets in one folder would be read as one, and a licensed one would be written over.</summary>
    private static void Claim(string folder, string what)
    {
        var marker = Path.Combine(folder, Marker);
        var there = Directory.Exists(folder)
            ? Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(n => n != Marker)
            : null;
        var found = there is not null && File.Exists(marker) ? File.ReadAllText(marker) : there;
        if (found is not null && found != what)
            throw new IOException(
                $"{folder}: expected a new or empty folder, or one of the same faces, found {found.TrimEnd()}; choose "
                    + "another or remove it."
            );
        WholeFile.Write(marker, what);
    }
}
