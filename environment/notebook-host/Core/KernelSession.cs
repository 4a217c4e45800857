using System.Diagnostics;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive.Formatting;
using NotebookHost.Formatting;
using NotebookHost.Packages;

namespace NotebookHost.Core;

/// <summary>
/// One run of a notebook's code: variables, packages, outputs. It knows nothing of files and front ends. Cells run one
/// at a time.
/// </summary>
internal sealed class KernelSession : IDisposable
{
    /// <summary>The name of the error that a stopped cell ends with.</summary>
    public const string Interrupted = "Interrupted";

    public const string WasInterrupted = "the cell was interrupted";

    private readonly CellLoadContext _context = new();
    private readonly SubmissionCompiler _compiler;
    private readonly PackageReferences _packages;
    private readonly string _directory;
    private CellThread _thread = new();
    private volatile CellRun? _run;
    private int _displays;

    /// <param name="output">Where output goes.</param>
    /// <param name="directory">The notebook's folder: relative paths and nuget.config start there.</param>
    public KernelSession(IKernelOutput output, string directory)
    {
        ConsoleRouter.Install();
        Output = output;
        _directory = directory;
        _compiler = new(_context, directory);
        _packages = new(directory, output.Status);
    }

    /// <summary>The session that the running code belongs to; null outside of cells.</summary>
    public static KernelSession? Current => CellRun.Current?.Session;

    public IKernelOutput Output { get; }

    /// <summary>What the names of this session's displays begin with: front ends that outlive a session tell them apart by it.</summary>
    public string DisplayPrefix { get; init; } = "display-";

    /// <summary>How long a cell is waited for in each step of an interruption.</summary>
    public InterruptPatience Patience { get; init; } = new();

    /// <summary>The compilation of the last cell; null before the first.</summary>
    public CSharpCompilation? LastCompilation => _compiler.Last;

    public string NextDisplayId() => $"{DisplayPrefix}{Interlocked.Increment(ref _displays)}";

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
    /// <param name="timeout">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for ever. After a timeout or a
    /// cancellation the cell may still run, and the session is of no further use; <see cref="Interrupt"/> keeps it.</param>
    /// <param name="cancellation">Stops waiting for the cell.</param>
    public Task<CellError?> ExecuteAsync(CellSource cell, TimeSpan timeout, CancellationToken cancellation) =>
        ExecuteAsync(new CellRun(this, cell, Output.Result, cancellation), timeout, cancellation);

    /// <summary>Computes the value of an expression as another cell would, without an output.</summary>
    public async Task<(IReadOnlyList<FormattedValue> Value, CellError? Error)> EvaluateAsync(CellSource cell)
    {
        IReadOnlyList<FormattedValue> value = [];
        var error = await ExecuteAsync(
            new CellRun(this, cell, bundle => value = bundle, CancellationToken.None), Timeout.InfiniteTimeSpan, CancellationToken.None)
            .ConfigureAwait(false);
        return (value, error);
    }

    /// <summary>
    /// Asks the running cell to stop, if there is one; the session stays. The cell stops at the next turn of a loop of its
    /// own, where it prints, flushes or shows something, where it follows <c>KernelInvocationContext.Current.CancellationToken</c>,
    /// and, after a while, in a wait of its thread. One that does none of this is left behind at the second call.
    /// </summary>
    public void Interrupt() => _run?.Interrupt();

    /// <summary>A cell's code as a compilation of its own, to look names up in; nothing is run.</summary>
    public CSharpCompilation Draft(string code)
    {
        try
        {
            code = CellDirectives.Read(new(0, code)).Code;
        }
        catch (CellException)
        {
            // A line that is not finished yet.
        }
        return _compiler.Compile(code, "draft");
    }

    public void Dispose() => _thread.Dispose();

    private async Task<CellError?> ExecuteAsync(CellRun run, TimeSpan timeout, CancellationToken cancellation)
    {
        using var ends = run;
        CellRun.Current = _run = run;
        try
        {
            // Reading, restoring and compiling need no particular thread; code that is run does.
            var work = Task.Run(() => RunCellAsync(run.Cell, run, []), CancellationToken.None);
            var end = await Task.WhenAny(work, StopAsync(run, work)).WaitAsync(timeout, cancellation).ConfigureAwait(false);
            await end.ConfigureAwait(false);
            return null;
        }
        catch (CellException e)
        {
            return e.Error;
        }
        catch (TimeoutException)
        {
            return CellError.OfCell(run.Cell, "CellTimeout", $"the cell has not ended within {timeout.TotalSeconds:0.###} s");
        }
        catch (Exception e) when ((run.IsInterrupted || cancellation.IsCancellationRequested) && RuntimeErrors.IsStop(e))
        {
            return run.Stopped ?? CellError.OfCell(run.Cell, Interrupted, run.IsInterrupted ? WasInterrupted : "the run was interrupted");
        }
        finally
        {
            _run = null;
        }
    }

