using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FanTrans.Tests.Notebooks;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>Debian's Jupyter Notebook with one notebook of ours, and the kit's packages beside it.</summary>
internal sealed class NotebookServer : IAsyncDisposable
{
    private const string Token = "for-this-test-alone";
    private readonly Process process;
    private readonly int port;

    private NotebookServer(Process process, int port) => (this.process, this.port) = (process, port);

    public static async Task<NotebookServer> StartAsync(InstalledKernel kernel, JsonNode notebook)
    {
        var folder = kernel.NewFolder();
        File.WriteAllText(Path.Combine(folder, "test.ipynb"), notebook.ToJsonString());
        // Images, the shared set-up and the kit's packages are found from the notebook's folder.
        foreach (
            var file in (string[])
                [
                    .. Directory.GetFiles(SeriesRuns.Notebooks, "*.jpg"),
                    .. Directory.GetFiles(SeriesRuns.Notebooks, "*.dib"),
                ]
        )
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"<configuration><packageSources><add key=\"kit\" value=\"{Path.Combine(Repository.Root, "environment", "feed")}\" /></packageSources></configuration>"
        );
        var port = FreePort();
        var process = kernel.Start(
            [
                "-m",
                "notebook",
                "--no-browser",
                "--ip=127.0.0.1",
                $"--port={port}",
                "--port-retries=0",
                "--allow-root",
                $"--NotebookApp.token={Token}",
            ],
            folder
        );
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
        var page = await BrowserPage.OpenAsync($"http://127.0.0.1:{port}/notebooks/test.ipynb?token={Token}");
        await page.UntilAsync(
            "Jupyter.notebook.kernel.is_connected() && Jupyter.notebook.kernel.info_reply.implementation === '.NET'"
        );
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        // The kernels end with it.
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
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
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
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
