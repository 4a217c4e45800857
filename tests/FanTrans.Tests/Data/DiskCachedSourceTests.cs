using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class DiskCachedSourceTests
{
    [Fact]
    public void Frames_come_back_as_they_were_in_this_run_and_in_the_next()
    {
        using var folder = new TemporaryFolder();
        var source = new DotFaces(20);
        using (var cache = new DiskCachedSource(source, folder.At("frames.cache")))
        {
            Same(source, cache);
            Assert.Equal(20, cache.Made);
            Same(source, cache);
            Assert.Equal(20, cache.Made);
            Assert.Equal(cache.Bytes, new FileInfo(folder.At("frames.cache")).Length);
        }
        using var again = new DiskCachedSource(source, folder.At("frames.cache"));
        Same(source, again);
        Assert.Equal(0, again.Made);
    }

    [Fact]
    public void A_record_that_is_damaged_or_half_written_is_made_anew()
    {
        using var folder = new TemporaryFolder();
        var source = new DotFaces(6);
        using (var cache = new DiskCachedSource(source, folder.At("frames.cache")))
            Same(source, cache);
        var bytes = File.ReadAllBytes(folder.At("frames.cache"));
        bytes[^1] ^= 1;
        Array.Clear(bytes, bytes.Length / 2, 3000);
        File.WriteAllBytes(folder.At("frames.cache"), bytes);
        using var mended = new DiskCachedSource(source, folder.At("frames.cache"));
        Same(source, mended);
        Assert.InRange(mended.Made, 2, 3);
    }

    [Fact]
    public void A_cache_of_another_source_is_begun_anew_and_another_file_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        var source = new DotFaces(6);
        using (var cache = new DiskCachedSource(source, folder.At("frames.cache")))
            Same(source, cache);
        var other = new MadeUpFaces(FanTrans.ActionUnits.Bp4d, 1, 2, 3);
        using (var cache = new DiskCachedSource(other, folder.At("frames.cache")))
        {
            Same(other, cache);
            Assert.Equal(6, cache.Made);
        }
        folder.Write("notes.txt", "someone's own file");
        Assert.Contains("choose another name", Assert.Throws<IOException>(() => new DiskCachedSource(source, folder.At("notes.txt"))).Message);
        Assert.Equal("someone's own file", File.ReadAllText(folder.At("notes.txt")));
    }

    [Fact]
    public void Batches_are_those_of_the_source_and_pictures_of_two_sizes_are_refused()
    {
        using var folder = new TemporaryFolder();
        var source = new DotFaces(24);
        using var cache = new DiskCachedSource(source, folder.At("frames.cache"));
        var options = new AuLoaderOptions { ImageSize = 24, BatchSize = 8, Shuffle = true, Workers = 3, Augmentation = AugmentationOptions.Paper };
        float[][] Epoch(IFaceSource from) => [.. new AuLoader(from, options).Epoch(1, TestContext.Current.CancellationToken).Select(b => b.Images)];
        Assert.Equal(Epoch(source), Epoch(cache));
        Assert.Equal(Epoch(source), Epoch(cache));

        var mixed = new ConcatenatedSource([("a", new DotFaces(3)), ("b", new DotFaces(3, side: 32)), ("c", new DotFaces(1))]);
        Assert.Contains("expected 64 x 64 pixels", Assert.ThrowsAny<Exception>(() =>
        {
            using var refused = new DiskCachedSource(mixed, folder.At("mixed.cache"));
            Same(mixed, refused);
        }).Message);
    }

    private static void Same(IFaceSource expected, IFaceSource found)
    {
        Assert.Equal(expected.Count, found.Count);
        Assert.Equal(expected.ActionUnits, found.ActionUnits);
        for (var i = 0; i < expected.Count; i++)
        {
            FaceFrame a = expected.Read(i), b = found.Read(i);
            Assert.Equal((a.Key, a.Box), (b.Key, b.Box));
            Assert.Equal((a.Image.Width, a.Image.Height), (b.Image.Width, b.Image.Height));
            Assert.Equal(a.Image.Pixels, b.Image.Pixels);
            Assert.Equal(a.Landmarks, b.Landmarks);
            Assert.Equal(a.Visible, b.Visible);
            Assert.Equal(a.Labels, b.Labels);
            Assert.Equal(a.Intensities, b.Intensities);
            Assert.Equal(a.Labels, found.LabelsAt(i));
        }
    }
}
