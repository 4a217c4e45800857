using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>Debian's Jupyter Notebook with one notebook of ours, and the kit's packages beside it.</summary>
internal sealed class NotebookServer : IAsyncDisposable
{
    private const string Token = "for-this-test-alone";
    private readonly Process _process;
    private readonly int _port;

    private NotebookServer(Process process, int port) => (_process, _port) = (process, port);

    public static async Task<NotebookServer> StartAsync(JupyterPython jupyter, params string[] cells)
    {
        Write(Path.Combine(jupyter.Folder, "test.ipynb"), cells);
        // The kit's packages are found from the notebook's folder.
        File.WriteAllText(Path.Combine(jupyter.Folder, "nuget.config"),
            $"<configuration><packageSources><add key=\"kit\" value=\"{Path.Combine(Repository.Root, "environment", "feed")}\" /></packageSources></configuration>");
        var port = FreePort();
        var process = jupyter.Start(
            "-m", "notebook", "--no-browser", "--ip=127.0.0.1", $"--port={port}", "--port-retries=0", "--allow-root", $"--NotebookApp.token={Token}");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new NotebookServer(process, port);
        try
        {
            await server.ListensAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The notebook in a browser, its kernel ready.</summary>
    public async Task<BrowserPage> OpenAsync()
    {
        var page = await BrowserPage.OpenAsync($"http://127.0.0.1:{_port}/notebooks/test.ipynb?token={Token}");
        await page.UntilAsync("Jupyter.notebook.kernel.is_connected() && Jupyter.notebook.kernel.info_reply.implementation === 'notebook-host'");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        // The kernels end with it.
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static void Write(string path, string[] cells)
    {
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select(source => (JsonNode)new JsonObject
            {
                ["cell_type"] = "code", ["execution_count"] = null, ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["source"] = source,
            })]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 2,
        };
        File.WriteAllText(path, notebook.ToJsonString());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ListensAsync()
    {
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
        Assert.Fail("Jupyter does not listen");
    }
}
