using System.Text.RegularExpressions;

namespace NotebookHost.Cells;

/// <summary>A line of a cell that is for the kernel and not for the compiler: <c>#r</c>, <c>#i</c>,
/// <c>#!import</c>.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Name">Its first word.</param>
/// <param name="Argument">The rest, without quotation marks.</param>
internal sealed partial record CellDirective(int Line, string Name, string Argument)
{
    private const string NuGet = "nuget:";

    public bool IsImport => Name == "#!import";

    /// <summary>The language of the lines that follow, where this line chooses one.</summary>
    public string? Language => Name.StartsWith("#!", StringComparison.Ordinal) ? Languages.Find(Name[2..]) : null;

    /// <summary>What follows <c>nuget:</c>: a package or a source of packages.</summary>
    public string? NuGetArgument =>
        !IsMagic && Argument.StartsWith(NuGet, StringComparison.Ordinal) ? Argument[NuGet.Length..].Trim() : null;

    /// <summary>Whether it is a magic command, and none of those that C# scripts have too.</summary>
    public bool IsMagic => Name.StartsWith("#!", StringComparison.Ordinal);

    /// <summary>The directive of a line; as the kernel has it, only at the line's very start,
    /// and there even in a text.</summary>
    public static CellDirective? Of(string text, int line) =>
        Form().Match(text) is { Success: true } match
            ? new(line, match.Groups["name"].Value, match.Groups["argument"].Value.Trim('"'))
            : null;

    public static IEnumerable<CellDirective> Of(CellSource cell) =>
        cell.Lines.Select((text, i) => Of(text, i + 1)).OfType<CellDirective>();

    [GeneratedRegex(@"^(?<name>#!\S+|#r\b|#i\b)[ \t]*(?<argument>.*?)\s*$")]
    private static partial Regex Form();
}
