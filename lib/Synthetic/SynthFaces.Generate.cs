namespace FanTrans.Synthetic;

public sealed partial class SynthFaces
{
    /// <summary>
    /// Renders a set into a folder, as BP4D or DISFA lie on disk by <see cref="SynthOptions.Profile"/>, so that the
    /// preparation of the licensed datasets runs on it unchanged. Frames are written as they are rendered.
    /// </summary>
    /// <param name="options">What to draw; as many subjects and recordings as the dataset has, at most.</param>
    /// <param name="folder">The folder to write.</param>
    /// <param name="ffmpeg">The program that encodes DISFA's videos; null writes pictures in their place.</param>
    /// <param name="progress">Told how many frames are written.</param>
    /// <param name="cancellation">Stops it; what is written stays.</param>
    /// <returns>The set, whose frames can also be read without the files.</returns>
    /// <exception cref="ArgumentException">An option lies outside its range,
    /// or the dataset has fewer subjects or recordings.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg is asked for and not installed.</exception>
    public static SynthFaces Generate(
        SynthOptions options,
        string folder,
        string? ffmpeg = null,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var faces = new SynthFaces(options);
        if (options.Profile == "disfa")
            LayoutWriter.WriteDisfa(faces, folder, ffmpeg: ffmpeg, progress: progress, cancellation: cancellation);
        else
            LayoutWriter.WriteBp4d(faces, folder, progress: progress, cancellation: cancellation);
        return faces;
    }
}
