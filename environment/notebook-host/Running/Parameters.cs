using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using NotebookHost.Cells;
using NotebookHost.Notebooks;

namespace NotebookHost.Running;

/// <summary>
/// A notebook's parameters, by papermill's convention: the variables that the cell tagged <c>parameters</c> declares.
/// Values from the command line are assigned in a cell of their own after it.
/// </summary>
internal sealed class Parameters
{
    public const string Tag = "parameters";
    public const string InjectedTag = "injected-parameters";

    private readonly IReadOnlyList<(string Name, string Text)> given;

    private Parameters(NotebookCell? cell, IReadOnlyList<(string Name, string Text)> given) =>
        (Cell, this.given) = (cell, given);

    /// <summary>The cell that declares them, if the notebook has one.</summary>
    public NotebookCell? Cell { get; }

    public bool AreGiven => given.Count > 0;

    /// <summary>Checks the given values as far as that is possible without running anything.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="given">Texts of the form <c>name=value</c>.</param>
    /// <exception cref="HostException">A text of another form, an unknown name, a value of another type.</exception>
    public static Parameters Read(Notebook notebook, IReadOnlyList<string> given)
    {
        var tagged = notebook.CodeCells.Where(c => c.Tags.Contains(Tag)).ToList();
        if (tagged.Count > 1) throw new HostException($"{tagged.Count} cells are tagged '{Tag}'; expected one");
        var parameters = new Parameters(tagged.FirstOrDefault(), [.. given.Select(Split)]);
        if (!parameters.AreGiven) return parameters;

        if (parameters.given.GroupBy(g => g.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new HostException($"--set {twice.Key}: given {twice.Count()} times");
        if (parameters.Cell is null)
            throw new HostException(
                $"--set {parameters.given[0].Name}: the notebook has no parameters (no code cell "
                    + $"is tagged '{Tag}')"
            );
        var code = string.Join(
            '\n',
            parameters.Cell.Source.Split('\n').Where((line, i) => CellDirective.Of(line, i + 1) is null)
        );
        var options = ScriptOptions
            .Default.WithLanguageVersion(LanguageVersion.Latest)
            .WithImports("System", "System.Collections.Generic");
        parameters.Assign(
            CSharpScript.Create(code, options),
            more => CSharpScript.Create($"{code}\n{more}", options),
            typesAreKnown: false
        );
        return parameters;
    }

    /// <summary>The code that assigns the given values, after the script that has declared the parameters.</summary>
    public string Assignments(Script script) =>
        "// Parameters from the command "
            + $"line.\n{string.Join('\n', Assign(script, more => script.ContinueWith(more), typesAreKnown: true))}";

    private List<string> Assign(Script script, Func<string, Script> with, bool typesAreKnown)
    {
        var variables = script.GetCompilation().ScriptClass!.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsImplicitlyDeclared).ToList();
        List<string> assignments = [];
        foreach (var (name, text) in given)
        {
            if (variables.FirstOrDefault(v => v.Name == name) is not { } variable)
                throw new HostException($"--set {name}: no such parameter; the notebook has {string.Join(", ", variables.Select(v => v.Name))}");
            if (variable.IsConst) throw new HostException($"--set {name}: the notebook declares it const");
            // A type of a package or of an earlier cell is not known before these have been run.
            if (variable.Type.TypeKind == TypeKind.Error && !typesAreKnown) continue;
            var value = Value(text, variable.Type);
            var assignment = $"{name} = {value};";
            if (!IsExpression(value) || IsWrong(with(assignment)))
                throw new HostException($"--set {name}: expected "
                    + $"{variable.Type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}, "
                        + $"found '{text}'");
            assignments.Add(assignment);
        }
        return assignments;
    }

    /// <summary>The C# of a value: texts need no quotation marks on the command line,
    /// and members of the type no type.</summary>
    private static string Value(string text, ITypeSymbol type)
    {
        if (text == "null")
            return text;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        var isQuoted =
            SyntaxFactory.ParseExpression(text) is LiteralExpressionSyntax { Token.Value: string or char } literal
            && literal.FullSpan.Length == text.Length;
        return type.SpecialType switch
        {
            SpecialType.System_String => isQuoted ? text : SymbolDisplay.FormatLiteral(text, quote: true),
            SpecialType.System_Char when text.Length == 1 => SymbolDisplay.FormatLiteral(text[0], quote: true),
            SpecialType.System_Boolean => text.ToLowerInvariant(),
            SpecialType.System_Single or SpecialType.System_Decimal when double.TryParse(text, out _) =>
                $"({type})({text})",
            _ when type.GetMembers(text).OfType<IFieldSymbol>().Any() =>
                $"{type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat)}.{text}",
            _ => text,
        };
    }

    /// <summary>Whether the compiler, which knows best which values a type takes,
    /// refuses a script's last line.</summary>
    private static bool IsWrong(Script script) => script.GetCompilation().GetDiagnostics().Any(d =>
        d.Severity == DiagnosticSeverity.Error && d.Location.GetLineSpan().StartLinePosition.Line == script.Code.Count(c => c == '\n'));

    private static bool IsExpression(string text) =>
        SyntaxFactory.ParseExpression(text) is { ContainsDiagnostics: false } expression
        && expression.FullSpan.Length == text.Length;

    private static (string Name, string Text) Split(string given)
    {
        var equals = given.IndexOf('=');
        if (equals <= 0 || !SyntaxFacts.IsValidIdentifier(given[..equals].Trim()))
            throw new HostException($"--set {given}: expected name=value");
        return (given[..equals].Trim(), given[(equals + 1)..]);
    }
}