    /// <summary>Sees to it that an interrupted cell ends. Ends with the cell, or when it is left behind.</summary>
    private async Task StopAsync(CellRun run, Task work)
    {
        await Task.WhenAny(work, run.WhenInterrupted).ConfigureAwait(false);
        var watch = Stopwatch.StartNew();
        TimeSpan? insisted = null;
        var isTold = false;
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(Patience.Look)).ConfigureAwait(false);
            // What the host does for the cell, compiling above all, ends by itself and must not go on beside the next cell.
            if (work.IsCompleted || !run.IsInCode) continue;
            if (run.WhenInsisted.IsCompleted) insisted ??= watch.Elapsed;
            if (insisted is not null || watch.Elapsed > Patience.Wait) _thread.Wake();
            if (insisted is null && !isTold && watch.Elapsed > Patience.Notice)
            {
                isTold = true;
                Output.Stream(StreamName.Error, "The cell has not stopped yet. Interrupt again to leave it behind and go on.\n");
            }
            if (watch.Elapsed - insisted > Patience.Leave) throw new CellException(LeaveBehind(run));
        }
        await work.ConfigureAwait(false);
    }

    private CellError LeaveBehind(CellRun run)
    {
        run.Abandon();
        if (!_thread.IsBusy)
            return CellError.OfCell(run.Cell, Interrupted, "the cell was interrupted while it awaited something that goes on in the background");
        _thread.Dispose();
        _thread = new();
        return CellError.OfCell(run.Cell, Interrupted,
            "the cell does not stop: it was left behind on a thread of its own, and later cells run on a new one. "
            + "Restart the kernel before you use again what the cell was working on");
    }

    private async Task RunCellAsync(CellSource cell, CellRun run, IReadOnlyList<string> importers)
    {
        var directives = CellDirectives.Read(cell);
        await AddPackagesAsync(directives, cell, run.Interruption).ConfigureAwait(false);
        foreach (var (code, import) in directives.Parts())
        {
            run.Interruption.ThrowIfCancellationRequested();
            await RunCodeAsync(code, cell, run).ConfigureAwait(false);
            if (import is not null) await ImportAsync(import, cell, run, importers).ConfigureAwait(false);
        }
    }

    private async Task AddPackagesAsync(CellDirectives directives, CellSource cell, CancellationToken cancellation)
    {
        if (directives.Packages.Count == 0 && directives.Sources.Count == 0) return;
        var added = await _packages.AddAsync(directives, cell, cancellation).ConfigureAwait(false);
        foreach (var path in added.RuntimeAssemblies) _context.AddAssembly(path);
        _context.AddNativeLibraries(added.NativeLibraries);
        _compiler.AddReferences(added.CompileAssemblies);
        if (added.Report is { } report) Output.Display(report, NextDisplayId());
    }

    private async Task ImportAsync(ImportRequest import, CellSource importer, CellRun run, IReadOnlyList<string> importers)
    {
        var path = Path.GetFullPath(import.Path, _directory);
        if (importers.Contains(path, StringComparer.Ordinal))
            throw new CellException(CellError.At(importer, import.Line, "ImportError", $"{import.Path} imports itself"));
        foreach (var (isCode, cell) in ImportedFile.Read(path, import, importer))
        {
            try
            {
                if (isCode) await RunCellAsync(cell, run, [.. importers, path]).ConfigureAwait(false);
                else Output.Display([new("text/markdown", cell.Code)], NextDisplayId());
            }
            catch (CellException e)
            {
                throw new CellException(e.Error.ImportedBy(importer, import.Line));
            }
        }
    }

    private async Task RunCodeAsync(string code, CellSource cell, CellRun run)
    {
        if (string.IsNullOrWhiteSpace(code)) return;
        var compilation = _compiler.Compile(code, cell.Path, canStop: true);
        run.Interruption.ThrowIfCancellationRequested();
        if (_compiler.Load(compilation, cell, asWritten: () => _compiler.Compile(code, cell.Path)) is not { } start) return;
        var hasValue = SubmissionCompiler.HasValue(compilation);
        run.IsInCode = true;
        await _thread.Start(() => RunAsync(start, hasValue, cell, run)).ConfigureAwait(false);
        run.IsInCode = false;
    }

    private async Task RunAsync(Func<Task<object?>> start, bool hasValue, CellSource cell, CellRun run)
    {
        using var reflection = _context.EnterContextualReflection();
        try
        {
            var value = await start().ConfigureAwait(false);
            if (hasValue) run.Result(ValueFormatter.Format(value, []));
        }
        catch (Exception e)
        {
            if (run.IsInterrupted && RuntimeErrors.IsStop(e)) run.Stopped ??= RuntimeErrors.DescribeStop(e, cell);
            throw new CellException(run.Stopped ?? RuntimeErrors.Describe(e, cell));
        }
    }
}
