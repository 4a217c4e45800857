using System.Diagnostics;
using System.Text;
using FanTrans.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace FanTrans.Tests.Data;

/// <summary>Images and videos as cameras, phones, browsers and programs write them.</summary>
public sealed class MediaFilesTests : IDisposable
{
    private static readonly Rgba64 Orange = new(0xFFFF, 0x8000, 0x2000, 0xFFFF);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Formats => [.. Encoders.Keys];

    private static Dictionary<string, IImageEncoder> Encoders =>
        new()
        {
            ["jpg"] = new JpegEncoder(),
            ["grey.jpg"] = new JpegEncoder { ColorType = JpegColorType.Luminance },
            ["png"] = new PngEncoder(),
            ["16.png"] = new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.RgbWithAlpha },
            ["grey16.png"] = new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.Grayscale },
            ["webp"] = new WebpEncoder(),
            ["bmp"] = new BmpEncoder(),
            ["tiff"] = new TiffEncoder(),
            ["gif"] = new GifEncoder(),
            ["tga"] = new TgaEncoder(),
        };

    [Theory]
    [MemberData(nameof(Formats))]
    public void EveryFormatIsReadWhateverTheFilesName(string format)
    {
        using var image = new Image<Rgba64>(40, 30, Orange);
        var path = folder.At("face.dat");
        image.Save(path, Encoders[format]);
        Assert.Equal(MediaKind.Image, MediaFiles.KindOf(path));
        var read = RgbImage.Load(path);
        Assert.Equal((40, 30), (read.Width, read.Height));
        var (r, g, b) = read[20, 15];
        var grey = format.Contains("grey", StringComparison.Ordinal);
        Assert.InRange(r, grey ? 140 : 250, grey ? 180 : 255);
        Assert.InRange(g, grey ? 140 : 120, grey ? 180 : 136);
        Assert.InRange(b, grey ? 140 : 24, grey ? 180 : 40);
    }

    [Fact]
    public void AnImageIsTurnedUpright()
    {
        using var image = new Image<Rgb24>(40, 20);
        image.Metadata.ExifProfile = new ExifProfile();
        image.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)6);
        image.SaveAsJpeg(folder.At("phone.jpg"));
        var read = RgbImage.Load(folder.At("phone.jpg"));
        Assert.Equal((20, 40), (read.Width, read.Height));
    }

    [Fact]
    public void TheSizeIsLookedAtBeforeAnythingIsDecoded()
    {
        var png = new RgbImage(8, 8).ToPng();
        // The header's width and height: 60,000 x 60,000 would take 10 GB. Its checksum is made to fit.
        byte[] side = [0, 0, 0xEA, 0x60];
        side.CopyTo(png, 16);
        side.CopyTo(png, 20);
        Crc(png.AsSpan(12, 17)).CopyTo(png, 29);
        folder.Write("bomb.png", png);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "60000 x 60000",
            Assert.Throws<InvalidDataException>(() => RgbImage.Load(folder.At("bomb.png"))).Message
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData("heic")]
    [InlineData("avif")]
    public void AStillPictureThatIsNotReadIsNamedWithTheWayOut(string brand)
    {
        byte[] file =
        [
            0,
            0,
            0,
            24,
            .. "ftyp"u8,
            .. Encoding.ASCII.GetBytes(brand),
            0,
            0,
            0,
            0,
            .. "mif1"u8,
            .. Encoding.ASCII.GetBytes(brand),
            .. "meta grid"u8,
        ];
        folder.Write("phone.jpg", file);
        Assert.Equal(MediaKind.Image, MediaFiles.KindOf(folder.At("phone.jpg")));
        var error = Assert.Throws<InvalidDataException>(() => RgbImage.Load(folder.At("phone.jpg")));
        Assert.Contains($"phone.jpg: a picture in {brand.ToUpperInvariant()}", error.Message);
        Assert.Contains("heif-convert", error.Message);
        Assert.Contains(
            brand.ToUpperInvariant(),
            Assert.Throws<InvalidDataException>(() => RgbImage.Decode(file)).Message
        );
    }

    [Fact]
    public void AFolderTellsWhatIsInItAndWhatIsPassedOver()
    {
        DisfaTests.RequireFfmpeg();
        new RgbImage(8, 8).SavePng(folder.At("in/10.png"));
        new RgbImage(8, 8).SavePng(folder.At("in/9.png"));
        File.Copy(DisfaTests.WriteVideo(folder, "v.avi", 3), folder.At("in/11 film"));
        folder.Write("in/readme.txt", "1,2\n");
        folder.Write("in/notes", "no picture");
        folder.Write("in/empty", "");
        folder.Write("in/inner/1.png", "");
        folder.Write("in/._9.png", "x");
        var (files, passedOver) = MediaFiles.In(folder.At("in"));
        Assert.Equal(["9.png", "10.png", "11 film"], files.Select(Path.GetFileName));
        Assert.Equal(["inner/", "empty", "notes", "readme.txt"], passedOver);
        Assert.Throws<DirectoryNotFoundException>(() => MediaFiles.In(folder.At("nowhere")));
    }

    [Theory]
    [InlineData("-c:v ffv1 -pix_fmt gray16le", "deep.mkv", 64)]
    [InlineData("-c:v ffv1 -pix_fmt yuv420p10le", "ten.mkv", 64)]
    [InlineData("-c:v mpeg4 -vf setsar=2", "wide pixels.mkv", 128)]
    [InlineData("-c:v mjpeg", "12:30.avi", 64)]
    [InlineData("-c:v mpeg2video", "-v.mpg", 64)]
    [InlineData("-c:v mpeg2video -f mpegts", "camera.mts", 64)]
    [InlineData("-c:v wmv2", "v.wmv", 64)]
    [InlineData("-c:v mpeg4 -f mp4", "no ending", 64)]
    public void EveryVideoGivesUprightRgbWithSquarePixels(string how, string name, int width)
    {
        DisfaTests.RequireFfmpeg();
        Film($"-frames:v 5 {how}", name);
        Assert.Equal(MediaKind.Video, MediaFiles.KindOf(folder.At(name)));
        var frames = Ffmpeg.Frames(folder.At(name), cancellation: TestContext.Current.CancellationToken).ToList();
        Assert.Equal([1, 2, 3, 4, 5], frames.Select(f => f.Number));
        Assert.All(frames, f => Assert.Equal((width, 48), (f.Image.Width, f.Image.Height)));
        Assert.All(frames, f => Assert.Equal((f.Number - 1) / 25.0, f.Seconds, 0.002));
    }

    [Fact]
    public void EachFrameHasItsOwnTimeAndAVariableRateIsNotNumbered()
    {
        DisfaTests.RequireFfmpeg();
        Film(
            "-frames:v 6 -vf setpts='if(gt(N,2),N+10,N)' -fps_mode passthrough -c:v mpeg4 -enc_time_base 1/25",
            "v.mkv"
        );
        var times = Ffmpeg
            .Frames(folder.At("v.mkv"), cancellation: TestContext.Current.CancellationToken)
            .Select(f => f.Seconds);
        Assert.All(times.Zip([0, 0.04, 0.08, 0.52, 0.56, 0.6]), pair => Assert.Equal(pair.Second, pair.First, 0.002));
        // A gap of whole frames is a gap in the numbers.
        Assert.Equal([1, 2, 3, 14, 15, 16], new VideoFrames(folder.At("v.mkv"), "ffmpeg").Numbers);

        Film(
            "-frames:v 6 -vf settb=1/1000,setpts='40*N+20*gt(N,2)' -fps_mode passthrough -c:v ffv1 "
                + "-enc_time_base 1/1000",
            "vary.mkv"
        );
        Assert.Contains(
            "constant rate",
            Assert.Throws<InvalidDataException>(() => new VideoFrames(folder.At("vary.mkv"), "ffmpeg")).Message
        );
    }

    [Fact]
    public void FramesThatAreLostAreSaidWhereverTheyWere()
    {
        DisfaTests.RequireFfmpeg();
        var bytes = File.ReadAllBytes(DisfaTests.WriteVideo(folder, "v.avi", 6));
        // The third frame's chunk is cut out; the header still counts six.
        var chunks = Chunks(bytes);
        folder.Write("lost.avi", [.. bytes[..chunks[2].Start], .. bytes[chunks[3].Start..]]);
        Assert.Contains(
            "header counts 6 frames and 5 are there",
            Assert.Throws<InvalidDataException>(() => new VideoFrames(folder.At("lost.avi"), "ffmpeg")).Message
        );
        var seen = 0;
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (
                var frame in Ffmpeg.Frames(folder.At("lost.avi"), cancellation: TestContext.Current.CancellationToken)
            )
                seen = frame.Number;
        });
        Assert.Equal(5, seen);
        Assert.Contains("expected 6 frames as its container counts, decoded 5", error.Message);
    }

    [Fact]
    public void AFileThatIsNoVideoIsRefused()
    {
        DisfaTests.RequireFfmpeg();
        folder.Write("v.avi", new byte[5000]);
        Assert.Equal(MediaKind.Other, MediaFiles.KindOf(folder.At("v.avi")));
        Assert.Contains(
            "expected a video",
            Assert.Throws<InvalidDataException>(() => Ffmpeg.Index(folder.At("v.avi"))).Message
        );
        Assert.Throws<FileNotFoundException>(() => Ffmpeg.Index(folder.At("nowhere.avi")));
        // Without the programs a video is known by its ending, so that its error says what to install.
        Assert.Equal(MediaKind.Video, MediaFiles.KindOf(folder.At("v.avi"), "no-such-ffmpeg"));
        Assert.Throws<InvalidOperationException>(() =>
            Ffmpeg.Frames(folder.At("v.avi"), "no-such-ffmpeg", TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void AnEncodedVideoIsThereWholeOrNotAtAll()
    {
        DisfaTests.RequireFfmpeg();
        Assert.Throws<InvalidOperationException>(() => Ffmpeg.Encode(Broken(), folder.At("out/v.avi")));
        Assert.Empty(Directory.GetFiles(folder.At("out")));

        static IEnumerable<RgbImage> Broken()
        {
            yield return new RgbImage(16, 16);
            throw new InvalidOperationException();
        }
    }

    private static byte[] Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return [.. BitConverter.GetBytes(~crc).Reverse()];
    }

    private static List<(int Start, int Length)> Chunks(byte[] avi)
    {
        var chunks = new List<(int, int)>();
        for (var at = avi.AsSpan().IndexOf("movi"u8) + 4; avi.AsSpan(at, 4).SequenceEqual("00dc"u8); )
        {
            var length = 8 + ((BitConverter.ToInt32(avi, at + 4) + 1) / 2 * 2);
            chunks.Add((at, length));
            at += length;
        }
        return chunks;
    }

    /// <summary>Makes a film of 64 x 48 pixels at 25 frames per second.</summary>
    private void Film(string how, string name)
    {
        var start = new ProcessStartInfo(
            "ffmpeg",
            [
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=64x48:rate=25",
                .. how.Split(' '),
                $"file:{folder.At(name)}",
            ]
        )
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
    }
}
