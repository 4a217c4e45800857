using System.Net;
using System.Text.Json;

namespace NotebookHost.Jupyter;

/// <summary>What Jupyter tells a kernel at its start: where to listen, and the key that signs messages.</summary>
internal sealed record ConnectionFile(
    string Ip, string Transport, string Key, int ShellPort, int ControlPort, int PublishPort, int StdinPort, int HeartbeatPort)
{
    private const string Scheme = "hmac-sha256";

    /// <param name="path">The JSON file.</param>
    /// <param name="allowRemote">Whether the address may be one that other machines reach.</param>
    /// <exception cref="HostException">The file is missing or not as the protocol has it, or its address is not allowed.</exception>
    public static ConnectionFile Read(string path, bool allowRemote)
    {
        if (!File.Exists(path)) throw new HostException($"{path}: no such connection file");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var file = new ConnectionFile(
                Text(root, "ip", path), Text(root, "transport", path), Text(root, "key", path),
                Port(root, "shell_port", path), Port(root, "control_port", path), Port(root, "iopub_port", path),
                Port(root, "stdin_port", path), Port(root, "hb_port", path));
            var scheme = root.TryGetProperty("signature_scheme", out var s) ? s.GetString() : Scheme;
            if (scheme != Scheme && file.Key.Length > 0) throw new HostException($"{path}: signature_scheme: expected {Scheme}, found {scheme}");
            if (file.Transport is not ("tcp" or "ipc")) throw new HostException($"{path}: transport: expected tcp or ipc, found {file.Transport}");
            if (file.Transport == "tcp" && !allowRemote && !IsLoopback(file.Ip))
            {
                throw new HostException(
                    $"{path}: ip: {file.Ip} can be reached by other machines, and whoever has the key runs code here; --allow-remote permits it");
            }
            if (file.Key.Length == 0 && allowRemote)
                throw new HostException($"{path}: key: empty, so that nothing is signed; --allow-remote wants a key");
            return file;
        }
        catch (JsonException e)
        {
            throw new HostException($"{path}: not JSON: {e.Message}");
        }
    }

    /// <summary>The address of a port, in ZeroMQ's form.</summary>
    public string Address(int port) => Transport == "ipc" ? $"ipc://{Ip}-{port}" : $"tcp://{Ip}:{port}";

    private static bool IsLoopback(string ip) => ip == "localhost" || IPAddress.TryParse(ip, out var address) && IPAddress.IsLoopback(address);

    private static string Text(JsonElement root, string name, string path) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new HostException($"{path}: {name}: expected a text");

    private static int Port(JsonElement root, string name, string path) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var port) && port is > 0 and <= 65535
            ? port
            : throw new HostException($"{path}: {name}: expected a port from 1 to 65535");
}
