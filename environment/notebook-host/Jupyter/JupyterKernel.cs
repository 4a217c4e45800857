using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using NotebookHost.Core;
using NotebookHost.Language;

namespace NotebookHost.Jupyter;

/// <summary>
/// A session as a Jupyter kernel, by version 5.3 of the messaging protocol. Requests of the shell are answered one after the
/// other; those of control at once, also while a cell runs.
/// </summary>
internal sealed class JupyterKernel : IDisposable
{
    private static readonly string Version =
        typeof(JupyterKernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly JupyterWire _wire;
    private readonly KernelSockets _sockets;
    private readonly JupyterOutput _output;
    private readonly KernelSession _session;
    private readonly History _history = new();
    private readonly TextWriter _log;
    private readonly BlockingCollection<JupyterMessage> _shell = [];
    private readonly BlockingCollection<JupyterMessage> _control = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private int _problems;

    /// <param name="connection">Where to listen.</param>
    /// <param name="directory">The notebook's folder.</param>
    /// <param name="log">Hears of what no message tells.</param>
    public JupyterKernel(ConnectionFile connection, string directory, TextWriter log)
    {
        _log = log;
        var name = $"{Environment.ProcessId:x}-{DateTime.UtcNow.Ticks:x}";
        _wire = new(connection.Key, name);
        _output = new(Publish);
        _session = new(_output, directory) { DisplayPrefix = $"{name}-" };
        _sockets = new(connection, Received);
        Publish("status", null, new() { ["execution_state"] = "starting" });
    }

    /// <summary>Answers requests until one asks for the end.</summary>
    public async Task RunAsync()
    {
        var warmUp = KernelSession.WarmUp();
        _ = Task.Factory.StartNew(Control, TaskCreationOptions.LongRunning);
        _ = Task.Factory.StartNew(() => Shell(warmUp), TaskCreationOptions.LongRunning);
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Stops the running cell.</summary>
    public void Interrupt() => _session.Interrupt();

    /// <summary>Ends the kernel.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Tells the front end that the process ends in the middle of a cell.</summary>
    public void SayThatACellEndsTheProcess() => _output.Error(new(
        "ProcessEnded", "the cell ended the kernel's process", _count, null, null, null, ["ProcessEnded: the cell ended the kernel's process"]));

    public void Dispose()
    {
        _output.Flush();
        _sockets.Dispose();
        _session.Dispose();
        _output.Dispose();
    }

    // On the sockets' thread.
    private void Received(Channel channel, IReadOnlyList<byte[]> parts)
    {
        if (_wire.Read(parts, out var problem) is not { } message)
        {
            // Somebody who sends such things often shall not fill the log.
            if (Interlocked.Increment(ref _problems) <= 20) _log.WriteLine($"notebook-host: dropped {problem}");
            return;
        }
        // Nothing is asked for on stdin, so what comes there answers nothing.
        if (channel == Channel.Control) _control.Add(message);
        else if (channel == Channel.Shell) _shell.Add(message);
    }

    private void Control()
    {
        foreach (var message in _control.GetConsumingEnumerable()) Answer(Channel.Control, message, () => HandleAsync(Channel.Control, message));
    }

    private void Shell(Task warmUp)
    {
        foreach (var message in _shell.GetConsumingEnumerable())
        {
            Answer(Channel.Shell, message, async () =>
            {
                if (message.Type != "kernel_info_request") await warmUp.ConfigureAwait(false);
                await HandleAsync(Channel.Shell, message).ConfigureAwait(false);
            });
        }
    }

    private void Answer(Channel channel, JupyterMessage message, Func<Task> handle)
    {
        Status(message, "busy");
        try
        {
            handle().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            // A request that this kernel cannot make sense of; the next one it can.
            _log.WriteLine($"notebook-host: {message.Type}: {e}");
            if (message.Type.EndsWith("_request", StringComparison.Ordinal))
                Reply(channel, message, new() { ["status"] = "error", ["ename"] = e.GetType().Name, ["evalue"] = e.Message, ["traceback"] = new JsonArray() });
        }
        Status(message, "idle");
    }

    private async Task HandleAsync(Channel channel, JupyterMessage message)
    {
        var content = message.Content;
        switch (message.Type)
        {
            case "kernel_info_request":
                Reply(channel, message, KernelInfo());
                break;
            case "execute_request":
                await ExecuteAsync(channel, message).ConfigureAwait(false);
                break;
            case "complete_request":
                Reply(channel, message, Complete(content));
                break;
            case "inspect_request":
                Reply(channel, message, Inspect(content));
                break;
            case "is_complete_request":
                Reply(channel, message, IsComplete(JupyterMessage.Text(content, "code") ?? ""));
                break;
            case "history_request":
                Reply(channel, message, Ok(("history", _history.Find(content))));
                break;
            case "comm_info_request":
                Reply(channel, message, Ok(("comms", new JsonObject())));
                break;
            case "comm_open":
                // The protocol's way to say that nobody here speaks that language.
                Publish("comm_close", message.Header, new() { ["comm_id"] = JupyterMessage.Text(content, "comm_id") ?? "", ["data"] = new JsonObject() });
                break;
            case "interrupt_request":
                Interrupt();
                Reply(channel, message, Ok());
                break;
            case "shutdown_request":
                var restart = Ok(("restart", JupyterMessage.Flag(content, "restart", false)));
                Reply(channel, message, restart);
                Publish("shutdown_reply", message.Header, restart);
                End();
                break;
        }
    }

    private async Task ExecuteAsync(Channel channel, JupyterMessage message)
    {
        var content = message.Content;
        var code = JupyterMessage.Text(content, "code") ?? throw new FormatException("execute_request: code: expected a text");
        var isSilent = JupyterMessage.Flag(content, "silent", false);
        var isStored = !isSilent && JupyterMessage.Flag(content, "store_history", true);
        if (isStored) _history.Add(++_count, code);
        var cell = new CellSource(Math.Max(_count, 1), code);
        var origin = new OutputOrigin(message.Header, JupyterMessage.Text(message.Metadata, "cellId") ?? code, _count, isSilent);
        if (!isSilent) Publish("execute_input", message.Header, new() { ["code"] = code, ["execution_count"] = _count });

        _output.Begin(origin);
        var error = await _session.ExecuteAsync(cell, Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
        if (error is null)
        {
            var expressions = new JsonObject();
            foreach (var (name, expression) in content["user_expressions"] as JsonObject ?? [])
                expressions[name] = await EvaluateAsync(expression?.GetValue<string>() ?? "").ConfigureAwait(false);
            _output.Flush();
            Reply(channel, message, Ok(("execution_count", _count), ("payload", new JsonArray()), ("user_expressions", expressions)));
            return;
        }

        _output.Error(error);
        _output.Flush();
        var reply = JupyterOutput.Content(error);
        reply["status"] = "error";
        reply["execution_count"] = _count;
        // Before the reply: what comes after it was sent by somebody who knows of the error.
        var queued = JupyterMessage.Flag(content, "stop_on_error", true) ? TakeQueued() : [];
        Reply(channel, message, reply);
        foreach (var other in queued)
        {
            Status(other, "busy");
            Reply(Channel.Shell, other, new() { ["status"] = "aborted", ["execution_count"] = _count });
            Status(other, "idle");
        }
    }

    private async Task<JsonObject> EvaluateAsync(string expression)
    {
        var (value, error) = await _session.EvaluateAsync(new(Math.Max(_count, 1), expression)).ConfigureAwait(false);
        if (error is null) return Ok(("data", JupyterOutput.Data(value)), ("metadata", new JsonObject()));
        var content = JupyterOutput.Content(error);
        content["status"] = "error";
        return content;
    }

    /// <summary>Cells that were sent along with the failed one, which are not to be run; other requests keep their places.</summary>
    private List<JupyterMessage> TakeQueued()
    {
        // Those that are still on their way, too.
        Thread.Sleep(20);
        List<JupyterMessage> cells = [], others = [];
        while (_shell.TryTake(out var queued)) (queued.Type == "execute_request" ? cells : others).Add(queued);
        foreach (var other in others) _shell.Add(other);
        return cells;
    }

    private JsonObject Complete(JsonObject request)
    {
        var (code, position) = CodeAndPosition(request);
        var (matches, start, end) = Completion.At(_session, code, position);
        return Ok(
            ("matches", new JsonArray([.. matches.Select(m => (JsonNode)m.Text)])),
            ("cursor_start", CodePoints.FromIndex(code, start)), ("cursor_end", CodePoints.FromIndex(code, end)),
            ("metadata", new JsonObject
            {
                // JupyterLab's and VS Code's way to show what kind of thing each is.
                ["_jupyter_types_experimental"] = new JsonArray([.. matches.Select(m => (JsonNode)new JsonObject
                {
                    ["text"] = m.Text, ["type"] = m.Kind,
                    ["start"] = CodePoints.FromIndex(code, start), ["end"] = CodePoints.FromIndex(code, end),
                })]),
            }));
    }

    private JsonObject Inspect(JsonObject request)
    {
        var (code, position) = CodeAndPosition(request);
        var text = Inspection.At(_session, code, position);
        var data = new JsonObject();
        if (text is not null) data["text/plain"] = text;
        return Ok(("found", text is not null), ("data", data), ("metadata", new JsonObject()));
    }

    private static (string Code, int Position) CodeAndPosition(JsonObject request)
    {
        var code = JupyterMessage.Text(request, "code") ?? "";
        return (code, CodePoints.ToIndex(code, JupyterMessage.Number(request, "cursor_pos") ?? code.Length));
    }

    private static JsonObject IsComplete(string code)
    {
        var (status, indent) = Completeness.Of(code);
        return status == "incomplete" ? new() { ["status"] = status, ["indent"] = indent } : new() { ["status"] = status };
    }

    private static JsonObject KernelInfo() => Ok(
        ("protocol_version", JupyterWire.ProtocolVersion),
        ("implementation", "notebook-host"),
        ("implementation_version", Version),
        ("language_info", new JsonObject
        {
            ["name"] = "C#",
            ["version"] = "14.0",
            ["mimetype"] = "text/x-csharp",
            ["file_extension"] = ".cs",
            ["pygments_lexer"] = "csharp",
            ["codemirror_mode"] = "text/x-csharp",
        }),
        ("banner", $"notebook-host {Version}: C# on .NET {Environment.Version}"),
        ("help_links", new JsonArray(new JsonObject { ["text"] = "C#", ["url"] = "https://learn.microsoft.com/dotnet/csharp/" })));

    private static JsonObject Ok(params (string Name, JsonNode? Value)[] members)
    {
        var content = new JsonObject { ["status"] = "ok" };
        foreach (var (name, value) in members) content[name] = value;
        return content;
    }

    private void Status(JupyterMessage message, string state) => Publish("status", message.Header, new() { ["execution_state"] = state });

    private void Reply(Channel channel, JupyterMessage message, JsonObject content)
    {
        var type = message.Type[..^"request".Length] + "reply";
        _sockets.Send(channel, _wire.Write(message.Route, type, message.Header, content));
    }

    private void Publish(string type, JsonObject? parent, JsonObject content) =>
        _sockets.Send(Channel.Publish, _wire.Write([Encoding.UTF8.GetBytes(type)], type, parent, content));
}
