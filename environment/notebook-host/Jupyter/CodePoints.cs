namespace NotebookHost.Jupyter;

/// <summary>The protocol counts characters, .NET counts halves of some of them.</summary>
internal static class CodePoints
{
    /// <summary>The index in the text of a position counted in characters.</summary>
    public static int ToIndex(string text, int position)
    {
        var index = 0;
        for (var i = 0; i < position && index < text.Length; i++)
            index += char.IsSurrogatePair(text, index) ? 2 : 1;
        return index;
    }

    /// <summary>The position, counted in characters, of an index in the text.</summary>
    public static int FromIndex(string text, int index)
    {
        var position = 0;
        for (var i = 0; i < index; i += char.IsSurrogatePair(text, i) ? 2 : 1) position++;
        return position;
    }
}
