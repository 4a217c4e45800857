using System.Text;

namespace NotebookHost.Notebooks;

/// <summary>
/// Text as a terminal would leave it: a carriage return goes back to the start of the line, and what follows writes
/// over it. A progress line that was rewritten a thousand times is one line.
/// </summary>
internal sealed class StreamText
{
    private readonly StringBuilder done = new();
    private readonly StringBuilder line = new();
    private int column;
    private bool endsInReturn;

    public void Append(string text)
    {
        foreach (var c in text)
        {
            // "\r\n" is an end of line like any other.
            if (c == '\n')
            {
                done.Append(line).Append('\n');
                line.Clear();
                column = 0;
            }
            else if (c == '\r')
            {
                endsInReturn = true;
                continue;
            }
            else
            {
                if (endsInReturn) column = 0;
                if (column < line.Length) line[column] = c;
                else line.Append(c);
                column++;
            }
            endsInReturn = false;
        }
    }

    public override string ToString() => done.ToString() + line;
}
