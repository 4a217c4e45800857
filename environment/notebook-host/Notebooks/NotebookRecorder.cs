using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using NotebookHost.Core;
using NotebookHost.Formatting;
using NotebookHost.Pages;

namespace NotebookHost.Notebooks;

/// <summary>
/// Collects a run's outputs into the cells of a notebook. Pieces of a stream that follow each other become one output; an
/// updated display stays one output, where it was first shown.
/// </summary>
internal sealed class NotebookRecorder(Action<StreamName, string> echo, Action<string> status) : IKernelOutput
{
    private abstract record Output;

    private sealed record StreamOutput(StreamName Name, StreamText Text) : Output;

    private sealed record ErrorOutput(CellError Error) : Output;

    private sealed record BundleOutput(string Type, string? DisplayId) : Output
    {
        public required IReadOnlyList<FormattedValue> Bundle { get; set; }
    }

    private readonly Lock _gate = new();
    private readonly HashSet<object> _headFormatters = new(ReferenceEqualityComparer.Instance);
    private readonly List<(NotebookCell Cell, List<Output> Outputs)> _cells = [];

    /// <summary>From here on, outputs belong to this cell.</summary>
    public void Begin(NotebookCell cell)
    {
        lock (_gate) _cells.Add((cell, []));
    }

    public void Stream(StreamName name, string text)
    {
        lock (_gate)
        {
            if (_cells is not [.., var current]) return;
            if (current.Outputs is not [.., StreamOutput last] || last.Name != name)
            {
                last = new(name, new());
                current.Outputs.Add(last);
            }
            last.Text.Append(text);
            echo(name, text);
        }
    }

    public void Display(IReadOnlyList<FormattedValue> bundle, string displayId) => Add("display_data", bundle, displayId);

    public void Result(IReadOnlyList<FormattedValue> bundle) => Add("execute_result", bundle, null);

    public void Update(IReadOnlyList<FormattedValue> bundle, string displayId)
    {
        lock (_gate)
        {
            foreach (var output in _cells.SelectMany(c => c.Outputs).OfType<BundleOutput>().Where(o => o.DisplayId == displayId))
                output.Bundle = bundle;
        }
    }

    public void Error(CellError error)
    {
        lock (_gate) _cells[^1].Outputs.Add(new ErrorOutput(error));
    }

    public void NeedsPageHead(object formatter)
    {
        lock (_gate) _headFormatters.Add(formatter);
    }

    /// <summary>What the head of a page with these outputs needs.</summary>
    public IReadOnlyList<string> PageHeads()
    {
        lock (_gate) return [.. _headFormatters.Select(FormatterRegistry.PageHead).Distinct(StringComparer.Ordinal)];
    }

    public void Status(string message) => status(message);

    /// <summary>Puts the outputs so far into the notebook's cells.</summary>
    public void Write()
    {
        lock (_gate)
        {
            var once = new EmbedOnce();
            foreach (var (cell, outputs) in _cells)
            {
                cell.Outputs.Clear();
                foreach (var output in outputs) cell.Outputs.Add(ToJson(output, cell, once));
            }
        }
    }

    private void Add(string type, IReadOnlyList<FormattedValue> bundle, string? displayId)
    {
        lock (_gate)
        {
            if (_cells is not [.., var current]) return;
            current.Outputs.Add(new BundleOutput(type, displayId) { Bundle = bundle });
            if (bundle.FirstOrDefault(v => v.MimeType == "text/plain") is { } text) echo(StreamName.Out, text.Value + "\n");
        }
    }

    // Keys in the order of the alphabet, as Jupyter writes them.
    private static JsonObject ToJson(Output output, NotebookCell cell, EmbedOnce once) => output switch
    {
        StreamOutput stream => new()
        {
            ["name"] = stream.Name == StreamName.Out ? "stdout" : "stderr",
            ["output_type"] = "stream",
            ["text"] = NotebookCell.Lines(stream.Text.ToString()),
        },
        BundleOutput { Type: "execute_result" } result => new()
        {
            ["data"] = Data(result.Bundle, once),
            ["execution_count"] = cell.ExecutionCount,
            ["metadata"] = new JsonObject(),
            ["output_type"] = result.Type,
        },
        BundleOutput display => new()
        {
            ["data"] = Data(display.Bundle, once),
            ["metadata"] = new JsonObject(),
            ["output_type"] = display.Type,
        },
        ErrorOutput error => new()
        {
            ["ename"] = error.Error.Name,
            ["evalue"] = error.Error.Message,
            ["output_type"] = "error",
            ["traceback"] = new JsonArray([.. error.Error.Traceback.Select(line => (JsonNode)line)]),
        },
        _ => throw new InvalidOperationException($"unknown output {output.GetType().Name}"),
    };

    private static JsonObject Data(IReadOnlyList<FormattedValue> bundle, EmbedOnce once)
    {
        var data = new JsonObject();
        foreach (var value in bundle.OrderBy(v => v.MimeType, StringComparer.Ordinal))
        {
            data[value.MimeType] = value.MimeType switch
            {
                "text/html" => NotebookCell.Lines(once.Filter(value.Value)),
                _ when value.MimeType.EndsWith("json", StringComparison.Ordinal) => JsonNode.Parse(value.Value),
                _ => NotebookCell.Lines(value.Value),
            };
        }
        return data;
    }
}
