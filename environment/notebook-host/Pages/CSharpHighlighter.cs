using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NotebookHost.Cells;

namespace NotebookHost.Pages;

/// <summary>C# with a class on each keyword, string, number, comment, directive, type and called method.</summary>
internal static class CSharpHighlighter
{
    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        foreach (var token in CSharpSyntaxTree.ParseText(code, Languages.CSharpOptions).GetRoot().DescendantTokens())
        {
            foreach (var trivia in token.LeadingTrivia) Write(html, trivia.ToFullString(), ClassOf(trivia));
            Write(html, token.Text, ClassOf(token));
            foreach (var trivia in token.TrailingTrivia) Write(html, trivia.ToFullString(), ClassOf(trivia));
        }
        return html.ToString();
    }

    private static void Write(StringBuilder html, string text, string? name)
    {
        if (name is null || string.IsNullOrWhiteSpace(text))
        {
            html.Append(HtmlText.Encode(text));
            return;
        }
        // A directive's text includes the end of its line, which stays outside.
        var body = text.TrimEnd('\r', '\n');
        html.Append($"<span class=\"{name}\">{HtmlText.Encode(body)}</span>{text[body.Length..]}");
    }

    private static string? ClassOf(SyntaxTrivia trivia) => trivia.Kind() switch
    {
        SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia
            or SyntaxKind.DisabledTextTrivia => "c",
        _ => trivia.IsDirective ? "d" : null,
    };

    private static string? ClassOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringEndToken
            or SyntaxKind.InterpolatedVerbatimStringStartToken or SyntaxKind.InterpolatedSingleLineRawStringStartToken
            or SyntaxKind.InterpolatedMultiLineRawStringStartToken or SyntaxKind.InterpolatedRawStringEndToken => "s",
        SyntaxKind.NumericLiteralToken => "n",
        SyntaxKind.IdentifierToken => OfIdentifier(token),
        _ => token.IsKeyword() || SyntaxFacts.IsContextualKeyword(token.Kind()) ? "k" : null,
    };

    private static string? OfIdentifier(SyntaxToken token) => token.Parent switch
    {
        IdentifierNameSyntax { IsVar: true } => "k",
        BaseTypeDeclarationSyntax => "t",
        MethodDeclarationSyntax or LocalFunctionStatementSyntax => "m",
        SimpleNameSyntax name when IsCalled(name) => "m",
        GenericNameSyntax => "t",
        IdentifierNameSyntax name when IsType(name) => "t",
        _ => null,
    };

    private static bool IsCalled(SimpleNameSyntax name) =>
        name.Parent is InvocationExpressionSyntax
        || name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } member
            && member.Name == name;

    private static bool IsType(IdentifierNameSyntax name) => name.Parent switch
    {
        ObjectCreationExpressionSyntax creation => creation.Type == name,
        VariableDeclarationSyntax declaration => declaration.Type == name,
        ParameterSyntax or CastExpressionSyntax or TypeOfExpressionSyntax or BaseTypeSyntax => true,
        TypeArgumentListSyntax or ArrayTypeSyntax or NullableTypeSyntax => true,
        MethodDeclarationSyntax method => method.ReturnType == name,
        LocalFunctionStatementSyntax function => function.ReturnType == name,
        PropertyDeclarationSyntax property => property.Type == name,
        _ => false,
    };
}
