using System.Runtime.InteropServices;

namespace NotebookHost.Jupyter;

/// <summary>The calls of libzmq that a kernel needs.</summary>
internal static unsafe partial class Zmq
{
    private const string Library = ZmqLibrary.Name;

    public const int Rep = 4, Router = 6, Pull = 7, Push = 8, Pub = 1;
    public const int OptionLinger = 17, OptionMaxMessageSize = 22, OptionSendLimit = 23, OptionRouterHandover = 56;
    public const int DontWait = 1, SendMore = 2;
    public const short PollIn = 1;
    public const int MessageSize = 64;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollItem
    {
        public nint Socket;
        public nint Descriptor; // an int, but a SOCKET on Windows; alone in its field on both
        public short Events;
        public short Returned;
    }

    /// <summary>Unix's form of <see cref="PollItem"/>, whose descriptor is an int.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct UnixPollItem
    {
        public nint Socket;
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport(Library, EntryPoint = "zmq_ctx_new")]
    public static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "zmq_ctx_term")]
    public static partial int EndContext(nint context);

    [LibraryImport(Library, EntryPoint = "zmq_socket")]
    public static partial nint NewSocket(nint context, int type);

    [LibraryImport(Library, EntryPoint = "zmq_close")]
    public static partial int Close(nint socket);

    [LibraryImport(Library, EntryPoint = "zmq_setsockopt")]
    public static partial int SetOption(nint socket, int option, void* value, nuint length);

    [LibraryImport(Library, EntryPoint = "zmq_bind", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Bind(nint socket, string address);

    [LibraryImport(Library, EntryPoint = "zmq_connect", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Connect(nint socket, string address);

    [LibraryImport(Library, EntryPoint = "zmq_send")]
    public static partial int Send(nint socket, byte* data, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "zmq_poll")]
    public static partial int Poll(void* items, int count, long milliseconds);

    [LibraryImport(Library, EntryPoint = "zmq_errno")]
    public static partial int Error();

    [LibraryImport(Library, EntryPoint = "zmq_strerror")]
    private static partial byte* ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "zmq_msg_init")]
    public static partial int InitMessage(void* message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_recv")]
    public static partial int Receive(void* message, nint socket, int flags);

    [LibraryImport(Library, EntryPoint = "zmq_msg_data")]
    public static partial byte* Data(void* message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_size")]
    public static partial nuint Size(void* message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_more")]
    public static partial int HasMore(void* message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_close")]
    public static partial int CloseMessage(void* message);

    /// <summary>What the last failed call of this thread says.</summary>
    public static string LastError() => Marshal.PtrToStringUTF8((nint)ErrorText(Error())) ?? "unknown error";
}
