using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace FanTrans.Training;

/// <summary>
/// Scalars in an event file that TensorBoard reads: TFRecord frames (length, masked CRC-32C, data, masked CRC-32C) of
/// Event messages, tensorflow/core/util/event.proto. Written here since TorchSharp's own writer brings a TensorFlow
/// protocol library for these few fields.
/// </summary>
public sealed class TensorBoardWriter : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Begins a new event file; TensorBoard joins all of a folder into one run.</summary>
    /// <param name="folder">The run's folder; made if it is not there.</param>
    /// <param name="step">
    /// The first step to come. What earlier files of the folder say of it and of later steps counts no more: that is how
    /// a run which was killed and taken up again has each step once.
    /// </param>
    public TensorBoardWriter(string folder, long step)
    {
        Directory.CreateDirectory(folder);
        var name = $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():D10}.{Environment.MachineName}.{Environment.ProcessId}.";
        var number = 0;
        while (File.Exists(Path.Combine(folder, name + number)))
            number++;
        _file = new FileStream(Path.Combine(folder, name + number), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        Write(new Message().Double(1, Now).Text(3, "brain.Event:2"));
        // SessionLog with status START.
        Write(new Message().Double(1, Now).Integer(2, step).Nested(7, new Message().Integer(1, 1)));
    }

    /// <summary>Writes the values of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">Tags, such as "validation/f1", and values; one that is not a number is left out.</param>
    public void Scalars(long step, IEnumerable<(string Tag, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var summary = new Message();
        foreach (var (tag, value) in values.Where(v => !double.IsNaN(v.Value)))
            summary.Nested(1, new Message().Text(1, tag).Single(2, (float)value));
        Write(new Message().Double(1, Now).Integer(2, step).Nested(5, summary));
        _file.Flush();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static double Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    private void Write(Message message)
    {
        Span<byte> head = stackalloc byte[12], tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)message.Bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedCrc(head[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, MaskedCrc(message.Bytes));
        _file.Write(head);
        _file.Write(message.Bytes);
        _file.Write(tail);
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
            crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    /// <summary>A protocol buffer: each field its number and wire type, then its value.</summary>
    private sealed class Message
    {
        private readonly MemoryStream _bytes = new();

        public ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

        public Message Integer(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Double(int field, double value)
        {
            Varint(((ulong)field << 3) | 1);
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            _bytes.Write(bytes);
            return this;
        }

        public Message Single(int field, float value)
        {
            Varint(((ulong)field << 3) | 5);
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            _bytes.Write(bytes);
            return this;
        }

        public Message Text(int field, string value) => Block(field, Encoding.UTF8.GetBytes(value));

        public Message Nested(int field, Message value) => Block(field, value.Bytes);

        private Message Block(int field, ReadOnlySpan<byte> value)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            _bytes.Write(value);
            return this;
        }

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                _bytes.WriteByte((byte)(value | 0x80));
            _bytes.WriteByte((byte)value);
        }
    }
}
