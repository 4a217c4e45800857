namespace FanTrans.Data;

/// <summary>
/// Lists folders as every reader of the kit does: hidden files and the companions that systems leave beside pictures
/// (<c>._1.jpg</c>, <c>Thumbs.db</c>) are passed over, and numbers in names count (2 before 10).
/// </summary>
internal static class Folders
{
    private static readonly HashSet<string> Companions = new(
        ["Thumbs.db", "ehthumbs.db", "desktop.ini", "__MACOSX", "@eaDir"],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Names in natural order: runs of digits by their value, all else by its characters.</summary>
    public static IComparer<string?> NaturalOrder { get; } = Comparer<string?>.Create(CompareNaturally);

    /// <summary>The files of a folder in natural order, without hidden ones.</summary>
    public static IEnumerable<string> Files(string folder) => Seen(Directory.EnumerateFiles(folder));

    /// <summary>The folders of a folder in natural order, without hidden ones.</summary>
    public static IEnumerable<string> Directories(string folder) => Seen(Directory.EnumerateDirectories(folder));

    /// <summary>A folder below another, whose names may differ in case from the given ones, or null.</summary>
    public static string? Find(string? parent, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (parent is null || !Directory.Exists(parent))
                return null;
            var exact = Path.Combine(parent, name);
            parent = Directory.Exists(exact) ? exact : Same(Directories(parent), name);
        }
        return parent;
    }

    /// <summary>A file of a folder, whose name may differ in case from the given one, or null.</summary>
    public static string? FindFile(string? folder, string name)
    {
        if (folder is null)
            return null;
        var exact = Path.Combine(folder, name);
        return File.Exists(exact) ? exact : Same(Files(folder), name);
    }

    /// <summary>A folder that the dataset cannot be without.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not there;
    /// the message shows what the dataset looks like.</exception>
    public static string Require(string root, DatasetManifest manifest, params ReadOnlySpan<string> names)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException(
                $"{root}: no such folder; expected the licensed copy of {manifest.Title}."
            );
        return Find(root, names) ?? throw NotFound(root, manifest, string.Join('/', names!));
    }

    /// <summary>The error for a folder that the dataset cannot be without.</summary>
    public static DirectoryNotFoundException NotFound(string root, DatasetManifest manifest, string name)
    {
        var layout = string.Join(" or ", manifest.Layout.Frames.Append(manifest.Layout.Labels));
        return new DirectoryNotFoundException($"{root}: expected {name} as in {layout}; found {Contents(root)}.");
    }

    /// <summary>The first names of a folder, for messages.</summary>
    public static string Contents(string folder)
    {
        const int Shown = 8;
        var names = Directories(folder).Concat(Files(folder)).Select(Path.GetFileName).ToArray();
        var more = names.Length > Shown ? $" and {names.Length - Shown} more" : "";
        return names.Length == 0 ? "nothing" : string.Join(", ", names.Take(Shown)) + more;
    }

    private static IEnumerable<string> Seen(IEnumerable<string> paths) =>
        paths
            .Where(path => Path.GetFileName(path) is var name && name[0] != '.' && !Companions.Contains(name))
            .Order(NaturalOrder);

    private static string? Same(IEnumerable<string> paths, string name) =>
        paths.FirstOrDefault(path => string.Equals(Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase));

    private static int CompareNaturally(string? first, string? second)
    {
        ReadOnlySpan<char> a = first,
            b = second;
        while (a.Length > 0 && b.Length > 0)
        {
            int digitsA = Digits(a),
                digitsB = Digits(b);
            if (digitsA > 0 && digitsB > 0)
            {
                ReadOnlySpan<char> x = a[..digitsA].TrimStart('0'),
                    y = b[..digitsB].TrimStart('0');
                var order = x.Length != y.Length ? x.Length - y.Length : x.SequenceCompareTo(y);
                if (order != 0)
                    return order;
                a = a[digitsA..];
                b = b[digitsB..];
            }
            else
            {
                if (a[0] != b[0])
                    return a[0] - b[0];
                a = a[1..];
                b = b[1..];
            }
        }
        // Equal but for zeros in front of numbers: the order must still be total.
        return a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(first, second);

        static int Digits(ReadOnlySpan<char> text) =>
            text.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;
    }
}
