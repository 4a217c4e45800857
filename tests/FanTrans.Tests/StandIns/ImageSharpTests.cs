using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FanTrans.Tests.StandIns;

/// <summary>The stand-in of ImageSharp behaves as the real one where the kit relies on it.</summary>
public class ImageSharpTests
{
    [Fact]
    public void APngRoundTripIsExactInEveryPixelType()
    {
        AssertPngKeeps<Rgb24>();
        AssertPngKeeps<Rgba32>();
        AssertPngKeeps<L8>();
    }

    [Fact]
    public void TransparentPixelsKeepTheirColourWhenTheAlphaIsDropped()
    {
        using var image = new Image<Rgba32>(2, 1);
        image[0, 0] = new Rgba32(10, 200, 30, 0);
        image[1, 0] = new Rgba32(1, 2, 3, 128);

        using var read = Image.Load<Rgb24>(Png(image));

        Assert.Equal(new Rgb24(10, 200, 30), read[0, 0]);
        Assert.Equal(new Rgb24(1, 2, 3), read[1, 0]);
    }

    [Fact]
    public void AColourSpaceNoteInAPngDoesNotChangeItsPixels()
    {
        using var image = Noise<Rgb24>(9, 5);
        var linear = InsertPngChunk(Png(image), "gAMA", [0, 1, 0x86, 0xA0]);

        using var read = Image.Load<Rgb24>(linear);

        Assert.Equal(Pixels(image), Pixels(read));
    }

    [Theory]
    [InlineData(100, 3)]
    [InlineData(75, 12)]
    public void AJpegComesBackCloseToItsPixels(int quality, int tolerance)
    {
        using var image = Ramp(96, 64);
        using var file = new MemoryStream();
        image.SaveAsJpeg(file, new JpegEncoder { Quality = quality });
        file.Position = 0;

        using var read = Image.Load<Rgb24>(file);

        Assert.Equal(new Size(96, 64), read.Size);
        var worst = Pixels(image).Zip(Pixels(read), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= tolerance, $"quality {quality} is off by up to {worst} of 255");
    }

