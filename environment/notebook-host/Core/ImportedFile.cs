using NotebookHost.Notebooks;

namespace NotebookHost.Core;

/// <summary>The cells of a file that a cell imports, in order: markdown to show, C# to run.</summary>
internal static class ImportedFile
{
    /// <param name="path">The file's full path.</param>
    /// <param name="request">What the importing cell says.</param>
    /// <param name="importer">The importing cell.</param>
    /// <exception cref="CellException">There is no such file, or it is of another kind.</exception>
    public static IReadOnlyList<(bool IsCode, CellSource Cell)> Read(string path, ImportRequest request, CellSource importer)
    {
        if (!File.Exists(path)) throw Failure($"there is no {request.Path} (looked for {path})");
        var name = Path.GetFileName(path);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".cs" or ".csx":
                return [(true, new(1, File.ReadAllText(path), name))];
            case ".ipynb":
                break;
            default:
                throw Failure($"{request.Path}: expected a file .ipynb, .cs or .csx");
        }

        List<(bool, CellSource)> cells = [];
        var number = 0;
        try
        {
            foreach (var cell in Notebook.Load(path).Cells)
            {
                if (cell.Kind == "code")
                {
                    number++;
                    if (!cell.IsCSharp) throw Failure($"{request.Path}: code cell {number} is for the kernel '{cell.Language}'; this host runs csharp");
                    cells.Add((true, new(number, cell.Source, name)));
                }
                else if (cell.Kind == "markdown")
                {
                    cells.Add((false, new(number, cell.Source, name)));
                }
            }
        }
        catch (HostException e)
        {
            throw Failure(e.Message);
        }
        return cells;

        CellException Failure(string message) => new(CellError.At(importer, request.Line, "ImportError", message));
    }
}
