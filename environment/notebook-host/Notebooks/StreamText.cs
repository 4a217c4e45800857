using System.Text;

namespace NotebookHost.Notebooks;

/// <summary>
/// Text as a terminal would leave it: a carriage return goes back to the start of the line, and what follows writes
/// over it. A progress line that was rewritten a thousand times is one line.
/// </summary>
internal sealed class StreamText
{
    private readonly StringBuilder _done = new();
    private readonly StringBuilder _line = new();
    private int _column;
    private bool _endsInReturn;

    public void Append(string text)
    {
        foreach (var c in text)
        {
            // "\r\n" is an end of line like any other.
            if (c == '\n')
            {
                _done.Append(_line).Append('\n');
                _line.Clear();
                _column = 0;
            }
            else if (c == '\r')
            {
                _endsInReturn = true;
                continue;
            }
            else
            {
                if (_endsInReturn) _column = 0;
                if (_column < _line.Length) _line[_column] = c;
                else _line.Append(c);
                _column++;
            }
            _endsInReturn = false;
        }
    }

    public override string ToString() => _done.ToString() + _line;
}
