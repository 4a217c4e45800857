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
    private static readonly Lazy<byte[][]> Valid = new(() =>
        [
            ValidFile(PyTorchWriter.Zip),
            ValidFile(PyTorchWriter.Legacy),
            ValidFile(tensors =>
            {
                using var folder = new TemporaryFolder();
                WeightsFile.Save(folder.At("w.safetensors"), tensors);
                return File.ReadAllBytes(folder.At("w.safetensors"));
            }),
        ]
    );

    public static TheoryData<string, string> Pickles =>
        new()
        {
            { "cos\nsystem\nX\u0004\0\0\0true\u0085R.", "holds os.system" },
            { "cposix\nsystem\nX\u0004\0\0\0true\u0085R.", "holds posix.system" },
            { "c__builtin__\neval\nX\u0001\0\0\01\u0085R.", "holds __builtin__.eval" },
            { "cbuiltins\ngetattr\n.", "holds a class or storage" },
            { "\u008c\u0002os\u008c\u0006system\u0093)R.", "holds os.system" },
            { "cos\u001b[31m\nsystem\n)R.", "holds os\\u001b[31m.system" },
            { "(S'x'\nios\nsystem\n.", "holds os.system" },
            { "(cos\nsystem\nX\u0001\0\0\0xo.", "holds os.system" },
            { "cos\nsystem\n)\u0081}X\u0001\0\0\0xK\u0001sb.", "holds os.system" },
            { "cos\nsystem\n)}\u0092.", "holds os.system" },
            { "cbuiltins\neval\n)R)R.", "holds an object" },
            { "ctorch\nFloatStorage\n)R.", "holds torch.FloatStorage" },
            { "K\u0001K\u0002b.", "holds an integer" },
            { "K\u0001K\u0002R.", "holds an object" },
            { "(X\u0006\0\0\0modulecos\nsystem\ntQ.", "holds a class" },
            { "K\u0001Q.", "holds a reference" },
            { "(X\u0007\0\0\0storagetQ.", "lacks its type" },
            {
                "(X\u0007\0\0\0storagectorch\nQInt8Storage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0001tQ.",
                "is of torch.QInt8Storage"
            },
            { "K\u0001K\u0002.", "1 values and 0 marks too many" },
            { ".", "a value is missing" },
            { "(K\u0001.", "0 values and 1 marks too many" },
            { "t.", "a mark is missing" },
            { "h\u0007.", "memo 7 is read before it is set" },
            { "gx\n.", "'x' is no integer" },
            { "X\u00ff\u00ff\u00ff\u00ffabc", "a string of 4294967295 bytes" },
            { "X\u00ff\u00ff\u0000\u0000abc", "expected 65535 more bytes" },
            { "\u008b\u00ff\u00ff\u00ff\u007f.", "an integer of 2147483647 bytes" },
            { "}(K\u0001u.", "items set" },
            { "]K\u0001K\u0002s.", "items set on something" },
            { "}K\u0001a.", "an append" },
            { "\u0080\u0006.", "protocol 6" },
            { "\u0082\u0001.", "0x82 is no opcode" },
            { "c" + "aaaaaaaaaa", "expected more bytes" },
        };

    [Theory]
    [MemberData(nameof(Pickles), DisableDiscoveryEnumeration = true)]
    public void AHarmfulPickleIsRefusedByName(string pickle, string expected)
    {
        byte[] bytes = Latin1(pickle);
        string zipped = Refusal(Zip(("a/data.pkl", bytes)));
        Assert.StartsWith("hostile", zipped);
        Assert.Contains(expected, zipped);
        Assert.Contains(expected, Refusal([.. PyTorchWriter.LegacyHead(), .. bytes]));
    }

    public static TheoryData<string, long, long[], long[], long> Tensors =>
        new()
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
            { "has 24 bytes, expected 28", 0, [6], [1], 7 },
            { "negative size -5", 0, [6], [1], -5 },
            { "has 24 bytes, expected 36893488147419103228", 0, [6], [1], long.MaxValue },
        };

    [Theory]
    [MemberData(nameof(Tensors), DisableDiscoveryEnumeration = true)]
    public void ATensorBeyondItsStorageIsRefused(
        string expected,
        long offset,
        long[] shape,
        long[] strides,
        long storage
    )
    {
        byte[] pickle = PyTorchWriter.Pickle(p =>
            p.Start()
                .EmptyDict()
                .Mark()
                .Text("a")
                .Tensor("0", offset, shape, strides, storage, legacy: false)
                .SetItems()
                .Stop()
        );
        Assert.Contains(expected, Refusal(Zip(("a/data.pkl", pickle), ("a/data/0", new byte[24]))));
    }

    [Fact]
    public void DeepNestingDoesNoHarmAndManyValuesAreRefused()
    {
        Assert.Contains(
            "a tuple of 1 items",
            Refusal(Zip(("a/data.pkl", [.. "N"u8, .. Enumerable.Repeat((byte)0x85, 500_000), .. "."u8])))
        );
        foreach (byte code in new byte[] { (byte)'N', (byte)'(', 0x94 })
        {
            Assert.Contains(
                "more than 2000000 values",
                Refusal(Zip(("a/data.pkl", [(byte)'N', .. Enumerable.Repeat(code, 2_000_001), .. "."u8])))
            );
        }
        // Ten levels of modules of ten children each, which are all the same one.
        byte[] tower = PyTorchWriter.Pickle(p =>
        {
            p.Start();
            for (int level = 0; level < 60; level++)
                p.New("m", "M").EmptyDict().Mark().Text("a");
        });
        Refusal(Zip(("a/data.pkl", tower)));
    }

    [Fact]
    public void AListThatHoldsItselfDoesNotHang() =>
        Assert.Contains("a list of 1 items", Refusal(Zip(("a/data.pkl", "]q\0h\0a."u8.ToArray()))));

    [Fact]
    public void AStorageWithTwoSizesIsRefused()
    {
        byte[] pickle = PyTorchWriter.Pickle(p =>
            p.Start()
                .EmptyDict()
                .Mark()
                .Text("a")
                .Storage("FloatStorage", "0", 6, legacy: false)
                .Text("b")
                .Storage("FloatStorage", "0", 7, legacy: false)
                .SetItems()
                .Stop()
        );
        Assert.Contains("storage 0 is given with two types or sizes", Refusal(Zip(("a/data.pkl", pickle))));
    }

    [Fact]
    public void ZipFilesThatTorchSaveNeverWritesAreRefused()
    {
        byte[] pickle = "}."u8.ToArray();
        Assert.Contains("without data.pkl", Refusal(Zip(("a/other", pickle))));
        Assert.Contains(
            "the byte order is big",
            Refusal(Zip(("a/data.pkl", pickle), ("a/byteorder", "big"u8.ToArray())))
        );
        Assert.Contains("two entries of one name", Refusal(Zip(("a/data.pkl", pickle), ("a/data.pkl", pickle))));
        Assert.Contains("cut off", Refusal("PK\u0003\u0004"u8.ToArray()));

        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var bomb = archive.CreateEntry("a/data.pkl", CompressionLevel.SmallestSize).Open();
            bomb.Write(new byte[1 << 22]);
        }
        Assert.Contains("not compressed", Refusal(stream.ToArray()));
    }

    [Fact]
    public void AZipEntryThatClaimsMoreThanTheFileIsRefused()
    {
        byte[] zip = Zip(("a/data.pkl", "}."u8.ToArray()), ("a/data/0", new byte[100]));
        int first = zip.AsSpan().IndexOf(Latin1("PK\u0001\u0002"));
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(first + 20), 1 << 30);
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(first + 24), 1 << 30);
        Refusal(zip);
    }

    [Fact]
    public void BigEndianAndForeignLegacyFilesAreRefused()
    {
        byte[] valid = Valid.Value[1];
        Assert.Contains(
            "big-endian",
            Refusal([.. PyTorchWriter.LegacyHead(littleEndian: false), .. Latin1("\u0080\u0002}.")])
        );
        byte[] other = [.. valid];
        other[5]++;
        Assert.Contains("magic number", Refusal(other));
        Assert.Contains("bytes behind the last storage", Refusal([.. valid, 0, 0]));
    }

    [Fact]
    public void LegacyStoragesOfAnotherSizeAreRefused()
    {
        byte[] objects = PyTorchWriter.Pickle(p =>
            p.Start().EmptyDict().Mark().Text("a").Tensor("0", 0, [6], [1], 6, legacy: true).SetItems().Stop()
        );
        byte[] File(string[] keys, long count, int bytes) =>
            PyTorchWriter.Legacy(
                objects,
                keys,
                [
                    [.. BitConverter.GetBytes(count), .. new byte[bytes]],
                ]
            );
        WeightsFile.Load(Source(File(["0"], 6, 24))).Dispose();
        Assert.Contains("has 7 elements, expected 6", Refusal(File(["0"], 7, 28)));
        Assert.Contains("ends at byte", Refusal(File(["0"], 6, 23)));
        Assert.Contains("no tensor uses", Refusal(File(["1"], 6, 24)));
        Assert.Contains("storage 0 is missing", Refusal(File([], 6, 24)));
    }

    public static TheoryData<string, string> Headers =>
        new()
        {
            { " {}", "not a weights file" },
            { "{", "a broken header" },
            { "{}x", "a broken header" },
            {
                """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
                "a broken header"
            },
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
            {
                """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""",
                "data_offsets 0 to 12, the data has 8 bytes"
            },
            { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "data_offsets -4 to 0" },
            { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", "data_offsets 8 to 4" },
            { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "the tensors end at byte" },
            { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "a hole or an overlap" },
            {
                """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
                "a hole or an overlap"
            },
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "the field x" },
            { """{"__metadata__":[]}""", "__metadata__ is not an object" },
            { """{"__metadata__":{"a":1}}""", "__metadata__.a is not a string" },
            { """{"a":{"dtype":"F32","shape":[[[[1]]]],"data_offsets":[0,8]}}""", "a broken header" },
        };

    [Theory]
    [MemberData(nameof(Headers), DisableDiscoveryEnumeration = true)]
    public void ABrokenSafeTensorsHeaderIsRefused(string header, string expected) =>
        Assert.Contains(
            expected,
            Refusal([.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[8]])
        );

    [Fact]
    public void AHeaderLongerThanTheFileIsRefused()
    {
        Assert.Contains("a header of 1000 bytes", Refusal([.. BitConverter.GetBytes(1000L), .. "{}"u8]));
        Assert.Contains(
            "a header of 1099511627775 bytes",
            Refusal([.. BitConverter.GetBytes((1L << 40) - 1), .. "{}"u8])
        );
    }

    [Fact]
    public void OtherFilesAreRefused()
    {
        (byte[] Bytes, string Expected)[] files =
        [
            ([], "an empty file"),
            (Latin1("P"), "not a weights file"),
            (new byte[1000], "not a weights file"),
            (Latin1("\u0089PNG\r\n\u001a\n"), "not a weights file"),
            (Latin1("hello, world"), "not a weights file"),
            (Latin1("version https://git-lfs.github.com/spec/v1\noid sha256:0"), "git lfs pull"),
            (Latin1("\n <!DOCTYPE html><title>Not Found</title>"), "a web page"),
            ([.. new byte[257], .. "ustar"u8, .. new byte[250]], "a tar archive"),
            ([0x1f, 0x8b, 8], "a gzip archive"),
            (Latin1("\u0080\u0002N."), "expected its magic number"),
            (PyTorchWriter.Zip([("x.npy", [1])]), "without data.pkl"),
        ];
        Assert.All(files, file => Assert.Contains(file.Expected, Refusal(file.Bytes)));
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
        Gen.Select(Gen.Int[0, 2], Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 4])
            .Sample(
                (format, changes) =>
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
                },
                iter: 20_000,
                threads: 1
            );

    private static string Refusal(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => WeightsFile.Load(Source(bytes))).Message;

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static ByteSource Source(byte[] bytes) => ByteSource.Of("hostile", bytes);

    private static byte[] ValidFile(Func<IEnumerable<KeyValuePair<string, Tensor>>, byte[]> write)
    {
        using var scope = NewDisposeScope();
        return write(
            new Dictionary<string, Tensor>
            {
                ["conv.weight"] = ones(4, 5),
                ["bn.num_batches_tracked"] = tensor(3L),
                ["half"] = ones(3).to_type(ScalarType.Float16),
            }
        );
    }

    private static byte[] Zip(params (string Name, byte[] Bytes)[] entries) => PyTorchWriter.Zip(entries);
}
