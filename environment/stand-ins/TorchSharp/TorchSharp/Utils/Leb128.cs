namespace TorchSharp.Utils;

/// <summary>Little-endian base-128 numbers: the counts, types and sizes in TorchSharp's own files.</summary>
internal static class Leb128
{
    public static void Encode(this BinaryWriter writer, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value > 0x7f; value >>= 7) writer.Write((byte)(value | 0x80));
        writer.Write((byte)value);
    }

    public static long Decode(this BinaryReader reader)
    {
        var result = 0L;
        for (var shift = 0; ; shift += 7)
        {
            long part = reader.ReadByte();
            result |= (part & 0x7f) << shift;
            if ((part & 0x80) == 0) return result;
        }
    }
}
