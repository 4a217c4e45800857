using System.Diagnostics;
using NotebookHost.Core;
using NotebookHost.Notebooks;
using NotebookHost.Pages;

namespace NotebookHost.Running;

/// <summary>What to run, and where its results go.</summary>
internal sealed record RunRequest(string Path)
{
    public IReadOnlyList<string> Set { get; init; } = [];
    public string? OutNotebook { get; init; }
    public string? OutHtml { get; init; }

    /// <summary>For each cell.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;
}

/// <summary>Runs a notebook from its first cell to its last or to the first that fails.</summary>
internal sealed class HeadlessRunner(RunProgress progress)
{
    /// <summary>Runs it and writes what the request asks for, also after a failure.</summary>
    /// <returns>The error that ended the run, or null.</returns>
    /// <exception cref="HostException">The notebook or its parameters are not right; nothing has been run.</exception>
    public async Task<CellError?> RunAsync(RunRequest request, CancellationToken cancellation)
    {
        var notebook = Notebook.Load(request.Path);
        CheckLanguage(notebook, request.Path);
        var directory = Path.GetDirectoryName(Path.GetFullPath(request.Path))!;
        notebook.Cells.RemoveAll(c => c.Tags.Contains(Parameters.InjectedTag));
        var parameters = Parameters.Read(notebook, request.Set, directory);
        var injected = parameters.AreGiven ? Inject(notebook, parameters) : null;
        foreach (var cell in notebook.CodeCells) cell.Clear();
        notebook.GiveIds();

        var warmUp = KernelSession.WarmUp();
        var recorder = new NotebookRecorder(progress.Echo, progress.Status);
        using var session = new KernelSession(recorder, directory);
        var durations = new Dictionary<NotebookCell, TimeSpan>();
        CellError? error = null;
        var total = notebook.CodeCells.Count();
        var number = 0;
        foreach (var cell in notebook.CodeCells)
        {
            cell.ExecutionCount = ++number;
            recorder.Begin(cell);
            await warmUp.ConfigureAwait(false);
            if (cell == injected) cell.SetSource(parameters.Assignments(session.LastCompilation!));
            progress.Begin(number, total, cell.Source);
            var watch = Stopwatch.StartNew();
            error = await session.ExecuteAsync(new(number, cell.Source), request.Timeout, cancellation).ConfigureAwait(false);
            durations[cell] = watch.Elapsed;
            progress.End(number, total, watch.Elapsed, failed: error is not null);
            if (error is not null) recorder.Error(error);

            // After each cell: a native library may yet end the process.
            recorder.Write();
            if (request.OutNotebook is { } executed) notebook.Save(executed);
            if (error is not null) break;
        }
        if (request.OutHtml is { } page)
        {
            foreach (var address in HtmlPage.Save(notebook, page, directory, durations, recorder.PageHeads()))
                progress.Status($"note: the page loads {address} from the network");
        }
        return error;
    }

    private static NotebookCell Inject(Notebook notebook, Parameters parameters)
    {
        var cell = NotebookCell.Code(Parameters.InjectedTag, [Parameters.InjectedTag]);
        notebook.Cells.Insert(notebook.Cells.IndexOf(parameters.Cell!) + 1, cell);
        return cell;
    }

    private static void CheckLanguage(Notebook notebook, string path)
    {
        var language = notebook.Root["metadata"]?["kernelspec"]?["language"]?.GetValue<string>();
        if (language is not (null or "C#" or "csharp"))
            throw new HostException($"{path}: metadata.kernelspec.language: expected C#, found {language}");
        var number = 0;
        foreach (var cell in notebook.CodeCells)
        {
            number++;
            if (!cell.IsCSharp)
                throw new HostException($"{path}: code cell {number} is for the kernel '{cell.Language}'; this host runs csharp");
        }
    }
}
