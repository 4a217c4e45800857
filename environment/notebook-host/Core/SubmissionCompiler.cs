using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace NotebookHost.Core;

/// <summary>
/// Compiles cells as C# script submissions, each of which sees the declarations of those before it.
/// It does so with the compiler itself and not with <c>CSharpScript</c>: the cells then live in a load context
/// of ours, where packages and their native libraries are found, and carry line numbers into stack traces.
/// </summary>
internal sealed class SubmissionCompiler(CellLoadContext context, string workingDirectory)
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    /// <summary>The usings that .NET Interactive gives to each cell.</summary>
    private static readonly string[] Usings =
    [
        "System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq",
        "Microsoft.DotNet.Interactive.Kernel",
    ];

    private static readonly Lock Binding = new();

    private readonly List<MetadataReference> _references = [.. FrameworkReferences.All, FrameworkReferences.Host];
    private CSharpCompilation? _previous;
    private object[] _states = new object[16];
    private int _stateCount = 1;
    private int _submissions;

    /// <summary>The compilation of the last cell that ran; names and types of variables are looked up there.</summary>
    public CSharpCompilation? Last => _previous;

    public void AddReferences(IEnumerable<string> paths) =>
        _references.AddRange(paths.Select(path => MetadataReference.CreateFromFile(path)));

    /// <summary>Compiles a cell without running it.</summary>
    /// <param name="code">The cell's code.</param>
    /// <param name="path">The file name that errors give.</param>
    /// <param name="canStop">Whether its loops ask if they shall stop; without that, columns are those of the code.</param>
    public CSharpCompilation Compile(string code, string path, bool canStop = false)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), ParseOptions, path);
        if (canStop && !tree.GetDiagnostics().Any()) tree = LoopChecks.AddTo(tree);
        var name = $"Submission#{_submissions}";
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: name,
            usings: Usings,
            // Cells run their loops at full speed; sequence points still give the line of each statement.
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            metadataReferenceResolver: new CellReferenceResolver(context, workingDirectory),
            sourceReferenceResolver: new SourceFileResolver([], workingDirectory),
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
        var compilation = CSharpCompilation.CreateScriptCompilation(name, tree, _references, options, _previous, typeof(object));
        // Compilations share what they have read of an assembly. Two that bind their references at the same moment each make
        // their own, and a later one may take the other's: then a cell's byte[] is not that of the cell before it.
        lock (Binding) compilation.GetAssemblyOrModuleSymbol(FrameworkReferences.Host);
        return compilation;
    }

    /// <summary>
    /// Makes a compiled cell ready to run. Null where it has nothing to run, such as a cell of usings.
    /// </summary>
    /// <exception cref="CellException">It does not compile.</exception>
    /// <param name="compilation">The compilation.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="asWritten">Compiles the code as it is written, to say in which column an error is.</param>
    public Func<Task<object?>>? Load(CSharpCompilation compilation, CellSource cell, Func<CSharpCompilation>? asWritten = null)
    {
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        var errors = emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToImmutableArray();
        if (errors.Length > 0)
        {
            if (asWritten?.Invoke().GetDiagnostics() is { } written && written.Any(d => d.Severity == DiagnosticSeverity.Error))
                errors = [.. written.Where(d => d.Severity == DiagnosticSeverity.Error)];
            throw new CellException(CompileErrors.Describe(errors, cell));
        }

        _previous = compilation;
        _submissions++;
        if (!emitted.Success) return null;

        assembly.Position = symbols.Position = 0;
        var loaded = context.LoadSubmission(assembly, symbols);
        var entry = compilation.GetEntryPoint(CancellationToken.None)!;
        var factory = loaded.GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object[], Task<object?>>>();
        // Each submission puts itself into the next place and takes the earlier ones from theirs.
        if (++_stateCount > _states.Length) Array.Resize(ref _states, 2 * _states.Length);
        var states = _states;
        return () => factory(states);
    }

    /// <summary>Whether a cell ends in a value to show: an expression without a semicolon, or <c>return x;</c>.</summary>
    public static bool HasValue(CSharpCompilation compilation)
    {
        var tree = compilation.SyntaxTrees[^1];
        var root = (CompilationUnitSyntax)tree.GetRoot();
        if (root.Members.LastOrDefault() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax last } && last.SemicolonToken.IsMissing)
            return compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression) is not { Type.SpecialType: SpecialType.System_Void };
        return root.Members.OfType<GlobalStatementSyntax>()
            .SelectMany(m => m.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
            .Any(n => n is ReturnStatementSyntax { Expression: not null });
    }
}
