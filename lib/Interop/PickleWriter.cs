using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace FanTrans.Interop;

/// <summary>Writes the pickles of a state dict, protocol 2, as torch.save does.</summary>
internal sealed class PickleWriter(Stream stream)
{
    public PickleWriter Start() => Bytes(0x80, 2);

    public void Stop() => Bytes((byte)'.');

    public PickleWriter Mark() => Bytes((byte)'(');

    public PickleWriter Tuple() => Bytes((byte)'t');

    public PickleWriter Boolean(bool value) => Bytes(value ? (byte)0x88 : (byte)0x89);

    public PickleWriter None() => Bytes((byte)'N');

    public PickleWriter EmptyDict() => Bytes((byte)'}');

    public PickleWriter EmptyList() => Bytes((byte)']');

    public PickleWriter SetItems() => Bytes((byte)'u');

    public PickleWriter Appends() => Bytes((byte)'e');

    public PickleWriter PersistentId() => Bytes((byte)'Q');

    /// <summary>Calls the function below the arguments' tuple.</summary>
    public PickleWriter Reduce() => Bytes((byte)'R');

    public PickleWriter Global(string module, string name)
    {
        stream.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
        return this;
    }

    public PickleWriter OrderedDict() => Global("collections", "OrderedDict").Bytes((byte)')').Reduce();

    public PickleWriter Integer(BigInteger value)
    {
        if (value >= 0 && value <= byte.MaxValue)
            return Bytes((byte)'K', (byte)value);
        if (value >= int.MinValue && value <= int.MaxValue)
        {
            Span<byte> narrow = stackalloc byte[5];
            narrow[0] = (byte)'J';
            BinaryPrimitives.WriteInt32LittleEndian(narrow[1..], (int)value);
            return Bytes(narrow);
        }
        byte[] wide = value.ToByteArray();
        return Bytes(0x8a, (byte)wide.Length).Bytes(wide);
    }

    public PickleWriter Text(string value)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(value);
        Span<byte> length = stackalloc byte[5];
        length[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(length[1..], encoded.Length);
        return Bytes(length).Bytes(encoded);
    }

    public PickleWriter Integers(IEnumerable<long> values)
    {
        Mark();
        foreach (long value in values)
            Integer(value);
        return Tuple();
    }

    private PickleWriter Bytes(params ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        return this;
    }
}
