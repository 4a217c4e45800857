using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CsCheck;
using FanTrans.Interop;
using static TorchSharp.torch;

namespace FanTrans.Tests.Interop;

/// <summary>Files that are broken or mean harm: each is refused with a clear error, none runs code, hangs or
/// takes memory beyond measure.</summary>
[Collection(TorchCollection.Name)]
public class HostileFileTests
{
    private static readonly Lazy<byte[][]> Valid = new(() => [.. Enum.GetValues<WeightsFormat>().Select(ValidFile)]);

    public static TheoryData<string, string> Pickles => new()
    {
        { "cos\nsystem\nX\u0004\0\0\0true\u0085R.", "names os.system" },
        { "cposix\nsystem\nX\u0004\0\0\0true\u0085R.", "names posix.system" },
        { "c__builtin__\neval\nX\u0001\0\0\01\u0085R.", "names __builtin__.eval" },
        { "cbuiltins\ngetattr\n.", "names builtins.getattr" },
        { "ctorch\nload\n.", "names torch.load" },
        { "ctorch._utils\n_rebuild_qtensor\n.", "names torch._utils._rebuild_qtensor" },
        { "\u008c\u0002os\u008c\u0006system\u0093.", "names os.system" },
        { "cos\u001b[31m\nsystem\n.", "names os\\u001b[31m.system" },
        { "(S'x'\nios\nsystem\n.", "opcode 0x53" },
        { "(X\u0001\0\0\0xios\nsystem\n.", "opcode 0x69" },
        { "ccollections\nOrderedDict\n)\u0081.", "opcode 0x81" },
        { "ctorch\nFloatStorage\n)R.", "torch.FloatStorage with 0 arguments" },
        { "ccollections\nOrderedDict\nK\u0001\u0085R.", "collections.OrderedDict with 1 argument" },
        { "K\u0001K\u0002b.", "the state of an object" },
        { "K\u0001K\u0002R.", "a call of something" },
        { "X\u0006\0\0\0moduleK\u0001\u0086Q.", "a pickled module, expected plain tensors" },
        { "K\u0001Q.", "something that is not a storage" },
        { "K\u0001K\u0002.", "1 values and 0 marks too many" },
        { ".", "a value is missing" },
        { "(K\u0001.", "0 values and 1 marks too many" },
        { "t.", "a mark is missing" },
        { "h\u0007.", "memo 7 is read before it is set" },
        { "X\u00ff\u00ff\u00ff\u00ffabc", "a string of 4294967295 bytes" },
        { "X\u00ff\u00ff\u0000\u0000abc", "expected 65535 more bytes" },
        { "\u008a\u0020" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.", "an integer of 32 bytes" },
        { "}N)s.", "a dict key" },
        { "}(K\u0001u.", "items set" },
        { "]K\u0001K\u0002s.", "items set on something" },
        { "}K\u0001a.", "an append" },
        { "\u0080\u0000.", "protocol 0" },
        { "c" + "aaaaaaaaaa", "expected more bytes" },
    };

    [Theory]
    [MemberData(nameof(Pickles), DisableDiscoveryEnumeration = true)]
    public void AHarmfulPickleIsRefusedByName(string pickle, string expected)
    {
        byte[] bytes = Latin1(pickle);
        string zipped = Refusal(Zip(("a/data.pkl", bytes)));
        Assert.StartsWith("hostile, byte ", zipped);
        Assert.Contains(expected, zipped);
        Assert.Contains(expected, Refusal(Legacy(bytes)));
    }

    public static TheoryData<string, long, long[], long[], long> Tensors => new()
    {
        { "reaches element 6 of a storage of 6", 0, [7], [1], 6 },
        { "reaches element 6 of a storage of 6", 1, [6], [1], 6 },
        { "reaches element 25 of a storage of 6", 0, [6, 2], [5, 0], 6 },
        { "negative offset -1", -1, [6], [1], 6 },
        { "negative stride -1", 5, [6], [-1], 6 },
        { "negative size -6", 0, [-6], [1], 6 },
        { "1 sizes and 2 strides", 0, [6], [1, 1], 6 },
        { "at offset 9 of a storage of 6", 9, [0], [1], 6 },
        { "more than 1099511627776 elements", 0, [1L << 40, 1L << 40], [0, 0], 6 },
        { "more than 1099511627776 elements", 0, [0, 1L << 62, 1L << 62], [0, 0, 0], 6 },
        { "reaches element", 0, [2, 2], [1L << 62, 1L << 62], 6 },
        { "the tensors take", 0, [1 << 20, 1 << 18], [0, 0], 6 },
        { "has 24 bytes, expected 7 elements", 0, [6], [1], 7 },
        { "negative size -5", 0, [6], [1], -5 },
        { "expected 9223372036854775807 elements", 0, [6], [1], long.MaxValue },
    };

    [Theory]
    [MemberData(nameof(Tensors), DisableDiscoveryEnumeration = true)]
    public void ATensorBeyondItsStorageIsRefused(string expected, long offset, long[] shape, long[] strides, long storage)
    {
        using var pickle = new MemoryStream();
        WriteTensor(new PickleWriter(pickle), offset, shape, strides, storage, legacy: false);
        Assert.Contains(expected, Refusal(Zip(("a/data.pkl", pickle.ToArray()), ("a/data/0", new byte[24]))));
    }

    [Fact]
    public void DeepNestingAndManyValuesAreRefused()
    {
        Assert.Contains("nested deeper than 100", Refusal(Zip(("a/data.pkl", [.. "N"u8, .. Enumerable.Repeat((byte)0x85, 5000), .. "."u8]))));
        Assert.Contains("nested deeper than 100", Refusal(Zip(("a/data.pkl",
            [.. Enumerable.Repeat((byte)']', 5000), .. Enumerable.Repeat((byte)'a', 4999), .. "."u8]))));
        Assert.Contains("more than 2000000 values", Refusal(Zip(("a/data.pkl", [.. Enumerable.Repeat((byte)'N', 2_000_001), .. "."u8]))));
    }

    [Fact]
    public void AListThatHoldsItselfDoesNotHang() =>
        Assert.Contains("a list of 1 items", Refusal(Zip(("a/data.pkl", "]q\0h\0a."u8.ToArray()))));

    [Fact]
    public void AStorageWithTwoSizesIsRefused()
    {
        using var pickle = new MemoryStream();
        var writer = new PickleWriter(pickle);
        writer.Start().EmptyDict().Mark();
        writer.Text("a");
        WriteStorage(writer, 6, legacy: false);
        writer.Text("b");
        WriteStorage(writer, 7, legacy: false);
        writer.SetItems().Stop();
        Assert.Contains("storage 0 is given with two types or sizes", Refusal(Zip(("a/data.pkl", pickle.ToArray()))));
    }

    [Fact]
    public void ZipFilesThatTorchSaveNeverWritesAreRefused()
    {
        byte[] pickle = "}."u8.ToArray();
        Assert.Contains("without data.pkl", Refusal(Zip(("a/other", pickle))));
        Assert.Contains("TorchScript", Refusal(Zip(("a/data.pkl", pickle), ("a/constants.pkl", pickle))));
        Assert.Contains("the byte order is big", Refusal(Zip(("a/data.pkl", pickle), ("a/byteorder", "big"u8.ToArray()))));
        Assert.Contains("appears twice", Refusal(Zip(("a/data.pkl", pickle), ("a/data.pkl", pickle))));
        Assert.Contains("cut off", Refusal("PK\u0003\u0004"u8.ToArray()));

        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var bomb = archive.CreateEntry("a/data.pkl", CompressionLevel.SmallestSize).Open();
            bomb.Write(new byte[1 << 22]);
        }
        Assert.Contains("a/data.pkl is compressed (method 8)", Refusal(stream.ToArray()));
    }

