using NotebookHost.Notebooks;

namespace NotebookHost.Cells;

/// <summary>The cells of a file that a cell imports, in order.</summary>
/// <remarks>The kernel's own <c>#!import</c> goes on after an imported cell has failed,
/// and names no place in the file.</remarks>
internal static class ImportedFile
{
    /// <param name="import">The line that imports it.</param>
    /// <param name="importer">Its cell.</param>
    /// <param name="directory">The notebook's folder.</param>
    /// <param name="importers">The files that import this one, outermost first.</param>
    /// <exception cref="CellException">There is no such file, it is of another kind, or it imports itself.</exception>
    public static IReadOnlyList<CellSource> Read(CellDirective import, CellSource importer, string directory, IReadOnlyList<string> importers)
    {
        if (import.Argument.Length == 0) throw Failure($"{import.Name} needs a file: {import.Name} helpers.ipynb");
        var path = Path.GetFullPath(import.Argument, directory);
        if (importers.Contains(path, StringComparer.Ordinal)) throw Failure($"{import.Argument} imports itself");
        if (!File.Exists(path)) throw Failure($"there is no {import.Argument} (looked for {path})");
        var name = Path.GetFileName(path);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".cs" or ".csx":
                return [new(1, File.ReadAllText(path), Languages.CSharp, name)];
            case ".ipynb" or ".dib":
                break;
            default:
                throw Failure($"{import.Argument}: expected a file .ipynb, .dib, .cs or .csx");
        }
        try
        {
            var number = 0;
            return
            [
                .. Notebook.Load(path).Cells.Where(cell => cell.Kind is "code" or "markdown").Select(cell => cell.Kind == "code"
                    ? new CellSource(++number, cell.Source, cell.Language, name)
                    : new CellSource(number, cell.Source, Languages.Markdown, name)),
            ];
        }
        catch (HostException e)
        {
            throw Failure(e.Message);
        }

        CellException Failure(string message) => new(CellError.At(importer, import.Line, "ImportError", message));
    }
}
