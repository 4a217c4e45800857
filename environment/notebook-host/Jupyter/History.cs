using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace NotebookHost.Jupyter;

/// <summary>What has been run in this kernel, for front ends that offer it again.</summary>
internal sealed class History
{
    private const int Session = 1;

    private sealed record Entry(int Line, string Input)
    {
        public string? Output { get; set; }
    }

    private readonly List<Entry> _entries = [];

    public void Add(int line, string input) => _entries.Add(new(line, input));

    public void SetOutput(string output)
    {
        if (_entries is [.., var last]) last.Output = output;
    }

    /// <summary>Answers a history_request.</summary>
    public JsonArray Find(JsonObject request)
    {
        var withOutput = JupyterMessage.Flag(request, "output", false);
        IEnumerable<Entry> found = JupyterMessage.Text(request, "hist_access_type") switch
        {
            "range" when JupyterMessage.Number(request, "session") is null or 0 or Session => Range(
                JupyterMessage.Number(request, "start") ?? 0, JupyterMessage.Number(request, "stop")),
            "tail" => _entries.TakeLast(JupyterMessage.Number(request, "n") ?? _entries.Count),
            "search" => Search(request),
            _ => [],
        };
        return new([.. found.Select(e => (JsonNode)new JsonArray(
            Session, e.Line, withOutput ? new JsonArray(e.Input, e.Output) : (JsonNode)e.Input))]);
    }

    private IEnumerable<Entry> Range(int start, int? stop) => _entries.Where(e => e.Line >= start && (stop is null || e.Line < stop));

    private IEnumerable<Entry> Search(JsonObject request)
    {
        var pattern = JupyterMessage.Text(request, "pattern") ?? "*";
        var found = _entries.Where(e => FileSystemName.MatchesSimpleExpression(pattern, e.Input, ignoreCase: false));
        // Of equal ones the last.
        if (JupyterMessage.Flag(request, "unique", false)) found = found.Reverse().DistinctBy(e => e.Input).Reverse();
        return JupyterMessage.Number(request, "n") is { } n ? found.TakeLast(n) : found;
    }
}