    [Fact]
    public void ZipEntriesThatOverlapOrReachTooFarAreRefused()
    {
        byte[] zip = Zip(("a/data.pkl", "}."u8.ToArray()), ("a/data/0", new byte[100]));
        int second = LastIndex(zip, 0x02014b50);
        byte[] overlapping = [.. zip];
        int first = Index(zip, 0x02014b50);
        zip.AsSpan(first + 42, 4).CopyTo(overlapping.AsSpan(second + 42));
        Assert.Contains("another name in its own header", Refusal(overlapping));

        byte[] long1 = [.. zip];
        BinaryPrimitives.WriteUInt32LittleEndian(long1.AsSpan(second + 20), 1 << 20);
        BinaryPrimitives.WriteUInt32LittleEndian(long1.AsSpan(second + 24), 1 << 20);
        Assert.Contains("reaches into the directory or beyond the file", Refusal(long1));

        byte[] grown = [.. zip];
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(first + 24)) + 64;
        BinaryPrimitives.WriteUInt32LittleEndian(grown.AsSpan(first + 20), size);
        BinaryPrimitives.WriteUInt32LittleEndian(grown.AsSpan(first + 24), size);
        Assert.Contains("overlaps another", Refusal(grown));

        byte[] mixed = [.. zip];
        BinaryPrimitives.WriteUInt32LittleEndian(mixed.AsSpan(second + 20), 50);
        Assert.Contains("is stored in 50 bytes but has 100", Refusal(mixed));

