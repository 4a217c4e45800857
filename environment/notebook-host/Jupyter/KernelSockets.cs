using System.Collections.Concurrent;

namespace NotebookHost.Jupyter;

internal enum Channel { Shell, Control, Stdin, Publish, Heartbeat }

/// <summary>
/// The five sockets of a kernel, all on one thread of their own, as ZeroMQ wants it: cells never hold up heartbeats and
/// interrupts. Messages to send wait in one queue, so that their order is the order in which they were sent.
/// </summary>
internal sealed unsafe class KernelSockets : IDisposable
{
    private const long LargestMessage = 1L << 28;

    /// <summary>Outputs that wait for a client that is too slow; then the newest are dropped.</summary>
    private const int PublishLimit = 100_000;

    private static readonly Channel[] Incoming = [Channel.Shell, Channel.Control, Channel.Stdin, Channel.Heartbeat];

    private readonly nint _context;
    private readonly nint _wakeOut, _wakeIn;
    private readonly Dictionary<Channel, nint> _sockets = [];
    private readonly ConcurrentQueue<(Channel Channel, IReadOnlyList<byte[]> Parts)> _outgoing = [];
    private readonly Lock _wake = new();
    private readonly Action<Channel, IReadOnlyList<byte[]>> _received;
    private readonly Thread _thread;
    private volatile bool _isEnding;

    /// <param name="connection">Where to listen.</param>
    /// <param name="received">Takes what comes in; must return at once.</param>
    /// <exception cref="HostException">A port cannot be had.</exception>
    public KernelSockets(ConnectionFile connection, Action<Channel, IReadOnlyList<byte[]>> received)
    {
        ZmqLibrary.Require();
        _received = received;
        _context = Zmq.NewContext();
        Open(Channel.Shell, Zmq.Router, connection.Address(connection.ShellPort));
        Open(Channel.Control, Zmq.Router, connection.Address(connection.ControlPort));
        Open(Channel.Stdin, Zmq.Router, connection.Address(connection.StdinPort));
        Open(Channel.Publish, Zmq.Pub, connection.Address(connection.PublishPort));
        Open(Channel.Heartbeat, Zmq.Rep, connection.Address(connection.HeartbeatPort));
        _wakeIn = Zmq.NewSocket(_context, Zmq.Pull);
        _wakeOut = Zmq.NewSocket(_context, Zmq.Push);
        Check(Zmq.Bind(_wakeIn, "inproc://wake"), "inproc://wake");
        Check(Zmq.Connect(_wakeOut, "inproc://wake"), "inproc://wake");
        _thread = new(Run) { IsBackground = true, Name = "sockets" };
        _thread.Start();
    }

    /// <summary>Sends a message; from any thread.</summary>
    public void Send(Channel channel, IReadOnlyList<byte[]> parts)
    {
        _outgoing.Enqueue((channel, parts));
        Wake();
    }

    /// <summary>Sends what waits, then closes.</summary>
    public void Dispose()
    {
        if (_isEnding) return;
        _isEnding = true;
        Wake();
        _thread.Join(TimeSpan.FromSeconds(3));
    }

    private void Wake()
    {
        byte something = 0;
        // When the queue of wake-ups is full, the thread is awake.
        lock (_wake) _ = Zmq.Send(_wakeOut, &something, 1, Zmq.DontWait);
    }

    private void Open(Channel channel, int type, string address)
    {
        var socket = Zmq.NewSocket(_context, type);
        SetInt(socket, Zmq.OptionLinger, 1000);
        var largest = LargestMessage;
        _ = Zmq.SetOption(socket, Zmq.OptionMaxMessageSize, &largest, sizeof(long));
        if (type == Zmq.Router) SetInt(socket, Zmq.OptionRouterHandover, 1);
        if (type == Zmq.Pub) SetInt(socket, Zmq.OptionSendLimit, PublishLimit);
        Check(Zmq.Bind(socket, address), address);
        _sockets[channel] = socket;
    }

    private static void SetInt(nint socket, int option, int value) => _ = Zmq.SetOption(socket, option, &value, sizeof(int));

    private static void Check(int result, string address)
    {
        if (result != 0) throw new HostException($"cannot listen at {address}: {Zmq.LastError()}");
    }

    private void Run()
    {
        while (true)
        {
            var isLast = _isEnding;
            while (_outgoing.TryDequeue(out var message)) SendNow(_sockets[message.Channel], message.Parts);
            if (isLast) break;
            foreach (var ready in Wait())
            {
                if (ready == _wakeIn)
                {
                    while (Receive(_wakeIn) is not null)
                    {
                        // One byte a message sent.
                    }
                    continue;
                }
                var channel = _sockets.First(s => s.Value == ready).Key;
                // A few at a time: a client that floods one channel does not hold up the others.
                for (var i = 0; i < 100 && Receive(ready) is { } parts; i++)
                {
                    if (channel == Channel.Heartbeat) SendNow(ready, parts);
                    else _received(channel, parts);
                }
            }
        }
        foreach (var socket in _sockets.Values) _ = Zmq.Close(socket);
        _ = Zmq.Close(_wakeIn);
        lock (_wake) _ = Zmq.Close(_wakeOut);
        _ = Zmq.EndContext(_context);
    }

    private List<nint> Wait()
    {
        nint[] sockets = [.. Incoming.Select(c => _sockets[c]), _wakeIn];
        List<nint> ready = [];
        if (OperatingSystem.IsWindows())
        {
            var items = stackalloc Zmq.PollItem[sockets.Length];
            for (var i = 0; i < sockets.Length; i++) items[i] = new() { Socket = sockets[i], Events = Zmq.PollIn };
            _ = Zmq.Poll(items, sockets.Length, -1);
            for (var i = 0; i < sockets.Length; i++) if (items[i].Returned != 0) ready.Add(sockets[i]);
        }
        else
        {
            var items = stackalloc Zmq.UnixPollItem[sockets.Length];
            for (var i = 0; i < sockets.Length; i++) items[i] = new() { Socket = sockets[i], Events = Zmq.PollIn };
            _ = Zmq.Poll(items, sockets.Length, -1);
            for (var i = 0; i < sockets.Length; i++) if (items[i].Returned != 0) ready.Add(sockets[i]);
        }
        return ready;
    }

    private static List<byte[]>? Receive(nint socket)
    {
        List<byte[]> parts = [];
        var message = stackalloc ulong[Zmq.MessageSize / sizeof(ulong)];
        while (true)
        {
            _ = Zmq.InitMessage(message);
            if (Zmq.Receive(message, socket, Zmq.DontWait) < 0)
            {
                _ = Zmq.CloseMessage(message);
                return null;
            }
            parts.Add(new ReadOnlySpan<byte>(Zmq.Data(message), (int)Zmq.Size(message)).ToArray());
            var hasMore = Zmq.HasMore(message) != 0;
            _ = Zmq.CloseMessage(message);
            if (!hasMore) return parts;
        }
    }

    private static void SendNow(nint socket, IReadOnlyList<byte[]> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var flags = Zmq.DontWait | (i + 1 < parts.Count ? Zmq.SendMore : 0);
            fixed (byte* data = parts[i])
            {
                // A client that is gone or does not read: its message is dropped.
                if (Zmq.Send(socket, data, (nuint)parts[i].Length, flags) < 0) return;
            }
        }
    }
}
