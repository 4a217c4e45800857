using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NotebookHost.Cells;

/// <summary>The languages whose kernels come with .NET Interactive's packages,
/// by the names that cells call them.</summary>
internal static class Languages
{
    public const string CSharp = "csharp";

    public const string Markdown = "markdown";

    /// <summary>C# as cells write it.</summary>
    public static readonly CSharpParseOptions CSharpOptions = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        [CSharp] = CSharp,
        ["c#"] = CSharp,
        ["html"] = "html",
        ["javascript"] = "javascript",
        ["js"] = "javascript",
        [Markdown] = Markdown,
        ["md"] = Markdown,
        ["value"] = "value",
    };

    public static string All => string.Join(", ", Names.Values.Distinct());

    /// <summary>The language's own name; null for another language.</summary>
    public static string? Find(string name) => Names.GetValueOrDefault(name);
}
