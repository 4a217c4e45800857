using System.Diagnostics;
using NotebookHost.Cells;
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
    /// <summary>Runs it and writes what the request asks for, also after a failure and when it is stopped.</summary>
    /// <returns>The error that ended the run, or null.</returns>
    /// <exception cref="HostException">The notebook or its parameters are not right; nothing has been run.</exception>
    public async Task<CellError?> RunAsync(RunRequest request, CancellationToken cancellation)
    {
        var notebook = Notebook.Load(request.Path);
        CheckLanguages(notebook, request.Path);
        var directory = Path.GetDirectoryName(Path.GetFullPath(request.Path))!;
        notebook.Cells.RemoveAll(c => c.Tags.Contains(Parameters.InjectedTag));
        var parameters = Parameters.Read(notebook, request.Set);
        var injected = parameters.AreGiven ? Inject(notebook, parameters) : null;
        foreach (var cell in notebook.CodeCells) cell.Clear();
        notebook.GiveIds();

        var recorder = new NotebookRecorder(progress);
        using var session = new KernelSession(directory, recorder.Add);
        var durations = new Dictionary<NotebookCell, TimeSpan>();
        CellError? error = null;
        var total = notebook.CodeCells.Count();
        var number = 0;
        foreach (var cell in notebook.CodeCells)
        {
            cell.ExecutionCount = ++number;
            recorder.Begin(cell);
            if (cell == injected) cell.SetSource(parameters.Assignments(session.LastScript));
            progress.Begin(number, total, cell.Source);
            var watch = Stopwatch.StartNew();
            error = await session
                .RunAsync(new(number, cell.Source, cell.Language), request.Timeout, cancellation)
                .ConfigureAwait(false);
            durations[cell] = watch.Elapsed;
            progress.End(number, total, watch.Elapsed, failed: error is not null);
            if (error is not null) recorder.Add(error);

            // After each cell: a native library may yet end the process.
            recorder.Write();
            if (request.OutNotebook is { } executed) notebook.Save(executed);
            if (error is not null) break;
        }
        if (request.OutHtml is { } page)
        {
            foreach (var address in HtmlPage.Save(notebook, page, directory, durations, recorder.PageHeads))
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

    private static void CheckLanguages(Notebook notebook, string path)
    {
        var language = notebook.Root["metadata"]?["kernelspec"]?["language"]?.GetValue<string>() ?? Languages.CSharp;
        if (Languages.Find(language) != Languages.CSharp)
            throw new HostException($"{path}: metadata.kernelspec.language: expected C#, found {language}");
        foreach (var (i, cell) in notebook.CodeCells.Index())
        {
            if (Languages.Find(cell.Language) is null)
                throw new HostException($"{path}: code cell {i + 1} is for the kernel '{cell.Language}'; this host "
                    + $"runs {Languages.All}");
        }
    }
}
