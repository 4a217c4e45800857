using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>The real tool over its standard streams, as Polyglot Notebooks in VS Code speaks with it: a line of JSON a
/// command or event.</summary>
internal sealed class StdioKernel : IAsyncDisposable
{
    private readonly Process process;
    private int commands;

    private StdioKernel(Process process) => this.process = process;

    public static async Task<StdioKernel> StartAsync(InstalledKernel kernel, string folder)
    {
        var entry = kernel.Entry;
        var start = new ProcessStartInfo(
            entry["argv"]![0]!.GetValue<string>(),
            [entry["argv"]![1]!.GetValue<string>(), "[vscode]", "stdio", "--working-dir", folder]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in entry["env"]!.AsObject())
            if (name != "DOTNET_STARTUP_HOOKS")
                start.Environment[name] = value!.GetValue<string>();
        var started = new StdioKernel(Process.Start(start)!);
        _ = started.process.StandardError.ReadToEndAsync(CancellationToken.None);
        await started.UntilAsync(e => Type(e) == "KernelReady");
        return started;
    }

    /// <summary>Sends code, and gives the token that its events carry.</summary>
    public Task<string> SubmitAsync(string code) =>
        SendAsync("SubmitCode", new() { ["code"] = code, ["targetKernelName"] = "csharp" });

    /// <summary>Stop, as the button sends it.</summary>
    public Task<string> CancelAsync() => SendAsync("Cancel", new() { ["targetKernelName"] = ".NET" });

    /// <summary>Runs code to its end: its events, the last of which says whether it succeeded.</summary>
    public async Task<IReadOnlyList<JsonNode>> RunAsync(string code) => await EndAsync(await SubmitAsync(code));

    public Task<IReadOnlyList<JsonNode>> EndAsync(string token) =>
        UntilAsync(e =>
            Type(e) is "CommandSucceeded" or "CommandFailed" && e["command"]!["token"]!.GetValue<string>() == token
        );

    /// <summary>Reads events up to the one that is meant.</summary>
    public async Task<IReadOnlyList<JsonNode>> UntilAsync(Func<JsonNode, bool> isMeant)
    {
        List<JsonNode> events = [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith('{') || JsonNode.Parse(line) is not { } message || message["eventType"] is null)
                continue;
            events.Add(message);
            if (isMeant(message))
                return events;
        }
        throw new InvalidOperationException($"the tool ended after: {string.Join('\n', events)}");
    }

    public static string Type(JsonNode e) => e["eventType"]!.GetValue<string>();

    /// <summary>The texts of what was shown.</summary>
    public static string Shown(IEnumerable<JsonNode> events, string mimeType = "text/plain") =>
        string.Concat(
            events
                .SelectMany(e => e["event"]?["formattedValues"]?.AsArray() ?? [])
                .Where(v => v!["mimeType"]!.GetValue<string>() == mimeType)
                .Select(v => v!["value"]!.GetValue<string>())
        );

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<string> SendAsync(string type, JsonObject command)
    {
        var token = $"t{++commands}";
        var message = new JsonObject
        {
            ["token"] = token,
            ["commandType"] = type,
            ["command"] = command,
        };
        await process.StandardInput.WriteLineAsync(message.ToJsonString());
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        return token;
    }
}
