using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NotebookHost.Packages;

namespace NotebookHost.Core;

/// <summary>
/// The lines of a cell that are for the host and not for the compiler: <c>#r "nuget: …"</c>, <c>#i "nuget: …"</c>
/// and magic commands. They are hoisted: a package reference may follow code. The code keeps its lines and columns.
/// </summary>
internal sealed record CellDirectives(string Code, IReadOnlyList<PackageRequest> Packages, IReadOnlyList<string> Sources)
{
    private static readonly string[] CSharpNames = ["#!csharp", "#!c#", "#!C#"];

    public static CellDirectives Read(CellSource cell)
    {
        // Most cells have none, and parsing takes time.
        if (!cell.Code.Contains('#')) return new(cell.Code, [], []);

        var tree = CSharpSyntaxTree.ParseText(cell.Code, SubmissionCompiler.ParseOptions, cell.Path);
        var code = cell.Code.ToCharArray();
        List<PackageRequest> packages = [];
        List<string> sources = [];
        foreach (var trivia in tree.GetRoot().DescendantTrivia())
        {
            if (!trivia.IsDirective || trivia.GetStructure() is not DirectiveTriviaSyntax { IsActive: true } directive) continue;
            var line = trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
            var text = (cell.LineText(line) ?? "").Trim();
            if (directive is ReferenceDirectiveTriviaSyntax reference && NuGetArgument(reference.File.ValueText) is { } package)
                packages.Add(PackageRequest.Parse(package, cell, line));
            else if (text.StartsWith("#i ", StringComparison.Ordinal) && NuGetArgument(text[3..].Trim().Trim('"')) is { } source)
                sources.Add(source);
            else if (text.StartsWith("#!", StringComparison.Ordinal))
                CheckMagicCommand(cell, line, text);
            else
                continue;
            Blank(code, cell.Code, line);
        }
        return new(new string(code), packages, sources);
    }

    private static string? NuGetArgument(string text) =>
        text.StartsWith("nuget:", StringComparison.Ordinal) ? text["nuget:".Length..].Trim() : null;

    private static void CheckMagicCommand(CellSource cell, int line, string text)
    {
        var name = text.Split((char[])[' ', '\t'], 2)[0];
        if (CSharpNames.Contains(name)) return;
        throw new CellException(CellError.At(
            cell, line, "UnknownMagicCommand", $"unknown magic command '{name}'; this host knows {CSharpNames[0]}"));
    }

    private static void Blank(char[] code, string original, int line)
    {
        var start = 0;
        for (var i = 1; i < line; i++) start = original.IndexOf('\n', start) + 1;
        for (var i = start; i < code.Length && code[i] is not ('\n' or '\r'); i++) code[i] = ' ';
    }
}
