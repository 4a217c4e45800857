using System.Text.Json.Nodes;
using NotebookHost.Notebooks;

namespace NotebookHost.Conversion;

/// <summary>Reads an app that <see cref="AppWriter"/> has written,
/// and that people may have edited since, as a notebook.</summary>
internal static class AppReader
{
    private sealed record Part(int Line, string Kind, JsonObject Rest, List<string> Lines);

    /// <param name="text">The app.</param>
    /// <param name="path">The app's file: for messages, and for the imports beside it.</param>
    /// <exception cref="HostException">It is no such app, or something was changed
    /// that a notebook has no place for.</exception>
    public static Notebook Read(string text, string path)
    {
        // Git may have given the file the line ends of the system.
        if (text.IndexOf('\n') is > 0 and var end && text[end - 1] == '\r') text = text.ReplaceLineEndings("\n");
        var parts = Parts(text, path);
        if (parts is not [{ Kind: CellHeader.Notebook } first, .. var cells, { Kind: CellHeader.End } last])
            throw new HostException($"{path}: expected an app that a notebook was converted to: from '{AppLines.Cell} "
                + $"[{CellHeader.Notebook}]' to '{AppLines.Cell} [{CellHeader.End}]'");

        var root = CellHeader.ToNotebook(first.Rest);
        root["cells"] = new JsonArray([.. cells.Select(part => (JsonNode)CellHeader.ToCell(part.Kind, part.Rest, NotebookCell.Lines(Source(part, path))))]);
        var ordered = new JsonObject(root.OrderBy(member => member.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        var notebook = Notebook.Parse(ordered.ToJsonString(), path);

        // What is made from the cells would be lost if somebody had changed it there.
        var again = Parts(AppWriter.Write(notebook, Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileNameWithoutExtension(path)), path);
        // The name may have changed with the file's.
        CheckSame(again[0].Lines.Where(IsOfTheCells), first.Lines.Where(IsOfTheCells), path);
        CheckSame(again[^1].Lines, last.Lines, path);
        return notebook;
    }

    private static bool IsOfTheCells(string line) =>
        AppLines.Starts(line, "#:package") || AppLines.Starts(line, "using ");

    private static List<Part> Parts(string text, string path)
    {
        List<Part> parts = [];
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (AppLines.StartsCell(lines[i]) && parts is not [.., { Kind: CellHeader.End }])
            {
                var (kind, rest) = CellHeader.Read(lines[i], $"{path}, line {i + 1}");
                parts.Add(new(i + 1, kind, rest, []));
            }
            else if (parts.Count > 0)
            {
                parts[^1].Lines.Add(lines[i]);
            }
            else if (lines[i].Trim().Length > 0 && !AppLines.Starts(lines[i], "#!"))
            {
                throw new HostException($"{path}, line {i + 1}: expected '{AppLines.Cell} [{CellHeader.Notebook}]', "
                    + $"found '{lines[i].Trim()}'");
            }
        }
        return parts;
    }

    private static string Source(Part part, string path)
    {
        List<string> source = [];
        var isApps = false;
        var lines = part.Lines;
        // One line stands between two cells.
        var count = lines.Count > 0 && lines[^1].Length == 0 ? lines.Count - 1 : lines.Count;
        for (var i = 0; i < count; i++)
        {
            var line = lines[i];
            if (part.Kind != "code")
            {
                source.Add(AppLines.Commented(line) ?? (line.Trim().Length == 0
                    ? ""
                    : throw new HostException($"{path}, line {part.Line + 1 + i}: expected a comment, since this is a "
                        + $"{part.Kind} cell; found '{line}'")));
            }
            else if (isApps || AppLines.Starts(line, AppLines.AppBegin))
            {
                isApps = !AppLines.Starts(line, AppLines.AppEnd);
            }
            else if (AppLines.Starts(line, AppLines.Notebook))
            {
                source.Add(AppLines.Kept(line));
            }
            else if (!AppLines.Starts(line, AppLines.App))
            {
                source.Add(line);
            }
        }
        return isApps
            ? throw new HostException(
                $"{path}: the cell at line {part.Line} has {AppLines.AppBegin} without {AppLines.AppEnd}"
            )
            : string.Join('\n', source);
    }

    private static void CheckSame(IEnumerable<string> expected, IEnumerable<string> found, string path)
    {
        var (left, right) = (expected.ToHashSet(StringComparer.Ordinal), found.ToHashSet(StringComparer.Ordinal));
        if (right.FirstOrDefault(line => !left.Contains(line)) is { } added)
            throw new HostException($"{path}: '{added.Trim()}' is of no cell; put it into one, after "
                + $"{AppLines.Notebook}");
        if (left.FirstOrDefault(line => !right.Contains(line)) is { } missing)
            throw new HostException($"{path}: a cell has '{missing.Trim()}', and the part of the app that is made "
                + "from the cells does not; change the cell's line too");
    }
}
