using NotebookHost.Cells;
using NotebookHost.Notebooks;
using NotebookHost.Running;

namespace NotebookHost.Conversion;

/// <summary>Writes a notebook as an app of one file: <c>dotnet run --file name.cs</c>.</summary>
internal static class AppWriter
{
    /// <summary>The app's text.</summary>
    /// <param name="notebook">The notebook; its outputs are left out.</param>
    /// <param name="directory">Its folder: imports are found from there.</param>
    /// <param name="name">The app's name, without an extension.</param>
    /// <exception cref="HostException">A cell cannot be part of an app; the message names it.</exception>
    public static string Write(Notebook notebook, string directory, string name)
    {
        var head = new AppHead();
        var names = new AppNames();
        var cells = new AppCells(directory, head, names);
        List<string> lines = [];
        var number = 0;
        foreach (var cell in notebook.Cells)
        {
            lines.Add(CellHeader.OfCell(cell.Json));
            if (cell.Kind == "code")
            {
                number++;
                lines.AddRange(
                    cells.Write(new CellSource(number, cell.Source, cell.Language), cell.Tags.Contains(Parameters.Tag))
                );
            }
            else
            {
                lines.AddRange(cell.Source.Split('\n').Select(AppLines.Comment));
            }
            lines.Add("");
        }
        names.CheckBlocks();
        return string.Join('\n',
            [CellHeader.OfNotebook(notebook.Root), .. head.Before(name), .. lines, $"{AppLines.Cell} [{CellHeader.End}]", .. head.After()]);
    }
}
