using System.Text;
using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using NotebookHost.Core;
using NotebookHost.Formatting;

namespace NotebookHost.Jupyter;

/// <summary>The request that outputs belong to.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Cell">The cell it came from: its id, or its code where the front end sends none.</param>
/// <param name="ExecutionCount">The number of the cell.</param>
/// <param name="IsSilent">Whether nothing is to be published.</param>
internal sealed record OutputOrigin(JsonObject Header, string Cell, int ExecutionCount, bool IsSilent);

/// <summary>
/// Publishes a session's outputs. What a cell prints is gathered for an instant, so that ten thousand lines are not ten
/// thousand messages.
/// </summary>
internal sealed class JupyterOutput : IKernelOutput, IDisposable
{
    private const int GatheredMilliseconds = 25;
    private const int GatheredCharacters = 32 * 1024;

    /// <summary>What AnsiConsole.Clear() writes, and terminals obey.</summary>
    private const string ClearScreen = "\u001b[2J";

    private readonly Action<string, JsonObject?, JsonObject> _publish;
    private readonly AsyncLocal<OutputOrigin?> _origin = new();
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly Timer _timer;
    private readonly Dictionary<object, (OutputOrigin Origin, string? DisplayId)> _headCarriers = new(ReferenceEqualityComparer.Instance);
    private OutputOrigin? _last;
    private (OutputOrigin Origin, StreamName Name)? _stream;
    private object? _needsHead;

    /// <param name="publish">Sends a message: type, the header of the request, content.</param>
    public JupyterOutput(Action<string, JsonObject?, JsonObject> publish)
    {
        _publish = publish;
        _timer = new(_ => Flush(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>From here on, outputs of the calling code and what it starts belong to this request.</summary>
    public void Begin(OutputOrigin origin) => _origin.Value = _last = origin;

    public void Stream(StreamName name, string text)
    {
        if (Origin is not { IsSilent: false } origin) return;
        lock (_gate)
        {
            if (_stream is { } open && (open.Name != name || open.Origin != origin)) FlushLocked();
            if (text.LastIndexOf(ClearScreen, StringComparison.Ordinal) is >= 0 and var clear)
            {
                FlushLocked();
                _publish("clear_output", origin.Header, new() { ["wait"] = true });
                foreach (var (formatter, _) in _headCarriers.Where(c => c.Value.Origin.Cell == origin.Cell)) _headCarriers.Remove(formatter);
                text = text[(clear + ClearScreen.Length)..];
                if (text.Length == 0) return;
            }
            if (_stream is null) _timer.Change(GatheredMilliseconds, Timeout.Infinite);
            _stream = (origin, name);
            _text.Append(text);
            if (_text.Length >= GatheredCharacters) FlushLocked();
        }
    }

    public void Display(IReadOnlyList<FormattedValue> bundle, string displayId) => Show("display_data", bundle, displayId);

    public void Update(IReadOnlyList<FormattedValue> bundle, string displayId) => Show("update_display_data", bundle, displayId);

    public void Result(IReadOnlyList<FormattedValue> bundle) => Show("execute_result", bundle, null);

    /// <summary>A figure leaves its drawing library to the page, and one output of a notebook brings it along.</summary>
    public void NeedsPageHead(object formatter)
    {
        if (Origin is not { IsSilent: false }) return;
        lock (_gate) _needsHead = formatter;
    }

    public void Status(string message) => Console.Error.WriteLine(message);

    public void Error(CellError error)
    {
        if (Origin is not { IsSilent: false } origin) return;
        lock (_gate)
        {
            FlushLocked();
            _publish("error", origin.Header, Content(error));
        }
    }

    public static JsonObject Content(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
    };

    /// <summary>A value as the protocol's bundle of MIME types.</summary>
    public static JsonObject Data(IReadOnlyList<FormattedValue> bundle)
    {
        var data = new JsonObject();
        foreach (var value in bundle)
        {
            data[value.MimeType] = value.MimeType.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(value.Value) : value.Value;
        }
        return data;
    }

    /// <summary>Publishes what has been printed so far.</summary>
    public void Flush()
    {
        lock (_gate) FlushLocked();
    }

    public void Dispose() => _timer.Dispose();

    // Threads that native code has made carry no context: theirs is the last cell.
    private OutputOrigin? Origin => _origin.Value ?? _last;

    private void Show(string type, IReadOnlyList<FormattedValue> bundle, string? displayId)
    {
        if (Origin is not { IsSilent: false } origin) return;
        lock (_gate)
        {
            FlushLocked();
            var head = HeadFor(origin, displayId);
            if (head.Length > 0) bundle = [.. bundle.Select(v => v.MimeType == "text/html" ? new FormattedValue(v.MimeType, head + v.Value) : v)];
            var content = new JsonObject { ["data"] = Data(bundle), ["metadata"] = new JsonObject() };
            if (displayId is null) content["execution_count"] = origin.ExecutionCount;
            else content["transient"] = new JsonObject { ["display_id"] = displayId };
            _publish(type, origin.Header, content);
        }
    }

    /// <summary>The first output that needs a head carries it, and whatever takes that output's place: an update, or the cell's next run.</summary>
    private string HeadFor(OutputOrigin origin, string? displayId)
    {
        if (_needsHead is not { } formatter) return "";
        _needsHead = null;
        if (_headCarriers.TryGetValue(formatter, out var carrier))
        {
            if (displayId is not null && displayId == carrier.DisplayId) return FormatterRegistry.PageHead(formatter);
            var runsAgain = origin.Cell == carrier.Origin.Cell && !ReferenceEquals(origin, carrier.Origin);
            if (!runsAgain) return "";
        }
        _headCarriers[formatter] = (origin, displayId);
        return FormatterRegistry.PageHead(formatter);
    }

    private void FlushLocked()
    {
        if (_stream is not { } open) return;
        _publish("stream", open.Origin.Header, new()
        {
            ["name"] = open.Name == StreamName.Out ? "stdout" : "stderr",
            ["text"] = _text.ToString(),
        });
        _text.Clear();
        _stream = null;
    }
}
