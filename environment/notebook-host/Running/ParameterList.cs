using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NotebookHost.Notebooks;

namespace NotebookHost.Running;

/// <summary>The values of a notebook's parameters as its cells say them, for a reader.</summary>
internal static class ParameterList
{
    /// <summary>Each parameter in the order of the parameters cell,
    /// with the value of the injected cell where there is one.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(Notebook notebook)
    {
        var given = Nodes(notebook, Parameters.InjectedTag).OfType<AssignmentExpressionSyntax>()
            .ToDictionary(a => a.Left.ToString(), a => a.Right.ToString());
        return
        [
            .. Nodes(notebook, Parameters.Tag).OfType<FieldDeclarationSyntax>().SelectMany(f => f.Declaration.Variables)
                .Select(v => (v.Identifier.Text, given.GetValueOrDefault(v.Identifier.Text) ?? v.Initializer?.Value.ToString() ?? "")),
        ];
    }

    private static IEnumerable<SyntaxNode> Nodes(Notebook notebook, string tag) => notebook.CodeCells
        .Where(c => c.Tags.Contains(tag))
        .SelectMany(c => CSharpSyntaxTree.ParseText(c.Source, new CSharpParseOptions(kind: SourceCodeKind.Script)).GetRoot().DescendantNodes());
}
