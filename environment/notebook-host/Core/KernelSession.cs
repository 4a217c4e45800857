using NotebookHost.Formatting;
using NotebookHost.Packages;

namespace NotebookHost.Core;

/// <summary>
/// One run of a notebook's code: variables, packages, outputs. It knows nothing of files and front ends. Cells run one
/// at a time.
/// </summary>
internal sealed class KernelSession : IDisposable
{
    private static readonly AsyncLocal<KernelSession?> CurrentSession = new();

    private readonly CellLoadContext _context = new();
    private readonly CellThread _thread = new();
    private readonly SubmissionCompiler _compiler;
    private readonly PackageReferences _packages;
    private int _displays;

    /// <param name="output">Where output goes.</param>
    /// <param name="directory">The notebook's folder: relative paths and nuget.config start there.</param>
    public KernelSession(IKernelOutput output, string directory)
    {
        ConsoleRouter.Install();
        Output = output;
        _compiler = new(_context, directory);
        _packages = new(directory, output.Status);
    }

    /// <summary>The session that the running code belongs to; null outside of cells.</summary>
    public static KernelSession? Current => CurrentSession.Value;

    public IKernelOutput Output { get; }

    /// <summary>The compilation of the last cell; null before the first.</summary>
    public Microsoft.CodeAnalysis.CSharp.CSharpCompilation? LastCompilation => _compiler.Last;

    public string NextDisplayId() => $"display-{Interlocked.Increment(ref _displays)}";

    /// <summary>Compiles a small cell, so that the first real one need not wait for the compiler to get ready.</summary>
    public static Task WarmUp() => WarmedUp.Value;

    private static readonly Lazy<Task> WarmedUp = new(() => Task.Run(() =>
    {
        var compiler = new SubmissionCompiler(new(), AppContext.BaseDirectory);
        const string code = "var x = Enumerable.Range(0, 2).Select(i => $\"{i}\").ToArray(); display(x); await Task.Yield(); x.Length";
        compiler.Load(compiler.Compile(code, "cell 0"), new(0, code));
    }));

    /// <summary>Runs a cell to its end. Null when it succeeded.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="timeout">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for ever. A cell cannot be
    /// stopped from outside: after a timeout or a cancellation it may still run, and the session is of no further use.</param>
    /// <param name="cancellation">Stops waiting for the cell.</param>
    public async Task<CellError?> ExecuteAsync(CellSource cell, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync(cell, cancellation).WaitAsync(timeout, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (CellException e)
        {
            return e.Error;
        }
        catch (TimeoutException)
        {
            return CellError.OfCell(cell, "CellTimeout", $"the cell has not ended within {timeout.TotalSeconds:0.###} s");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return CellError.OfCell(cell, "Interrupted", "the run was interrupted");
        }
    }

    public void Dispose() => _thread.Dispose();

    private async Task ExecuteAsync(CellSource cell, CancellationToken cancellation)
    {
        // Reading, restoring and compiling need no particular thread; code that is run does.
        var (run, hasValue) = await Task.Run(() => PrepareAsync(cell, cancellation), cancellation).ConfigureAwait(false);
        if (run is not null) await _thread.Start(() => RunAsync(run, hasValue, cell)).ConfigureAwait(false);
    }

    private async Task<(Func<Task<object?>>? Run, bool HasValue)> PrepareAsync(CellSource cell, CancellationToken cancellation)
    {
        var directives = CellDirectives.Read(cell);
        if (directives.Packages.Count > 0 || directives.Sources.Count > 0)
        {
            var added = await _packages.AddAsync(directives, cell, cancellation).ConfigureAwait(false);
            foreach (var path in added.RuntimeAssemblies) _context.AddAssembly(path);
            _context.AddNativeLibraries(added.NativeLibraries);
            _compiler.AddReferences(added.CompileAssemblies);
            if (added.Report is { } report) Output.Display(report, NextDisplayId());
        }
        var compilation = _compiler.Compile(directives.Code, cell.Path);
        return (_compiler.Load(compilation, cell), SubmissionCompiler.HasValue(compilation));
    }

    private async Task RunAsync(Func<Task<object?>> run, bool hasValue, CellSource cell)
    {
        CurrentSession.Value = this;
        using var reflection = _context.EnterContextualReflection();
        try
        {
            var value = await run().ConfigureAwait(false);
            if (hasValue) Output.Result(ValueFormatter.Format(value, []));
        }
        catch (Exception e)
        {
            throw new CellException(RuntimeErrors.Describe(e, cell));
        }
    }
}
