namespace NotebookHost.Cells;

/// <summary>
/// A cell as it is given to the kernel. Imported files stand where the cell imports them, and <c>#line</c> says to the
/// compiler where in which cell each part is, so that its messages and stack traces need no translation.
/// </summary>
internal sealed class Submission
{
    private readonly List<string> lines = [];
    private readonly List<(CellSource Cell, int Line)> places = [];
    private readonly Dictionary<string, (CellSource Cell, int? ImportedBy)> cells = new(StringComparer.Ordinal);
    private readonly string directory;

    /// <param name="cell">The cell.</param>
    /// <param name="directory">The notebook's folder: imports are found from there.</param>
    /// <exception cref="CellException">An import is not right.</exception>
    public Submission(CellSource cell, string directory)
    {
        (Cell, this.directory) = (cell, directory);
        Append(cell, null, []);
    }

    public CellSource Cell { get; }

    public string Code => string.Join('\n', lines);

    /// <summary>The directives of the cell and of what it imports, each with its cell.</summary>
    public IEnumerable<(CellSource Cell, CellDirective Directive)> Directives =>
        cells.Values.SelectMany(part => CellDirective.Of(part.Cell).Select(directive => (part.Cell, directive)));

    /// <summary>The cell that the compiler knows by this name, if it is a part of this submission.</summary>
    public CellSource? Find(string? name) =>
        name is not null && cells.TryGetValue(name, out var part) ? part.Cell : null;

    /// <summary>Where a line of the code, from 1, was written.</summary>
    public (CellSource Cell, int Line)? PlaceOf(int line) =>
        line >= 1 && line <= places.Count ? places[line - 1] : null;

    /// <summary>An error of a part, told as one of the cell itself.</summary>
    public CellError Own(CellError error, CellSource part) =>
        cells[part.Path].ImportedBy is { } line ? error.ImportedBy(Cell, line) : error;

    private void Append(CellSource cell, int? importedBy, IReadOnlyList<string> importers)
    {
        cells[cell.Path] = (cell, importedBy);
        var language = cell.Language;
        var isPlaced = false;
        foreach (var (i, text) in cell.Lines.Index())
        {
            var line = i + 1;
            var directive = CellDirective.Of(text, line);
            if (directive is { IsImport: true })
            {
                foreach (var imported in ImportedFile.Read(directive, cell, directory, importers))
                {
                    Emit($"#!{imported.Language}", cell, line);
                    Append(
                        imported,
                        importedBy ?? line,
                        [.. importers, Path.GetFullPath(directive.Argument, directory)]
                    );
                }
                Emit($"#!{language}", cell, line);
            }
            else
            {
                if (directive is null && !isPlaced && language == Languages.CSharp && text.Trim().Length > 0)
                {
                    Emit($"#line {line} \"{cell.Path}\"", cell, line);
                    isPlaced = true;
                }
                Emit(text, cell, line);
            }
            if (directive is null) continue;
            // The kernel takes what follows as a part of its own.
            isPlaced = false;
            language = directive.Language ?? language;
        }
    }

    private void Emit(string text, CellSource cell, int line)
    {
        lines.Add(text);
        places.Add((cell, line));
    }
}
