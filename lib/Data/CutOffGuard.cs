namespace FanTrans.Data;

/// <summary>
/// A file's bytes as a stream that ends in an error instead of silence. ImageSharp's decoders fill what a cut-off image
/// lacks with grey, or wait for ever for more of it; a whole image never asks for a byte beyond its end.
/// </summary>
/// <param name="file">The file.</param>
internal sealed class CutOffGuard(byte[] file) : Stream
{
    /// <summary>
    /// How many bytes a decoder takes at a time; so many zeros follow the file, since the last of its bytes may be taken
    /// along with them.
    /// </summary>
    public const int BufferSize = 16;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length + BufferSize;

    public override long Position { get; set; }

    /// <exception cref="InvalidDataException">All that is asked for lies beyond the file's end.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (Position >= file.Length)
            throw new InvalidDataException($"expected a whole image, found one that is cut off after {file.Length} bytes");
        var there = file.AsSpan((int)Position);
        there = there[..Math.Min(there.Length, buffer.Length)];
        there.CopyTo(buffer);
        var zeros = Math.Min(buffer.Length - there.Length, BufferSize);
        buffer.Slice(there.Length, zeros).Clear();
        Position += there.Length + zeros;
        return there.Length + zeros;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
