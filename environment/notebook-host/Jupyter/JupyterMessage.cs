using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NotebookHost.Jupyter;

/// <summary>One message of the protocol.</summary>
/// <param name="Route">What stands before the delimiter: whom it came from or goes to, or the topic.</param>
/// <param name="Header">Its id, type, session and time.</param>
/// <param name="Parent">The header of the message that it answers; empty for none.</param>
/// <param name="Metadata">Anything.</param>
/// <param name="Content">What the type says.</param>
internal sealed record JupyterMessage(IReadOnlyList<byte[]> Route, JsonObject Header, JsonObject Parent, JsonObject Metadata, JsonObject Content)
{
    public string Type => Text(Header, "msg_type") ?? "";

    public static string? Text(JsonObject? node, string name) =>
        node?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool Flag(JsonObject node, string name, bool otherwise) =>
        node[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : otherwise;

    public static int? Number(JsonObject node, string name) =>
        node[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}

/// <summary>Messages as parts of bytes, signed with the key of the connection.</summary>
internal sealed class JupyterWire(string key, string session)
{
    public const string ProtocolVersion = "5.3";

    /// <summary>How many signatures are remembered: a message that comes a second time is somebody else's copy.</summary>
    private const int Remembered = 65_536;

    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];
    private long _count;

    /// <summary>Reads a message, or says in <paramref name="problem"/> why it is none that may be followed.</summary>
    public JupyterMessage? Read(IReadOnlyList<byte[]> parts, out string problem)
    {
        var delimiter = -1;
        for (var i = 0; i < parts.Count && delimiter < 0; i++)
            if (parts[i].AsSpan().SequenceEqual(Delimiter)) delimiter = i;
        if (delimiter < 0 || parts.Count < delimiter + 6)
        {
            problem = $"a message of {parts.Count} parts, not as the protocol has it";
            return null;
        }
        var signed = parts.Skip(delimiter + 2).Take(4).ToList();
        if (_key.Length > 0)
        {
            var signature = Encoding.ASCII.GetString(parts[delimiter + 1]);
            if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(signed)), Encoding.ASCII.GetBytes(signature)))
            {
                problem = "a message that is not signed with the connection's key";
                return null;
            }
            if (!Remember(signature))
            {
                problem = "a message that has come before";
                return null;
            }
        }
        try
        {
            var nodes = signed.Select(part => JsonNode.Parse(part) as JsonObject).ToList();
            if (nodes.Any(n => n is null) || JupyterMessage.Text(nodes[0], "msg_type") is null || JupyterMessage.Text(nodes[0], "msg_id") is null)
            {
                problem = "a message without a header of the protocol's form";
                return null;
            }
            problem = "";
            return new([.. parts.Take(delimiter)], nodes[0]!, nodes[1]!, nodes[2]!, nodes[3]!);
        }
        catch (System.Text.Json.JsonException e)
        {
            problem = $"a message that is not JSON: {e.Message}";
            return null;
        }
    }

    /// <summary>A message of this kernel, signed and ready to send.</summary>
    public IReadOnlyList<byte[]> Write(IReadOnlyList<byte[]> route, string type, JsonObject? parent, JsonObject content)
    {
        var header = new JsonObject
        {
            ["msg_id"] = $"{session}_{Interlocked.Increment(ref _count)}",
            ["session"] = session,
            ["username"] = "kernel",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["msg_type"] = type,
            ["version"] = ProtocolVersion,
        };
        List<byte[]> signed = [Bytes(header), parent is null ? "{}"u8.ToArray() : Bytes(parent), "{}"u8.ToArray(), Bytes(content)];
        return [.. route, Delimiter, _key.Length > 0 ? Encoding.ASCII.GetBytes(Sign(signed)) : [], .. signed];
    }

    private static byte[] Bytes(JsonObject node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private string Sign(List<byte[]> parts)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in parts) hmac.AppendData(part);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    private bool Remember(string signature)
    {
        if (!_seen.Add(signature)) return false;
        _order.Enqueue(signature);
        if (_order.Count > Remembered) _seen.Remove(_order.Dequeue());
        return true;
    }
}
