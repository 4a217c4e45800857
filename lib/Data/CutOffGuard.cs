namespace FanTrans.Data;

/// <summary>
/// A file's bytes as a stream that ends in an error instead of silence. ImageSharp's decoders fill what a cut-off image
/// lacks with grey, or wait for more of it without end; of a whole image they ask for no byte beyond its end.
/// </summary>
/// <param name="file">The file.</param>
internal sealed class CutOffGuard(byte[] file) : Stream
{
    /// <summary>
    /// How many bytes a decoder takes at a time; so many more follow the file, since the last of its bytes may be taken
    /// along with them.
    /// </summary>
    public const int BufferSize = 16;

    // As the length of a part it says that more must follow.
    private const byte Padding = 0xFF;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length + BufferSize;

    public override long Position { get; set; }

    /// <exception cref="InvalidDataException">What is asked for lies beyond the file's end.</exception>
    public override int Read(Span<byte> buffer)
    {
        var there = (int)Math.Clamp(file.Length - Position, 0, buffer.Length);
        if (there == 0 || buffer.Length - there > BufferSize)
        {
            throw new InvalidDataException(
                $"expected a whole image, found one that is cut off after {file.Length} bytes"
            );
        }
        file.AsSpan((int)Position, there).CopyTo(buffer);
        buffer[there..].Fill(Padding);
        Position += buffer.Length;
        return buffer.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position =
            offset
            + origin switch
            {
                SeekOrigin.Begin => 0,
                SeekOrigin.Current => Position,
                _ => Length,
            };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
