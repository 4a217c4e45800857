using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NotebookHost.Core;

namespace NotebookHost.Language;

/// <summary>A name that fits, and what kind of thing it is.</summary>
internal sealed record CompletionItem(string Text, string Kind);

/// <summary>Finishes names, by what the compiler knows at a place: earlier cells, packages and usings included.</summary>
internal static class Completion
{
    /// <summary>The names that fit, and the range of the code that they replace.</summary>
    public static (IReadOnlyList<CompletionItem> Items, int Start, int End) At(KernelSession session, string code, int position)
    {
        position = Math.Clamp(position, 0, code.Length);
        var start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(code[start - 1])) start--;
        var prefix = code[start..position];

        var compilation = session.Draft(code);
        var tree = compilation.SyntaxTrees[^1];
        var token = start > 0 ? tree.GetRoot().FindToken(start - 1, findInsideTrivia: true) : default;
        if (IsInText(tree, start)) return ([], start, position);
        var model = compilation.GetSemanticModel(tree, ignoreAccessibility: false);

        var left = LeftOfDot(token);
        List<CompletionItem> items = [];
        if (left is null)
        {
            items.AddRange(model.LookupSymbols(start).Where(s => s is not IMethodSymbol { MethodKind: MethodKind.Constructor }).Select(Item));
            items.AddRange(SyntaxFacts.GetKeywordKinds().Select(k => new CompletionItem(SyntaxFacts.GetText(k), "keyword")).Where(k => char.IsAsciiLetterLower(k.Text[0])));
        }
        else
        {
            items.AddRange(Members(model, left, start).Select(Item));
        }
        var fitting = items.Where(i => i.Text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && SyntaxFacts.IsValidIdentifier(i.Text.TrimStart('@')))
            .DistinctBy(i => i.Text)
            .OrderBy(i => i.Text.StartsWith(prefix, StringComparison.Ordinal) ? 0 : 1)
            .ThenBy(i => i.Text, StringComparer.OrdinalIgnoreCase).ThenBy(i => i.Text, StringComparer.Ordinal);
        return ([.. fitting], start, position);
    }

    private static IEnumerable<ISymbol> Members(SemanticModel model, ExpressionSyntax left, int position)
    {
        var symbol = model.GetSymbolInfo(left).Symbol;
        if (symbol is INamespaceOrTypeSymbol container)
        {
            return model.LookupSymbols(position, container)
                .Where(s => container is INamespaceSymbol || s.IsStatic || s is ITypeSymbol);
        }
        var type = model.GetTypeInfo(left).Type;
        if (type is null or IErrorTypeSymbol) return [];
        return model.LookupSymbols(position, type, includeReducedExtensionMethods: true)
            .Where(s => !s.IsStatic && s is not ITypeSymbol && s is not IMethodSymbol { MethodKind: MethodKind.Constructor });
    }

    private static ExpressionSyntax? LeftOfDot(SyntaxToken token) => token.Parent switch
    {
        MemberAccessExpressionSyntax access when token == access.OperatorToken => access.Expression,
        QualifiedNameSyntax name when token == name.DotToken => name.Left,
        MemberBindingExpressionSyntax binding when token == binding.OperatorToken =>
            binding.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>()?.Expression,
        // "1..", "x." at the end of the code.
        _ => null,
    };

    private static bool IsInText(SyntaxTree tree, int position)
    {
        if (position == 0) return false;
        var trivia = tree.GetRoot().FindTrivia(position - 1);
        if (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)) return true;
        var token = tree.GetRoot().FindToken(position - 1);
        return token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringTextToken
            && token.SpanStart < position && position < token.Span.End;
    }

    private static CompletionItem Item(ISymbol symbol) => new(symbol.Name, symbol switch
    {
        IMethodSymbol => "function",
        IPropertySymbol => "property",
        IFieldSymbol { ContainingType.IsScriptClass: true } or ILocalSymbol or IParameterSymbol => "variable",
        IFieldSymbol => "field",
        IEventSymbol => "event",
        INamespaceSymbol => "namespace",
        ITypeSymbol type => type.TypeKind switch
        {
            TypeKind.Interface => "interface",
            TypeKind.Enum => "enum",
            TypeKind.Struct => "struct",
            _ => "class",
        },
        _ => "text",
    });
}
