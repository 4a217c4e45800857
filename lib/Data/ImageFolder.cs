using System.Globalization;
using System.Text.RegularExpressions;

namespace FanTrans.Data;

/// <summary>A folder with one image per frame, the frame's number at the end of its name.</summary>
internal sealed partial class ImageFolder : IFrameStore
{
    private readonly SortedDictionary<int, string> files;

    private ImageFolder(SortedDictionary<int, string> files) => this.files = files;

    public IReadOnlyCollection<int> Numbers => files.Keys;

    public string Fingerprint => Fingerprints.OfFiles(files.Values);

    /// <summary>The images of a folder; files of other kinds (BP4D's 3D models) lie beside them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="root">What names in the report are relative to.</param>
    /// <param name="subject">For the report.</param>
    /// <param name="sequence">For the report.</param>
    /// <param name="report">Takes images without a number, and numbers with two images: which is meant cannot be
    /// told, so neither is used.</param>
    public static ImageFolder Find(
        string folder,
        string root,
        string subject,
        string sequence,
        PreparationReport report
    )
    {
        var byNumber = Folders.Files(folder).Where(RgbImage.IsImage).ToLookup(Number);
        foreach (var path in byNumber[null])
        {
            report.Add(
                new Problem(
                    ProblemKind.UnnumberedFrame,
                    subject,
                    sequence,
                    $"{Path.GetRelativePath(root, path)}: expected a frame number at the end of the name"
                )
            );
        }
        var files = new SortedDictionary<int, string>();
        foreach (var images in byNumber.Where(images => images.Key is not null))
        {
            if (images.Count() == 1)
            {
                files.Add(images.Key!.Value, images.First());
                continue;
            }
            report.Add(
                Problem.At(
                    ProblemKind.DuplicateFrame,
                    new FaceKey(subject, sequence, images.Key!.Value),
                    $"{string.Join(" and ", images.Select(path => Path.GetRelativePath(root, path)))} have "
                        + "the same number"
                )
            );
        }
        if (!byNumber.Any())
        {
            report.Add(
                new Problem(
                    ProblemKind.MissingSequence,
                    subject,
                    sequence,
                    $"{Path.GetRelativePath(root, folder)} has no image that is read; it holds "
                        + $"{Folders.Contents(folder)}"
                )
            );
        }
        return new ImageFolder(files);
    }

    /// <summary>The same images with each number raised by one.</summary>
    public ImageFolder CountedFromOne() =>
        new(new SortedDictionary<int, string>(files.ToDictionary(file => file.Key + 1, file => file.Value)));

    public IEnumerable<FrameImage> Read(IReadOnlySet<int> wanted, CancellationToken cancellation) =>
        files
            .Where(file => wanted.Contains(file.Key))
            .Select(file => new FrameImage(file.Key, () => RgbImage.Load(file.Value)));

    /// <summary>The number at the end of a file's name, or null.</summary>
    internal static int? Number(string path)
    {
        var digits = TrailingNumber().Match(Path.GetFileNameWithoutExtension(path)).ValueSpan;
        // One below the greatest, so that counting from one cannot overflow.
        return
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < int.MaxValue
            ? number
            : null;
    }

    [GeneratedRegex("[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex TrailingNumber();
}