        byte[] many = [.. zip];
        BinaryPrimitives.WriteUInt16LittleEndian(many.AsSpan(zip.Length - 12), 60000);
        Assert.Contains("60000 entries", Refusal(many));
    }

    [Fact]
    public void BigEndianAndForeignLegacyFilesAreRefused()
    {
        byte[] valid = Valid.Value[(int)WeightsFormat.PyTorchLegacy];
        int flag = Index(valid, "little_endian"u8) + "little_endian".Length;
        byte[] big = [.. valid];
        Assert.Equal(0x88, big[flag]);
        big[flag] = 0x89;
        Assert.Contains("big-endian", Refusal(big));

        byte[] other = [.. valid];
        other[5]++;
        Assert.Contains("magic number", Refusal(other));
        Assert.Contains("bytes behind the last storage", Refusal([.. valid, 0, 0]));
    }

    [Fact]
    public void LegacyStoragesOfAnotherSizeAreRefused()
    {
        using var objects = new MemoryStream();
        WriteTensor(new PickleWriter(objects), 0, [6], [1], 6, legacy: true);
        byte[] Key(string key) => Latin1($"\u0080\u0002]X\u0001\0\0\0{key}a.");
        byte[] Data(long count, int bytes) => [.. BitConverter.GetBytes(count), .. new byte[bytes]];
        using (WeightsFile.Load(Source([.. Legacy(objects.ToArray()), .. Key("0"), .. Data(6, 24)])))
        {
        }
        Assert.Contains("has 7 elements, expected 6", Refusal([.. Legacy(objects.ToArray()), .. Key("0"), .. Data(7, 28)]));
        Assert.Contains("ends at byte", Refusal([.. Legacy(objects.ToArray()), .. Key("0"), .. Data(6, 23)]));
        Assert.Contains("no tensor uses", Refusal([.. Legacy(objects.ToArray()), .. Key("1"), .. Data(6, 24)]));
        Assert.Contains("storage 0 is missing", Refusal([.. Legacy(objects.ToArray()), .. Latin1("\u0080\u0002]."), .. Data(6, 24)]));
    }

    public static TheoryData<string, string> Headers => new()
    {
        { "", "not a weights file" },
        { " {}", "not a weights file" },
        { "{", "a broken header" },
        { "{}x", "a broken header" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "a broken header" },
        { """{"a":1}""", "a is not described by an object" },
        { """{"a":{"dtype":"F32","shape":[1]}}""", "a lacks" },
        { """{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,8]}}""", "dtype F8, expected one of BOOL" },
        { """{"a":{"dtype":1,"shape":[1],"data_offsets":[0,8]}}""", "the field dtype" },
        { """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "shape is not an array" },
        { """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "not an integer" },
        { """{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,8]}}""", "not an integer" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "negative size -2" },
        { """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "more than" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""", "not an integer" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "has 8 bytes, expected 12" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "data_offsets 0 to 12, the data has 8 bytes" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "data_offsets -4 to 0" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", "data_offsets 8 to 4" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "the tensors end at byte" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "a hole or an overlap" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "a hole or an overlap" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "the field x" },
        { """{"__metadata__":[]}""", "__metadata__ is not an object" },
        { """{"__metadata__":{"a":1}}""", "__metadata__.a is not a string" },
        { """{"a":{"dtype":"F32","shape":[[[[1]]]],"data_offsets":[0,8]}}""", "a broken header" },
    };

    [Theory]
    [MemberData(nameof(Headers), DisableDiscoveryEnumeration = true)]
    public void ABrokenSafeTensorsHeaderIsRefused(string header, string expected) =>
        Assert.Contains(expected, Refusal(
            [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[8]]));

    [Fact]
    public void AHeaderLongerThanTheFileIsRefused()
    {
        Assert.Contains("a header of 1000 bytes", Refusal([.. BitConverter.GetBytes(1000L), .. "{}"u8]));
        Assert.Contains("a header of 1099511627775 bytes", Refusal([.. BitConverter.GetBytes((1L << 40) - 1), .. "{}"u8]));
    }

    [Fact]
    public void OtherFilesAreRefused()
    {
        foreach (byte[] bytes in new[] { [], Latin1("P"), Latin1("\u0089PNG\r\n\u001a\n"), new byte[1000], Latin1("hello, world") })
            Assert.Contains("not a weights file", Refusal(bytes));
    }

    [Fact]
    public void AFileCutOffAnywhereIsRefused()
    {
        foreach (byte[] valid in Valid.Value)
        {
            for (int length = 0; length < valid.Length; length += length < 300 || length > valid.Length - 300 ? 1 : 7)
                Refusal(valid[..length]);
        }
    }

    [Fact]
    public void ChangedBytesAreLoadedOrRefusedButNothingElse() =>
        Gen.Select(Gen.Int[0, 2], Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 4]).Sample((format, changes) =>
        {
            byte[] bytes = [.. Valid.Value[format]];
            foreach (var (place, value) in changes)
                bytes[place % bytes.Length] = value;
            try
            {
                WeightsFile.Load(Source(bytes)).Dispose();
            }
            catch (InvalidDataException)
            {
                // refused, as it should be
            }
        }, iter: 20_000, threads: 1);

    private static string Refusal(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => WeightsFile.Load(Source(bytes))).Message;

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static ByteSource Source(byte[] bytes) => ByteSource.Of("hostile", bytes);

    private static byte[] ValidFile(WeightsFormat format)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensors = new Dictionary<string, Tensor>
        {
            ["conv.weight"] = ones(4, 5), ["bn.num_batches_tracked"] = tensor(3L), ["half"] = ones(3).to_type(ScalarType.Float16),
        };
        WeightsFile.Save(folder["valid"], tensors, format);
        return File.ReadAllBytes(folder["valid"]);
    }

    private static byte[] Zip(params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        var zip = new ZipWriter(stream);
        foreach (var (name, bytes) in entries)
            zip.Add(name, bytes);
        zip.Finish();
        return stream.ToArray();
    }

    /// <summary>The legacy format up to and with its pickled objects.</summary>
    private static byte[] Legacy(byte[] objects)
    {
        byte[] valid = Valid.Value[(int)WeightsFormat.PyTorchLegacy];
        return [.. valid.AsSpan(0, Index(valid, "ccollections"u8) - 2), .. objects];
    }

    private static void WriteTensor(PickleWriter pickle, long offset, long[] shape, long[] strides, long storage, bool legacy)
    {
        pickle.Start().EmptyDict().Mark().Text("a").Global("torch._utils", "_rebuild_tensor_v2").Mark();
        WriteStorage(pickle, storage, legacy);
        pickle.Integer(offset).Integers(shape).Integers(strides).Boolean(false).OrderedDict().Tuple().Reduce().SetItems().Stop();
    }

    private static void WriteStorage(PickleWriter pickle, long count, bool legacy)
    {
        pickle.Mark().Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Integer(count);
        if (legacy)
            pickle.None();
        pickle.Tuple().PersistentId();
    }

    private static int Index(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part);

    private static int Index(byte[] bytes, uint signature) => bytes.AsSpan().IndexOf(BitConverter.GetBytes(signature));

    private static int LastIndex(byte[] bytes, uint signature) => bytes.AsSpan().LastIndexOf(BitConverter.GetBytes(signature));
}
