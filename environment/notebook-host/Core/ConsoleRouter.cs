using System.Text;

namespace NotebookHost.Core;

/// <summary>
/// Stands in for <see cref="Console.Out"/> or <see cref="Console.Error"/>: what a session's code writes goes to the
/// session, all else to where it went before.
/// </summary>
internal sealed class ConsoleRouter(StreamName name, TextWriter original) : TextWriter
{
    private static readonly Lock Gate = new();
    private static (TextWriter Out, TextWriter Error)? _originals;

    public override Encoding Encoding => original.Encoding;

    /// <summary>Puts the routers in place, once a process, and gives the writers of the process itself.</summary>
    public static (TextWriter Out, TextWriter Error) Install()
    {
        lock (Gate)
        {
            if (_originals is { } installed) return installed;
            var originals = (Console.Out, Console.Error);
            Console.SetOut(new ConsoleRouter(StreamName.Out, originals.Out));
            Console.SetError(new ConsoleRouter(StreamName.Error, originals.Error));
            _originals = originals;
            return originals;
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.IsEmpty) return;
        if (CellRun.Current is not { } run)
        {
            original.Write(buffer);
            return;
        }
        run.StopHere();
        run.Session.Output.Stream(name, buffer.ToString());
    }

    public override void WriteLine(string? value) => Write((value + CoreNewLineText).AsSpan());

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write((buffer.ToString() + CoreNewLineText).AsSpan());

    public override void Flush()
    {
        if (CellRun.Current is { } run) run.StopHere();
        else original.Flush();
    }

    private string CoreNewLineText => new(CoreNewLine);
}
