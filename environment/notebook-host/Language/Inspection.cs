using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NotebookHost.Core;

namespace NotebookHost.Language;

/// <summary>Says what a name in a cell is: its declaration, and its documentation where its assembly brings one.</summary>
internal static class Inspection
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeParameters
            | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeConstantValue)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeType
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeDefaultValue)
        .WithKindOptions(SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeNamespaceKeyword);

    /// <summary>The text for the name at a position or just before it; null where there is none.</summary>
    public static string? At(KernelSession session, string code, int position)
    {
        var compilation = session.Draft(code);
        var tree = compilation.SyntaxTrees[^1];
        var model = compilation.GetSemanticModel(tree);
        foreach (var at in (int[])[position, position - 1])
        {
            if (at < 0 || at >= code.Length) continue;
            var token = tree.GetRoot().FindToken(at);
            if (!token.Span.Contains(at) || token.Parent is not { } node) continue;
            var info = model.GetSymbolInfo(node);
            var symbols = info.Symbol is { } one ? [one]
                : info.CandidateSymbols.Length > 0 ? [.. info.CandidateSymbols]
                : node is IdentifierNameSyntax name ? [.. model.GetMemberGroup(name)]
                : model.GetDeclaredSymbol(node) is { } declared ? (ISymbol[])[declared] : [];
            if (symbols.Length > 0) return Describe(symbols);
        }
        return null;
    }

    private static string Describe(IReadOnlyList<ISymbol> symbols)
    {
        var text = new StringBuilder();
        foreach (var symbol in symbols.Take(10))
        {
            text.Append(Declaration(symbol)).Append('\n');
            if (Documentation(symbol) is { Length: > 0 } documentation) text.Append(documentation).Append('\n');
        }
        if (symbols.Count > 10) text.Append(CultureInfo.InvariantCulture, $"… and {symbols.Count - 10} more\n");
        return text.ToString().TrimEnd();
    }

    // The variables of cells are fields of a class that nobody has written.
    private static string Declaration(ISymbol symbol) => symbol switch
    {
        IFieldSymbol { ContainingType.IsScriptClass: true } variable => $"{variable.Type.ToDisplayString(Format)} {variable.Name}",
        ILocalSymbol local => $"{local.Type.ToDisplayString(Format)} {local.Name}",
        _ => symbol.ToDisplayString(Format),
    };

    private static string? Documentation(ISymbol symbol)
    {
        try
        {
            var xml = symbol.GetDocumentationCommentXml(CultureInfo.InvariantCulture, expandIncludes: true);
            if (string.IsNullOrWhiteSpace(xml)) return null;
            var root = XElement.Parse($"<doc>{xml}</doc>");
            var lines = root.Descendants("summary").Take(1).Select(Flat)
                .Concat(root.Descendants("param").Select(p => $"  {p.Attribute("name")?.Value}: {Flat(p)}"))
                .Concat(root.Descendants("returns").Select(r => $"  returns {Flat(r)}"));
            return string.Join('\n', lines);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Flat(XElement element)
    {
        foreach (var reference in element.Descendants().Where(e => e.Attribute("cref") is not null || e.Attribute("name") is not null).ToList())
        {
            if (reference.IsEmpty) reference.ReplaceWith((reference.Attribute("cref") ?? reference.Attribute("name"))!.Value.Split(':')[^1].Split('.')[^1]);
        }
        return string.Join(' ', element.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
