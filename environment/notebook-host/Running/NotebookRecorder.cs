using System.Collections;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using NotebookHost.Cells;
using NotebookHost.Notebooks;
using NotebookHost.Pages;

namespace NotebookHost.Running;

/// <summary>
/// Collects what the kernels say into the cells of a notebook. Pieces of a stream that follow each other become one
/// output; an updated display stays one output, where it was first shown.
/// </summary>
internal sealed class NotebookRecorder(RunProgress progress)
{
    private abstract record Output;

    private sealed record StreamOutput(bool IsError, StreamText Text) : Output;

    private sealed record ErrorOutput(CellError Error) : Output;

    private sealed record BundleOutput(bool IsResult, string DisplayId) : Output
    {
        public required IReadOnlyList<FormattedValue> Bundle { get; set; }
    }

    private readonly Lock gate = new();
    private readonly HashSet<string> heads = new(StringComparer.Ordinal);
    private readonly HashSet<Type> types = [];
    private readonly List<(NotebookCell Cell, List<Output> Outputs)> cells = [];

    /// <summary>What the head of a page with these outputs needs: a formatter's <c>PageHead</c>,
    /// such as a drawing library.</summary>
    public IReadOnlyList<string> PageHeads
    {
        get
        {
            lock (gate) return [.. heads];
        }
    }

    /// <summary>From here on, outputs belong to this cell.</summary>
    public void Begin(NotebookCell cell)
    {
        lock (gate) cells.Add((cell, []));
    }

    /// <summary>Takes an event of a kernel; those that show nothing are left out.</summary>
    public void Add(KernelEvent e)
    {
        lock (gate)
        {
            if (cells is not [.., var (_, outputs)]) return;
            switch (e)
            {
                case StandardOutputValueProduced or StandardErrorValueProduced or ErrorProduced:
                    AddText(outputs, e is not StandardOutputValueProduced, e is ErrorProduced error ? error.Message + "\n" : ((DisplayEvent)e).FormattedValues.First().Value);
                    break;
                case DisplayedValueUpdated updated when cells.SelectMany(c => c.Outputs).OfType<BundleOutput>().FirstOrDefault(o => o.DisplayId == updated.ValueId) is { } output:
                    output.Bundle = Bundle(updated);
                    break;
                case ReturnValueProduced { Value: DisplayedValue }:
                    // It stands there already.
                    break;
                // The kernel tells two different ids for what display() shows and for what it returns: the first update
                // stands by itself.
                case DisplayedValueProduced or ReturnValueProduced or DisplayedValueUpdated:
                    var shown = (DisplayEvent)e;
                    var bundle = Bundle(shown);
                    outputs.Add(new BundleOutput(e is ReturnValueProduced, shown.ValueId ?? "") { Bundle = bundle });
                    if (bundle.FirstOrDefault(v => v.MimeType is PlainTextFormatter.MimeType or "text/csv") is { Value: var text }) progress.Echo(false, text.TrimEnd() + "\n");
                    AddPageHead(shown.Value);
                    break;
            }
        }
    }

    public void Add(CellError error)
    {
        lock (gate) cells[^1].Outputs.Add(new ErrorOutput(error));
    }

    /// <summary>Puts the outputs so far into the notebook's cells.</summary>
    public void Write()
    {
        lock (gate)
        {
            var once = new EmbedOnce();
            foreach (var (cell, outputs) in cells)
            {
                cell.Outputs.Clear();
                foreach (var output in outputs) cell.Outputs.Add(ToJson(output, cell, once));
            }
        }
    }

    private void AddText(List<Output> outputs, bool isError, string text)
    {
        if (outputs is not [.., StreamOutput last] || last.IsError != isError)
        {
            last = new(isError, new());
            outputs.Add(last);
        }
        last.Text.Append(text);
        progress.Echo(isError, text);
    }

    /// <summary>The values; HTML alone gets a text for terminals and programs that show no HTML.</summary>
    private static IReadOnlyList<FormattedValue> Bundle(DisplayEvent shown) =>
        shown.FormattedValues.All(v => v.MimeType == HtmlFormatter.MimeType)
        && shown.Value is not (null or string or IHtmlContent)
            ? [.. shown.FormattedValues, new(PlainTextFormatter.MimeType, shown.Value.ToString() ?? "")]
            : [.. shown.FormattedValues];

    // By the convention that types show themselves by; the member is this host's own, and other hosts do not look at
    // it.
    private void AddPageHead(object? value)
    {
        if (value is null || !types.Add(value.GetType())) return;
        foreach (var attribute in value.GetType().GetCustomAttributes(inherit: true).Where(a => a.GetType().Name == nameof(TypeFormatterSourceAttribute)))
        {
            if (Get(attribute, nameof(TypeFormatterSourceAttribute.FormatterSourceType)) is not Type type) continue;
            var source = Activator.CreateInstance(type)!;
            if (type.GetMethod(nameof(ITypeFormatterSource.CreateTypeFormatters))?.Invoke(source, null) is not IEnumerable formatters) continue;
            foreach (var formatter in formatters)
                if (Get(formatter, "PageHead") is string head) heads.Add(head);
        }

        static object? Get(object from, string property) => from.GetType().GetProperty(property)?.GetValue(from);
    }

    // Keys in the order of the alphabet, as Jupyter writes them.
    private static JsonObject ToJson(Output output, NotebookCell cell, EmbedOnce once) => output switch
    {
        StreamOutput stream => new()
        {
            ["name"] = stream.IsError ? "stderr" : "stdout",
            ["output_type"] = "stream",
            ["text"] = NotebookCell.Lines(stream.Text.ToString()),
        },
        BundleOutput { IsResult: true } result => new()
        {
            ["data"] = Data(result.Bundle, once),
            ["execution_count"] = cell.ExecutionCount,
            ["metadata"] = new JsonObject(),
            ["output_type"] = "execute_result",
        },
        BundleOutput display => new()
        {
            ["data"] = Data(display.Bundle, once),
            ["metadata"] = new JsonObject(),
            ["output_type"] = "display_data",
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
            // The kernel's own HTML has Windows' ends of lines.
            var text = value.Value.Replace("\r\n", "\n", StringComparison.Ordinal);
            data[value.MimeType] = value.MimeType switch
            {
                HtmlFormatter.MimeType => NotebookCell.Lines(once.Filter(text)),
                _ when value.MimeType.EndsWith("json", StringComparison.Ordinal) => JsonNode.Parse(value.Value),
                _ => NotebookCell.Lines(text),
            };
        }
        return data;
    }
}
