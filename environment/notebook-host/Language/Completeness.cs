using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NotebookHost.Core;

namespace NotebookHost.Language;

/// <summary>Whether a text is a whole cell yet: consoles ask before they run it.</summary>
internal static class Completeness
{
    private const string Indent = "    ";

    public static (string Status, string Indent) Of(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, SubmissionCompiler.ParseOptions);
        if (!SyntaxFactory.IsCompleteSubmission(tree)) return ("incomplete", IndentAfter(tree));
        return tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error && !IsDirective(d)) ? ("invalid", "") : ("complete", "");
    }

    // "#!import" is the host's and no error.
    private static bool IsDirective(Diagnostic error) => error.Id is "CS1024" or "CS8996";

    private static string IndentAfter(SyntaxTree tree)
    {
        var open = 0;
        foreach (var token in tree.GetRoot().DescendantTokens().Where(t => !t.IsMissing))
        {
            if (token.IsKind(SyntaxKind.OpenBraceToken)) open++;
            else if (token.IsKind(SyntaxKind.CloseBraceToken)) open--;
        }
        return string.Concat(Enumerable.Repeat(Indent, Math.Max(open, 0)));
    }
}
