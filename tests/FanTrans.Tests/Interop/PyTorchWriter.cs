using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;
using FanTrans.Interop;
using static TorchSharp.torch;

namespace FanTrans.Tests.Interop;

/// <summary>Writes PyTorch's files, so that the library's reader can be tested without PyTorch.</summary>
internal sealed class PyTorchWriter(Stream stream)
{
    private static readonly BigInteger Magic = ((BigInteger)0x1950 << 64) + 0xa86a20f9469cfc6c;

    /// <summary>A ZIP file as torch.save writes it.</summary>
    public static byte[] Zip(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var list = tensors.ToList();
        return Zip([
            ("archive/data.pkl", Pickle(pickle => pickle.Start().Objects(list, legacy: false).Stop())),
            ("archive/byteorder", "little"u8.ToArray()),
            .. list.Select((pair, i) => ($"archive/data/{i}", BytesOf(pair.Value))),
            ("archive/version", "3\n"u8.ToArray()),
        ]);
    }

    /// <summary>A ZIP file of entries that are not compressed.</summary>
    public static byte[] Zip(IReadOnlyList<(string Name, byte[] Bytes)> entries)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }
        return file.ToArray();
    }

    /// <summary>A file as torch.save wrote it before PyTorch 1.6.</summary>
    public static byte[] Legacy(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var list = tensors.ToList();
        return Legacy(
            Pickle(pickle => pickle.Start().Objects(list, legacy: true).Stop()),
            [.. list.Select((_, i) => $"{i}")],
            [.. list.Select(pair => (byte[])[.. BitConverter.GetBytes(pair.Value.numel()), .. BytesOf(pair.Value)])]
        );
    }

    /// <summary>The same from its parts.</summary>
    public static byte[] Legacy(byte[] objects, string[] keys, byte[][] storages) =>
        [
            .. LegacyHead(),
            .. objects,
            .. Pickle(pickle =>
            {
                pickle.Start().EmptyList().Mark();
                foreach (string key in keys)
                    pickle.Text(key);
                pickle.Appends().Stop();
            }),
            .. storages.SelectMany(bytes => bytes),
        ];

    /// <summary>The legacy form up to its objects.</summary>
    public static byte[] LegacyHead(bool littleEndian = true) =>
        Pickle(pickle =>
        {
            pickle.Start().Integer(Magic).Stop();
            pickle.Start().Integer(1001).Stop();
            pickle.Start().EmptyDict().Mark().Text("little_endian").Boolean(littleEndian).SetItems().Stop();
        });

    public static byte[] Pickle(Action<PyTorchWriter> write)
    {
        using var bytes = new MemoryStream();
        write(new PyTorchWriter(bytes));
        return bytes.ToArray();
    }

    public PyTorchWriter Start() => Bytes(0x80, 2);

    public void Stop() => Bytes((byte)'.');

    public PyTorchWriter Mark() => Bytes((byte)'(');

    public PyTorchWriter Tuple() => Bytes((byte)'t');

    public PyTorchWriter Boolean(bool value) => Bytes(value ? (byte)0x88 : (byte)0x89);

    public PyTorchWriter None() => Bytes((byte)'N');

    public PyTorchWriter EmptyDict() => Bytes((byte)'}');

    public PyTorchWriter EmptyList() => Bytes((byte)']');

    public PyTorchWriter SetItems() => Bytes((byte)'u');

    public PyTorchWriter Appends() => Bytes((byte)'e');

    public PyTorchWriter Reduce() => Bytes((byte)'R');

    /// <summary>An object of a class, with its attributes set by <see cref="Build"/>.</summary>
    public PyTorchWriter New(string module, string name) => Global(module, name).Bytes((byte)')', 0x81);

    public PyTorchWriter Build() => Bytes((byte)'b');

    public PyTorchWriter Global(string module, string name)
    {
        stream.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
        return this;
    }

    public PyTorchWriter OrderedDict() => Global("collections", "OrderedDict").Bytes((byte)')').Reduce();

    public PyTorchWriter Integer(BigInteger value)
    {
        byte[] wide = value.ToByteArray();
        return value >= 0 && value <= byte.MaxValue
            ? Bytes((byte)'K', (byte)value)
            : Bytes([0x8a, (byte)wide.Length, .. wide]);
    }

    public PyTorchWriter Text(string value)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(value);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, encoded.Length);
        return Bytes([(byte)'X', .. length, .. encoded]);
    }

    public PyTorchWriter Integers(IEnumerable<long> values)
    {
        Mark();
        foreach (long value in values)
            Integer(value);
        return Tuple();
    }

    public PyTorchWriter Storage(string type, string key, long count, bool legacy)
    {
        Mark().Text("storage").Global("torch", type).Text(key).Text("cpu").Integer(count);
        if (legacy)
            None(); // no view of another storage
        return Tuple().Bytes((byte)'Q');
    }

    /// <summary>A tensor of a storage of float32.</summary>
    public PyTorchWriter Tensor(string key, long offset, long[] shape, long[] strides, long count, bool legacy) =>
        Global("torch._utils", "_rebuild_tensor_v2")
            .Mark()
            .Storage("FloatStorage", key, count, legacy)
            .Integer(offset)
            .Integers(shape)
            .Integers(strides)
            .Boolean(false)
            .OrderedDict()
            .Tuple()
            .Reduce();

    /// <summary>A state dict, each tensor with a storage of its own, counted from 0.</summary>
    public PyTorchWriter Objects(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, bool legacy)
    {
        OrderedDict().Mark();
        for (int i = 0; i < tensors.Count; i++)
        {
            var (name, tensor) = tensors[i];
            Text(name)
                .Global("torch._utils", "_rebuild_tensor_v2")
                .Mark()
                .Storage(ElementTypes.Of(tensor, name).Storage, $"{i}", tensor.numel(), legacy)
                .Integer(0)
                .Integers(tensor.shape)
                .Integers(StoredTensor.ContiguousStrides(tensor.shape))
                .Boolean(false)
                .OrderedDict()
                .Tuple()
                .Reduce();
        }
        return SetItems();
    }

    private static byte[] BytesOf(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.numel() == 0 ? [] : tensor.detach().cpu().contiguous().bytes.ToArray();
    }

    private PyTorchWriter Bytes(params ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        return this;
    }
}
