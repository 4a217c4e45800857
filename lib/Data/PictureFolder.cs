using System.Globalization;
using System.Text.RegularExpressions;

namespace FanTrans.Data;

/// <summary>A folder with one picture a frame, the frame's number at the end of its name.</summary>
internal sealed partial class PictureFolder : IFrameStore
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png"];
    private readonly SortedDictionary<int, string> _files;

    private PictureFolder(SortedDictionary<int, string> files) => _files = files;

    public IReadOnlyCollection<int> Numbers => _files.Keys;

    public string Fingerprint => Fingerprints.OfFiles(_files.Values);

    public int? Length => null;

    public bool IsWhole => true;

    /// <summary>Whether a file is a picture, by its ending.</summary>
    public static bool IsPicture(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the pictures of a folder; files of other kinds (BP4D's 3D models) lie beside them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="root">What names in the report are relative to.</param>
    /// <param name="subject">For the report.</param>
    /// <param name="sequence">For the report.</param>
    /// <param name="mayCountFromZero">Whether labels count from 1, so that a picture 0 says that pictures count from 0.</param>
    /// <param name="report">Takes pictures without a number and numbers with two pictures.</param>
    public static PictureFolder Find(
        string folder, string root, string subject, string sequence, bool mayCountFromZero, PreparationReport report)
    {
        var files = new SortedDictionary<int, string>();
        foreach (var path in Directory.EnumerateFiles(folder).Where(IsPicture).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(root, path);
            var digits = TrailingNumber().Match(Path.GetFileNameWithoutExtension(path)).Value;
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                report.Add(new Problem(ProblemKind.UnnumberedFrame, subject, sequence, $"{name}: expected a frame number at the end of the name"));
            else if (!files.TryAdd(number, path))
                report.Add(Problem.At(ProblemKind.DuplicateFrame, new FaceKey(subject, sequence, number), $"{name}: {Path.GetFileName(files[number])} has the same number"));
        }
        if (mayCountFromZero && files.ContainsKey(0))
        {
            report.Add(new Problem(ProblemKind.CountedFromZero, subject, sequence, $"{Path.GetRelativePath(root, folder)}: picture k is label k + 1")
            { Count = files.Count });
            files = new SortedDictionary<int, string>(files.ToDictionary(f => f.Key + 1, f => f.Value));
        }
        return new PictureFolder(files);
    }

    public IEnumerable<FramePicture> Read(
        IReadOnlySet<int> wanted, DatasetSequence of, PreparationReport report, CancellationToken cancel)
    {
        foreach (var (number, path) in _files)
        {
            if (wanted.Contains(number))
                yield return new FramePicture(number, path, () => RgbImage.Load(path));
        }
    }

    [GeneratedRegex("[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex TrailingNumber();
}
