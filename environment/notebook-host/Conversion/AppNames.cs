using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NotebookHost.Conversion;

/// <summary>
/// The names that cells declare. Cells may declare a name again, and the statements of an app may not: all cells become
/// one method.
/// </summary>
internal sealed class AppNames
{
    private readonly Dictionary<string, string> cells = new(StringComparer.Ordinal) { ["args"] = "every app" };
    private readonly List<(string Name, string Cell)> inner = [];

    /// <summary>Adds what a cell declares.</summary>
    /// <exception cref="HostException">Another cell has declared it.</exception>
    public void Add(CompilationUnitSyntax code, string cell)
    {
        foreach (var name in code.Members.SelectMany(Declared))
        {
            if (!cells.TryAdd(name, cell)) throw Twice(name, cells[name], cell);
        }
        inner.AddRange(code.Members.OfType<GlobalStatementSyntax>().SelectMany(Inner).Select(name => (name, cell)));
    }

    /// <summary>Checks the variables of blocks, which may not have the name of a variable of
    /// the whole app, wherever that stands.</summary>
    public void CheckBlocks()
    {
        foreach (var (name, cell) in inner)
        {
            if (cells.TryGetValue(name, out var other)) throw Twice(name, other, cell);
        }
    }

    /// <summary>The variables that a cell declares for the cells after it, other than constants.</summary>
    public static IEnumerable<string> Variables(CompilationUnitSyntax code) =>
        code
            .Members.OfType<FieldDeclarationSyntax>()
            .Where(field => !field.Modifiers.Any(m => m.ValueText == "const"))
            .SelectMany(field => field.Declaration.Variables.Select(v => v.Identifier.ValueText));

    private static HostException Twice(string name, string first, string second) => new(first == second
        ? $"{first} declares '{name}' twice, which cells may do and an app may not: give one of them another name"
        : $"{first} and {second} both declare '{name}', which cells may do and an app may not: give one of them "
            + "another name");

    private static IEnumerable<string> Declared(MemberDeclarationSyntax member) => member switch
    {
        FieldDeclarationSyntax field => [.. field.Declaration.Variables.Select(v => v.Identifier.ValueText), .. Designations(field)],
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        BaseTypeDeclarationSyntax type => [type.Identifier.ValueText],
        DelegateDeclarationSyntax type => [type.Identifier.ValueText],
        GlobalStatementSyntax { Statement: ExpressionStatementSyntax statement } => Designations(statement),
        GlobalStatementSyntax { Statement: LocalFunctionStatementSyntax function } => [function.Identifier.ValueText],
        _ => [],
    };

    private static IEnumerable<string> Designations(SyntaxNode node) => OfThisMethod(node)
        .OfType<SingleVariableDesignationSyntax>().Select(d => d.Identifier.ValueText);

    private static IEnumerable<string> Inner(GlobalStatementSyntax statement)
    {
        if (statement.Statement is ExpressionStatementSyntax) return [];
        return OfThisMethod(statement).Select(node => node switch
        {
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
            SingleVariableDesignationSyntax variable => variable.Identifier.ValueText,
            ForEachStatementSyntax loop => loop.Identifier.ValueText,
            CatchDeclarationSyntax caught => caught.Identifier.ValueText,
            LocalFunctionStatementSyntax function when function.Parent is not GlobalStatementSyntax => function.Identifier.ValueText,
            _ => "",
        }).Where(name => name.Length > 0);
    }

    // A function inside may hide the names around it.
    private static IEnumerable<SyntaxNode> OfThisMethod(SyntaxNode node) =>
        node.DescendantNodes(n =>
            n is not (AnonymousFunctionExpressionSyntax or SwitchExpressionArmSyntax or QueryExpressionSyntax)
            && (n == node || n is not LocalFunctionStatementSyntax)
        );
}
