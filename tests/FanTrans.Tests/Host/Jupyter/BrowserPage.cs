using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>A page in headless Chromium, driven by its debugging protocol.
/// Tests skip where there is no Chromium.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly Process browser;
    private readonly ClientWebSocket socket = new();
    private readonly DirectoryInfo profile;
    private int id;

    private BrowserPage(Process browser, DirectoryInfo profile) => (this.browser, this.profile) = (browser, profile);

    /// <summary>The address of everything that the page asked for,
    /// once <see cref="EvaluateAsync"/> has run since.</summary>
    public List<string> Requests { get; } = [];

    /// <param name="address">The page.</param>
    /// <param name="flags">More of the browser's arguments.</param>
    public static async Task<BrowserPage> OpenAsync(string address, params string[] flags)
    {
        var program = System
            .Environment.GetEnvironmentVariable("PATH")!
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "chromium"))
            .FirstOrDefault(File.Exists);
        if (program is null)
            Assert.Skip("No chromium on the path; environment/setup.sh --tests installs it.");
        var profile = Directory.CreateTempSubdirectory("fantrans-browser-");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
                "--window-size=1100,1100",
                // Only this machine's own addresses can be reached.
                "--proxy-server=127.0.0.1:9",
                "--proxy-bypass-list=127.0.0.1",
                $"--user-data-dir={profile.FullName}",
            },
        };
        foreach (var argument in flags.Append("about:blank"))
            start.ArgumentList.Add(argument);
        var page = new BrowserPage(Process.Start(start)!, profile);
        // Its first lines say where it listens; later ones are of no interest, but must be read.
        var port = await page.PortAsync();
        using var http = new HttpClient();
        var pages = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json/list"))!.AsArray();
        var target = pages.First(p => p!["type"]!.GetValue<string>() == "page")![
            "webSocketDebuggerUrl"
        ]!.GetValue<string>();
        await page.socket.ConnectAsync(new(target), TestContext.Current.CancellationToken);
        await page.CallAsync("Network.enable", []);
        await page.CallAsync("Page.navigate", new() { ["url"] = address });
        return page;
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        var answer = await CallAsync(
            "Runtime.evaluate",
            new()
            {
                ["expression"] = script,
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
            }
        );
        if (answer["exceptionDetails"] is { } thrown)
            throw new InvalidOperationException(thrown.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>Waits until an expression in the page is true.</summary>
    public async Task UntilAsync(string script)
    {
        // A training cell waits for its cores when other tests have them.
        var patience = TimeSpan.FromMinutes(5);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await EvaluateAsync(script) is JsonValue value && value.TryGetValue<bool>(out var done) && done)
                    return;
            }
            catch (InvalidOperationException) when (watch.Elapsed < patience)
            {
                // The page is still loading.
            }
            if (watch.Elapsed > patience)
                Assert.Fail(
                    $"the page never came to: {script}\nIt says:\n{await EvaluateAsync("document.body.innerText")}"
                );
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What the page looks like, as a PNG.</summary>
    public async Task<byte[]> ScreenshotAsync() =>
        Convert.FromBase64String((await CallAsync("Page.captureScreenshot", []))["data"]!.GetValue<string>());

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        browser.Kill(entireProcessTree: true);
        await browser.WaitForExitAsync();
        browser.Dispose();
        profile.Delete(recursive: true);
    }

    private async Task<int> PortAsync()
    {
        while (await browser.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (!line.Contains("DevTools listening on"))
                continue;
            _ = browser.StandardError.ReadToEndAsync(CancellationToken.None);
            _ = browser.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new Uri(line[line.IndexOf("ws://", StringComparison.Ordinal)..].Trim()).Port;
        }
        throw new InvalidOperationException("chromium ended before it listened");
    }

    private async Task<JsonObject> CallAsync(string method, JsonObject parameters)
    {
        var id = ++this.id;
        var request = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        var cancellation = TestContext.Current.CancellationToken;
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(request.ToJsonString()),
            WebSocketMessageType.Text,
            true,
            cancellation
        );
        var buffer = new byte[64 * 1024];
        while (true)
        {
            using var message = new MemoryStream();
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer, cancellation);
                message.Write(buffer, 0, part.Count);
            } while (!part.EndOfMessage);
            message.Position = 0;
            var answer = JsonNode
                .Parse(message, documentOptions: new JsonDocumentOptions { MaxDepth = 256 })!
                .AsObject();
            if (answer["method"]?.GetValue<string>() == "Network.requestWillBeSent")
                Requests.Add(answer["params"]!["request"]!["url"]!.GetValue<string>());
            if (answer["id"]?.GetValue<int>() != id)
                continue;
            if (answer["error"] is { } error)
                throw new InvalidOperationException(error.ToJsonString());
            return answer["result"]!.DeepClone().AsObject();
        }
    }
}
