using NotebookHost.Core;

namespace NotebookHost.Packages;

/// <summary>One <c>#r "nuget: Id, version"</c>: the version may be missing, floating or a range.</summary>
internal sealed record PackageRequest(string Id, string? Version, CellSource Cell, int Line)
{
    /// <summary>Reads what follows <c>nuget:</c>.</summary>
    /// <exception cref="CellException">It is not a package.</exception>
    public static PackageRequest Parse(string text, CellSource cell, int line)
    {
        // A range holds a comma of its own: only the first one separates.
        var parts = text.Split(',', 2, StringSplitOptions.TrimEntries);
        if (parts[0].Length == 0 || !parts[0].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new CellException(CellError.At(cell, line, "PackageError",
                $"'{text}' is not a package; expected #r \"nuget: Id, version\" or #r \"nuget: Id\""));
        }
        return new(parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : null, cell, line);
    }

    /// <summary>What the project file says: without a version, the newest stable one.</summary>
    public string VersionRange => Version ?? "*";

    /// <summary>Whether the same request may be answered by another version tomorrow.</summary>
    public bool IsFloating => VersionRange.Contains('*');

    /// <summary>Whether a version that is loaded answers this request.</summary>
    public bool Accepts(string loaded)
    {
        if (Version is null or "*" or "*-*") return true;
        if (IsFloating)
        {
            // 1.2.* takes 1.2.7 and not 1.20.0; 1.2.3-* takes 1.2.3 too.
            var prefix = Version[..Version.IndexOf('*')];
            return loaded.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || loaded == prefix.TrimEnd('-');
        }
        return string.Equals(Normalize(Version.Trim('[', ']')), Normalize(loaded), StringComparison.OrdinalIgnoreCase);
    }

    public override string ToString() => Version is null ? Id : $"{Id} {Version}";

    // As NuGet does: three numbers at least, no zero as the fourth, no build metadata.
    private static string Normalize(string version)
    {
        version = version.Split('+')[0];
        var dash = version.IndexOf('-');
        var (numbers, label) = dash < 0 ? (version, "") : (version[..dash], version[dash..]);
        var parts = numbers.Split('.').Select(n => n.TrimStart('0') is { Length: > 0 } digits ? digits : "0").ToList();
        while (parts.Count < 3) parts.Add("0");
        if (parts is [_, _, _, "0"]) parts.RemoveAt(3);
        return string.Join('.', parts) + label;
    }
}