    [Fact]
    public void AGreyJpegIsReadAsRgb()
    {
        using var grey = new Image<L8>(16, 16, new L8(77));
        using var file = new MemoryStream();
        grey.SaveAsJpeg(file);

        using var read = Image.Load<Rgb24>(file.ToArray());

        Assert.Equal(new Rgb24(77, 77, 77), read[8, 8]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void AQualityOutsideItsRangeIsRefused(int quality) =>
        Assert.Throws<ArgumentException>(() => new JpegEncoder { Quality = quality });

    [Fact]
    public void DataOfNoKnownFormatIsAnUnknownImageFormat()
    {
        Assert.Throws<UnknownImageFormatException>(() => Image.Load<Rgb24>("GIF89a, or so it says"u8));
        Assert.Throws<UnknownImageFormatException>(() => Image.Load<Rgb24>(ReadOnlySpan<byte>.Empty));
    }

    [Fact]
    public void APngThatEndsEarlyOrWasChangedIsInvalidContent()
    {
        using var image = Noise<Rgb24>(40, 40);
        var png = Png(image);
        var changed = (byte[])png.Clone();
        changed[png.Length / 2] ^= 0xFF;

        Assert.Throws<InvalidImageContentException>(() => Image.Load<Rgb24>(png.AsSpan(0, 8)));
        Assert.Throws<InvalidImageContentException>(() => Image.Load<Rgb24>(png.AsSpan(0, png.Length / 2)));
        Assert.Throws<InvalidImageContentException>(() => Image.Load<Rgb24>(changed));
    }

    [Fact]
    public void AJpegThatEndsEarlyIsInvalidContent()
    {
        // The real decoder fills the rest with grey; a missing half of a face must not pass for data.
        RestoredPackages.SkipUnlessStandIn("SixLabors.ImageSharp");
        var jpeg = Jpeg(Ramp(96, 64));

        Assert.Throws<InvalidImageContentException>(() => Image.Load<Rgb24>(jpeg.AsSpan(0, jpeg.Length / 2)));
        Assert.Throws<InvalidImageContentException>(() => Image.Load<Rgb24>(jpeg.AsSpan(0, 20)));
    }

    [Theory]
    [InlineData(1, "ab/cd")]
    [InlineData(2, "ba/dc")]
    [InlineData(3, "dc/ba")]
    [InlineData(4, "cd/ab")]
    [InlineData(5, "ac/bd")]
    [InlineData(6, "ca/db")]
    [InlineData(7, "db/ca")]
    [InlineData(8, "bd/ac")]
    public void AutoOrientTurnsAPhotographByItsExifOrientation(byte orientation, string upright)
    {
        // Stored: a b above c d, as grey levels of 8 x 8 blocks, so that JPEG keeps them.
        using var stored = new Image<Rgb24>(16, 16);
        for (var y = 0; y < 16; y++)
        {
            for (var x = 0; x < 16; x++)
            {
                var level = (byte)(40 + (60 * ((2 * (y / 8)) + (x / 8))));
                stored[x, y] = new Rgb24(level, level, level);
            }
        }

        using var read = Image.Load<Rgb24>(WithExifOrientation(Jpeg(stored), orientation));
        read.Mutate(steps => steps.AutoOrient());

        char At(int x, int y) => (char)('a' + (int)Math.Round((read[x, y].R - 40) / 60.0));
        Assert.Equal(upright, $"{At(4, 4)}{At(12, 4)}/{At(4, 12)}{At(12, 12)}");
    }

    [Fact]
    public void AutoOrientSwapsTheSidesOfAPhotographThatLiesOnItsSide()
    {
        using var read = Image.Load<Rgb24>(WithExifOrientation(Jpeg(Ramp(24, 16)), 6));
        Assert.Equal(new Size(24, 16), read.Size);

        read.Mutate(steps => steps.AutoOrient());

        Assert.Equal(new Size(16, 24), read.Size);
    }

    public static TheoryData<string, int, byte[]> KnownResizes => new()
    {
        // Computed by hand from each filter's definition, from the row 0 0 0 255 0 0 0 0.
        { nameof(KnownResamplers.NearestNeighbor), 4, [0, 0, 0, 0] },
        { nameof(KnownResamplers.Box), 4, [0, 128, 0, 0] },
        { nameof(KnownResamplers.Triangle), 4, [0, 96, 32, 0] },
        { nameof(KnownResamplers.Triangle), 16, [0, 0, 0, 0, 0, 64, 191, 191, 64, 0, 0, 0, 0, 0, 0, 0] },
        { nameof(KnownResamplers.Bicubic), 16, [0, 0, 0, 0, 0, 58, 221, 221, 58, 0, 0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(KnownResizes))]
    public void ResizingGivesTheFiltersValues(string filter, int width, byte[] expected)
    {
        var sampler = filter switch
        {
            nameof(KnownResamplers.NearestNeighbor) => KnownResamplers.NearestNeighbor,
            nameof(KnownResamplers.Box) => KnownResamplers.Box,
            nameof(KnownResamplers.Triangle) => KnownResamplers.Triangle,
            _ => KnownResamplers.Bicubic,
        };
        using var image = new Image<L8>(8, 3);
        for (var y = 0; y < 3; y++)
            image[3, y] = new L8(255);

        image.Mutate(steps => steps.Resize(width, 3, sampler));

        for (var y = 0; y < 3; y++)
            Assert.Equal(expected, Enumerable.Range(0, width).Select(x => image[x, y].PackedValue));
    }

    [Fact]
    public void EveryFilterKeepsAFlatPictureFlat()
    {
        foreach (var sampler in new[]
        {
            KnownResamplers.NearestNeighbor, KnownResamplers.Box, KnownResamplers.Triangle, KnownResamplers.Bicubic,
            KnownResamplers.Lanczos2, KnownResamplers.Lanczos3,
        })
        {
            foreach (var (width, height) in new[] { (5, 40), (40, 5), (13, 17) })
            {
                using var image = new Image<Rgb24>(20, 20, new Rgb24(200, 100, 50));
                image.Mutate(steps => steps.Resize(width, height, sampler));
                Assert.All(Pixels(image).Chunk(3), pixel => Assert.Equal([200, 100, 50], pixel));
            }
        }
    }

    [Fact]
    public void ASideOfZeroKeepsTheProportions()
    {
        using var image = new Image<Rgb24>(200, 100);
        using var narrow = image.Clone(steps => steps.Resize(50, 0));

        Assert.Equal(new Size(50, 25), narrow.Size);
        Assert.Equal(new Size(200, 100), image.Size);
    }

    [Fact]
    public void CroppingTakesTheRectangle()
    {
        using var image = Noise<Rgb24>(10, 8);
        using var crop = image.Clone(steps => steps.Crop(new Rectangle(3, 2, 4, 5)));

        Assert.Equal(new Size(4, 5), crop.Size);
        Assert.Equal(image[3, 2], crop[0, 0]);
        Assert.Equal(image[6, 6], crop[3, 4]);
        Assert.Throws<ArgumentException>(() => image.Mutate(steps => steps.Crop(new Rectangle(8, 0, 4, 4))));
    }

    [Fact]
    public void ADisposedImageRefusesItsPixels()
    {
        var image = new Image<Rgb24>(2, 2);
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image[0, 0]);
    }

    private static void AssertPngKeeps<TPixel>()
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = Noise<TPixel>(33, 21);
        using var read = Image.Load<TPixel>(Png(image));
        Assert.Equal(Pixels(image), Pixels(read));
    }

    private static Image<TPixel> Noise<TPixel>(int width, int height)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var bytes = new byte[width * height * Marshal.SizeOf<TPixel>()];
        new Random(7).NextBytes(bytes);
        return Image.LoadPixelData<TPixel>(bytes, width, height);
    }

    private static Image<Rgb24> Ramp(int width, int height)
    {
        var image = new Image<Rgb24>(width, height);
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
            {
                var row = rows.GetRowSpan(y);
                for (var x = 0; x < row.Length; x++)
                    row[x] = new Rgb24((byte)(2 * x), (byte)(3 * y), (byte)(x + y));
            }
        });
        return image;
    }

    private static byte[] Pixels<TPixel>(Image<TPixel> image)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var bytes = new byte[image.Width * image.Height * Marshal.SizeOf<TPixel>()];
        image.CopyPixelDataTo(bytes);
        return bytes;
    }

    private static byte[] Png(Image image)
    {
        using var file = new MemoryStream();
        image.SaveAsPng(file);
        return file.ToArray();
    }

    private static byte[] Jpeg(Image image)
    {
        using var file = new MemoryStream();
        image.SaveAsJpeg(file, new JpegEncoder { Quality = 95 });
        return file.ToArray();
    }

    // An EXIF segment with the one entry 0x0112 (orientation), right after the start of the file.
    private static byte[] WithExifOrientation(byte[] jpeg, byte orientation)
    {
        byte[] tiff = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        byte[] segment = [0xFF, 0xE1, 0, (byte)(8 + tiff.Length), .. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }

    // After the signature (8 bytes) and the header chunk (25).
    private static byte[] InsertPngChunk(byte[] png, string type, byte[] content)
    {
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. content];
        var chunk = new byte[body.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(body.Length + 4), Crc32(body));
        return [.. png[..33], .. chunk, .. png[33..]];
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
