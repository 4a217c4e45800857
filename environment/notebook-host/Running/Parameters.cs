using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NotebookHost.Core;
using NotebookHost.Notebooks;

namespace NotebookHost.Running;

/// <summary>
/// A notebook's parameters, by papermill's convention: the variables that the cell tagged <c>parameters</c> declares. Values
/// from the command line are assigned in a cell of their own after it.
/// </summary>
internal sealed class Parameters
{
    public const string Tag = "parameters";
    public const string InjectedTag = "injected-parameters";

    private readonly IReadOnlyList<(string Name, string Text)> _given;

    private Parameters(NotebookCell? cell, IReadOnlyList<(string Name, string Text)> given) => (Cell, _given) = (cell, given);

    /// <summary>The cell that declares them, if the notebook has one.</summary>
    public NotebookCell? Cell { get; }

    public bool AreGiven => _given.Count > 0;

    /// <summary>Checks the given values as far as that is possible without running anything.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="given">Texts of the form <c>name=value</c>.</param>
    /// <param name="directory">The notebook's folder.</param>
    /// <exception cref="HostException">A text of another form, an unknown name, a value of another type.</exception>
    public static Parameters Read(Notebook notebook, IReadOnlyList<string> given, string directory)
    {
        var tagged = notebook.CodeCells.Where(c => c.Tags.Contains(Tag)).ToList();
        if (tagged.Count > 1) throw new HostException($"{tagged.Count} cells are tagged '{Tag}'; expected one");
        var parameters = new Parameters(tagged.FirstOrDefault(), [.. given.Select(Split)]);
        if (!parameters.AreGiven) return parameters;

        if (parameters._given.GroupBy(g => g.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new HostException($"--set {twice.Key}: given {twice.Count()} times");
        if (parameters.Cell is null)
            throw new HostException($"--set {parameters._given[0].Name}: the notebook has no parameters (no code cell is tagged '{Tag}')");
        var declared = CellDirectives.Read(new(0, parameters.Cell.Source));
        var compilation = new SubmissionCompiler(new(), directory).Compile(declared.Code, Tag);
        parameters.Assign(compilation, typesAreKnown: false);
        return parameters;
    }

    /// <summary>The code that assigns the given values, with the types that the parameters cell has declared.</summary>
    public string Assignments(CSharpCompilation compilation) =>
        $"// Parameters from the command line.\n{string.Join('\n', Assign(compilation, typesAreKnown: true))}";

    private List<string> Assign(CSharpCompilation compilation, bool typesAreKnown)
    {
        var variables = compilation.ScriptClass!.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsImplicitlyDeclared).ToList();
        List<string> assignments = [];
        foreach (var (name, text) in _given)
        {
            if (variables.FirstOrDefault(v => v.Name == name) is not { } variable)
                throw new HostException($"--set {name}: no such parameter; the notebook has {string.Join(", ", variables.Select(v => v.Name))}");
            if (variable.IsConst) throw new HostException($"--set {name}: the notebook declares it const");
            // A type of a package or of an earlier cell is not known before these have been run.
            if (variable.Type.TypeKind == TypeKind.Error && !typesAreKnown) continue;
            assignments.Add($"{name} = {ParameterValue.ToCode(name, text, variable.Type)};");
        }
        return assignments;
    }

    private static (string Name, string Text) Split(string given)
    {
        var equals = given.IndexOf('=');
        if (equals <= 0 || !SyntaxFacts.IsValidIdentifier(given[..equals].Trim()))
            throw new HostException($"--set {given}: expected name=value");
        return (given[..equals].Trim(), given[(equals + 1)..]);
    }
}
