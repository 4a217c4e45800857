using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Documents;
using Microsoft.DotNet.Interactive.Documents.Jupyter;
using NotebookHost.Cells;

namespace NotebookHost.Notebooks;

/// <summary>An .ipynb file, format 4. What this host does not know stays in it as it was.</summary>
/// <remarks>.NET Interactive's InteractiveDocument reads .dib files; of .ipynb files it drops raw cells, attachments
/// and what it does not know.</remarks>
internal sealed class Notebook
{
    private readonly int indent;

    private Notebook(JsonObject root, JsonArray cells, int indent)
    {
        Root = root;
        this.indent = indent;
        Cells = [.. cells.Select(cell => new NotebookCell(cell!.AsObject()))];
    }

    public JsonObject Root { get; }

    public List<NotebookCell> Cells { get; }

    /// <summary>The code cells that have something to run, in order.</summary>
    public IEnumerable<NotebookCell> CodeCells => Cells.Where(c => c.Kind == "code");

    /// <exception cref="HostException">There is no such file, or it is no notebook of format 4.</exception>
    public static Notebook Load(string path)
    {
        if (!File.Exists(path)) throw new HostException($"{path}: no such notebook");
        var text = File.ReadAllText(path);
        return Parse(
            Path.GetExtension(path).Equals(".dib", StringComparison.OrdinalIgnoreCase) ? FromDib(text, path) : text,
            path
        );
    }

    public static Notebook Parse(string json, string path)
    {
        try
        {
            if (NotebookJson.Read(json) is not JsonObject root) throw new HostException($"{path}: expected a JSON "
                + "object, found something else");
            var format = root["nbformat"]?.ToJsonString() ?? "none";
            if (format != "4") throw new HostException($"{path}: nbformat: expected 4, found {format}");
            if (root["nbformat_minor"] is { } minor && !(minor is JsonValue number && number.TryGetValue<int>(out _)))
                throw new HostException($"{path}: nbformat_minor: expected a whole number, found "
                    + $"{minor.ToJsonString()}");
            if (root["cells"] is not JsonArray cells || cells.Any(c => c is not JsonObject || c["cell_type"] is null))
                throw new HostException($"{path}: cells: expected a list of cells, each with a cell_type");
            var notebook = new Notebook(root, cells, NotebookJson.IndentOf(json));
            for (var i = 0; i < cells.Count; i++) Check(notebook.Cells[i], $"{path}, cell {i + 1}");
            return notebook;
        }
        catch (JsonException e)
        {
            throw new HostException($"{path}: not JSON: {e.Message}");
        }
    }

    /// <summary>Looks at every field of a cell, since its kind is found only then.</summary>
    private static void Check(NotebookCell cell, string place)
    {
        try
        {
            _ = (cell.Kind, cell.Id, cell.Source, cell.Tags, cell.ExecutionCount, cell.Language);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new HostException($"{place}: a field is of another kind than nbformat 4 has it: {e.Message}");
        }
        if (
            cell.Json["outputs"] is { } outputs
            && (outputs is not JsonArray list || list.Any(o => o is not JsonObject))
        )
            throw new HostException($"{place}: outputs: expected a list of objects");
    }

    // Kernels that the file does not name are text to the reader, and these are what cells may be for.
    private static string FromDib(string text, string path)
    {
        try
        {
            return CodeSubmission.Parse(text, new()
            {
                new KernelInfo(Languages.CSharp, "C#", ["c#", "C#"]), new KernelInfo("html"),
                new KernelInfo("javascript", null, ["js"]), new KernelInfo("value"), new KernelInfo("fsharp", "F#", ["f#", "F#"]),
                new KernelInfo("pwsh", null, ["powershell"]), new KernelInfo("mermaid"), new KernelInfo("http"),
                new KernelInfo("sql"), new KernelInfo("kql"),
            }).ToJupyterJson("csharp");
        }
        catch (JsonException e)
        {
            throw new HostException($"{path}: its #!meta is not JSON: {e.Message}");
        }
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public void Save(string path)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(draft, ToJson(), new UTF8Encoding(false));
        File.Move(draft, path, overwrite: true);
    }

    public string ToJson()
    {
        var cells = Root["cells"]!.AsArray();
        cells.Clear();
        foreach (var cell in Cells) cells.Add(cell.Json);
        return NotebookJson.Write(Root, indent);
    }

    /// <summary>Brings the file to format 4.5, in which cells have ids.</summary>
    public void GiveIds()
    {
        if ((Root["nbformat_minor"]?.GetValue<int>() ?? 0) < 5) Root["nbformat_minor"] = 5;
        var taken = Cells.Select(c => c.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < Cells.Count; i++)
        {
            if (Cells[i].Id is not null) continue;
            var id = $"cell-{i + 1}";
            while (!taken.Add(id)) id += "x";
            Cells[i].Json.Insert(0, "id", id);
        }
    }
}
