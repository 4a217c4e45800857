using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FanTrans.Data;
using FanTrans.Interop;
using FanTrans.Prediction;
using FanTrans.Tests.Interop;
using FanTrans.Training.Experiments;
using NotebookHost;
using NotebookHost.Notebooks;

namespace FanTrans.Tests.Fuzz;

/// <summary>What <see cref="FuzzTests"/> found, one test for each.</summary>
public sealed class FindingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Formats => [.. ImageFiles.All.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void AnImageThatIsCutOffIsRefusedAndAWholeOneIsRead(string format)
    {
        // The last few bytes may be padding, or a part that no pixel needs.
        const int Spare = 24;
        foreach (var file in ImageFiles.All[format])
        {
            var image = RgbImage.Decode(file);
            Assert.Equal((ImageFiles.Width, ImageFiles.Height), (image.Width, image.Height));
            // Programs put more behind an image: a thumbnail, a film of the moment.
            Assert.Equal(image.Pixels, RgbImage.Decode([.. file, .. new byte[3000]]).Pixels);
            for (var length = 0; length < file.Length - Spare; length += 1 + (file.Length / 50))
                Assert.Throws<InvalidDataException>(() => RgbImage.Decode(file[..length]));
        }
    }

    [Fact]
    public void AJpegImageWithoutItsLastByteDoesNotWaitForIt()
    {
        foreach (var file in ImageFiles.All["JPEG"])
            Assert.Contains("cut off", Assert.Throws<InvalidDataException>(() => RgbImage.Decode(file[..^1])).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APngImageWithTooFewRowsIsRefused(bool interlaced)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(new byte[40]);
        byte[] header = [0, 0, 0, 20, 0, 0, 0, 12, 8, 2, 0, 0, (byte)(interlaced ? 1 : 0)];
        byte[] file =
        [
            0x89,
            .. "PNG\r\n\x1a\n"u8,
            .. Chunk("IHDR", header),
            .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
        Assert.Contains(
            "bytes of rows, found 40",
            Assert.Throws<InvalidDataException>(() => RgbImage.Decode(ImageFiles.RepairPng(file))).Message
        );

        static byte[] Chunk(string name, byte[] content) =>
            [0, 0, 0, (byte)content.Length, .. Encoding.ASCII.GetBytes(name), .. content, 0, 0, 0, 0];
    }

    [Fact]
    public void ABitmapMakesNoRoomForColoursThatItDoesNotHave()
    {
        var file = ImageFiles.All["BMP"][1].ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 1 << 27);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => RgbImage.Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void AZipEntryThatHoldsLessThanItsTableSaysIsNamed()
    {
        // The compression method, in both of the entry's headers: deflate makes of the stored bytes what it can.
        var file = PyTorchWriter.Zip([("a/data.pkl", [0x03, 0x00, .. new byte[62]])]);
        file[8] = 8;
        file[file.AsSpan().LastIndexOf("PK\x01\x02"u8) + 10] = 8;
        Assert.Contains(
            "the ZIP entry a/data.pkl is broken",
            Assert.Throws<InvalidDataException>(() => WeightsFile.Load(ByteSource.Of("w", file))).Message
        );
    }

    [Fact]
    public void AMatlabFileThatGrowsAThousandfoldIsRefused()
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(new byte[1 << 24]);
        var head = new byte[128];
        "MATLAB 5.0"u8.CopyTo(head);
        "IM"u8.CopyTo(head.AsSpan(126));
        var path = folder.Write(
            "bomb.mat",
            [.. head, .. BitConverter.GetBytes(15), .. BitConverter.GetBytes((int)packed.Length), .. packed.ToArray()]
        );
        Assert.Contains("inflate to more than", Assert.Throws<InvalidDataException>(() => MatFile.Read(path)).Message);
    }

    [Theory]
    [InlineData("{\"source\":\"s\"}\nnot JSON\n")]
    [InlineData("{\"source\":\"s\"}\n{\"path\":\"a\"}\n")]
    [InlineData("not JSON\n")]
    public void AJournalThatIsDamagedBeginsAnew(string content)
    {
        var path = folder.Write("journal", content);
        using (var journal = PreparationJournal.Open(path, "s", 12, out var isNew))
        {
            Assert.True(isNew);
            Assert.Empty(journal.Rows);
        }
        PreparationJournal.Open(path, "s", 12, out var again).Dispose();
        Assert.False(again);
    }

    [Fact]
    public void AColumnWithANumberBeyondMeasureIsNoActionUnit() =>
        Assert.Equal([1], AuTimeLine.Read(folder.Write("t.csv", "frame,AU01,AU99999999999\n0,0.5,1\n"))[0].ActionUnits);

    [Fact]
    public void ATextThatIsNoUnicodeIsNamedByFile()
    {
        var manifest = folder.Write("m.json", [.. "{\"a"u8, 0xFF, .. "\":1}"u8]);
        Assert.Contains("m.json", Assert.Throws<InvalidDataException>(() => DatasetManifest.Read(manifest)).Message);
    }

    [Theory]
    [InlineData("{ \"cells\": 3 }", "cells: expected a list of at least one value, found 3")]
    [InlineData("{ \"cells\": [] }", "cells: expected a list of at least one value, found []")]
    [InlineData("{ \"cells\": [null] }", "cells: expected a list of at least one value, found [null]")]
    [InlineData("{ \"grid\": { \"Seed\": [] } }", "Seed: expected a list of at least one value, found []")]
    [InlineData("{ \"grid\": { \"Seed\": null } }", "Seed: expected a list of at least one value, found null")]
    public void ASweepWithoutAnExperimentIsRefused(string json, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => Sweep.Load(folder.Write("s.json", json))).Message
        );

    [Theory]
    [InlineData("n.dib", "#!meta\n\n[1\n", "its #!meta is not JSON")]
    [InlineData("n.ipynb", "{\"nbformat\":4,\"nbformat\":4,\"cells\":[]}", "not JSON")]
    [InlineData("n.ipynb", "{\"nbformat\":4,\"a\":\"\\ud800\",\"cells\":[]}", "not JSON")]
    [InlineData("n.ipynb", "{\"nbformat\":4,\"\\ud800\":1,\"cells\":[]}", "not JSON")]
    [InlineData(
        "n.ipynb",
        "{\"nbformat\":4,\"nbformat_minor\":0.5,\"cells\":[]}",
        "nbformat_minor: expected a whole number"
    )]
    [InlineData("n.ipynb", "{\"nbformat\":4,\"cells\":[{\"cell_type\":[]}]}", "cell 1: a field is of another kind")]
    [InlineData(
        "n.ipynb",
        "{\"nbformat\":4,\"cells\":[{\"cell_type\":\"code\",\"outputs\":[1]}]}",
        "outputs: expected a list"
    )]
    public void ANotebookWithFieldsOfAnotherKindIsNamed(string name, string content, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<HostException>(() => Notebook.Load(folder.Write(name, content))).Message
        );
}
