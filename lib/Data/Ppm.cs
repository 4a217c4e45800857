using System.Globalization;
using System.Text;

namespace FanTrans.Data;

/// <summary>Pictures in the form that ffmpeg puts on a pipe and takes from one: binary PPM, one after the other.</summary>
internal static class Ppm
{
    private const int LongestSide = 1 << 14;

    /// <summary>The next picture; null at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no picture, or end within one.</exception>
    public static RgbImage? Read(Stream stream, string name)
    {
        if (Word(stream) is not { Length: > 0 } magic)
            return null;
        if (magic != "P6" || !Side(Word(stream), out var width) || !Side(Word(stream), out var height) || Word(stream) != "255")
            throw new InvalidDataException($"{name}: expected 8-bit pictures from ffmpeg, found something else.");
        var image = new RgbImage(width, height);
        try
        {
            stream.ReadExactly(image.Pixels);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"{name}: ffmpeg broke off within a picture.", error);
        }
        return image;
    }

    /// <summary>Writes a picture.</summary>
    public static void Write(Stream stream, RgbImage image)
    {
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P6 {image.Width} {image.Height} 255\n")));
        stream.Write(image.Pixels);
    }

    private static bool Side(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= 1 and <= LongestSide;

    /// <summary>Characters up to the next white space, which is taken too.</summary>
    private static string Word(Stream stream)
    {
        var word = new StringBuilder();
        while (stream.ReadByte() is >= 0 and var next && !char.IsWhiteSpace((char)next))
        {
            if (word.Length > 16)
                return "?";
            word.Append((char)next);
        }
        return word.ToString();
    }
}
