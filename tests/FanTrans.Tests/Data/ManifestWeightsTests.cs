using System.Diagnostics;
using System.Text;
using FanTrans.Data;
using FanTrans.Interop;

namespace FanTrans.Tests.Data;

public class ManifestWeightsTests
{
    [Theory]
    [InlineData("2dfan2", "02738a66b9420dd15364d7d79f908f0627fb88b4", 12_106_504)]
    [InlineData("2dfan2_alt", "5043cea4ee0b3bcc1fb5e9e43f3d04ebb00cd118", 12_106_504)]
    [InlineData("2dfan4", "dfbd68c687f9223930bf7cc12b799661216f241e", 23_820_176)]
    public void The_published_files_are_named_by_content(string name, string blob, int parameters)
    {
        var file = FanWeightsManifest.Load().File(name);
        Assert.Equal((blob, parameters), (file.GitBlob, file.Parameters));
        Assert.EndsWith($"/{file.Path}", file.Url);
        Assert.Contains($"al{file.Stacks - 2}", file.Modules);
        Assert.DoesNotContain($"al{file.Stacks - 1}", file.Modules);
    }

    [Fact]
    public void A_git_blob_id_is_the_one_that_git_gives()
    {
        // Known to every git: the empty file, and "hello\n".
        Assert.Equal("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", GitBlob.Id(new MemoryStream()));
        Assert.Equal("ce013625030ba8dba906f756967f9e9ca394464a", GitBlob.Id(new MemoryStream("hello\n"u8.ToArray())));
        var rest = new MemoryStream("xxhello\n"u8.ToArray()) { Position = 2 };
        Assert.Equal("ce013625030ba8dba906f756967f9e9ca394464a", GitBlob.Id(rest));
    }

    [Fact]
    public void Git_itself_agrees_on_a_large_file()
    {
        using var folder = new TemporaryFolder();
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        var path = folder.Write("large.bin", content);
        var start = new ProcessStartInfo("git", ["hash-object", "--no-filters", path]) { RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        Assert.Equal(git.StandardOutput.ReadToEnd().Trim(), GitBlob.Id(path));
    }

    [Fact]
    public void A_stream_without_a_size_is_refused()
    {
        using var pipe = new System.IO.Compression.DeflateStream(new MemoryStream(), System.IO.Compression.CompressionMode.Decompress);
        Assert.Contains("MemoryStream", Assert.Throws<ArgumentException>(() => GitBlob.Id(pipe)).Message);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0", "a Git LFS pointer")]
    [InlineData("<!DOCTYPE html><title>Not Found</title>", "a web page")]
    [InlineData("PK\u0003\u0004 and the rest of it", "23 bytes, cut off, changed or another file")]
    public void A_wrong_download_is_told_by_its_looks(string content, string guess)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("2dfan2.pth", Encoding.UTF8.GetBytes(content));
        var error = Assert.Throws<InvalidDataException>(() => FanWeightsManifest.Load().Verify(path, "2dfan2"));
        Assert.Contains(guess, error.Message);
        Assert.Contains("02738a66b9420dd15364d7d79f908f0627fb88b4", error.Message);
        Assert.Contains("https://github.com/hhj1897/face_alignment", error.Message);
    }

    [Fact]
    public void Another_published_file_is_recognised()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("2dfan2.pth", "hello\n"u8.ToArray());
        var weights = FanWeightsManifest.Load();
        FanWeightsManifest shifted = weights with
        {
            Files = [weights.Files[0], weights.Files[2] with { GitBlob = "ce013625030ba8dba906f756967f9e9ca394464a" }],
        };
        Assert.Contains("that is 2dfan4", Assert.Throws<InvalidDataException>(() => shifted.Verify(path, "2dfan2")).Message);
        Assert.Equal("2dfan4", shifted.Identify(path)!.Name);
        Assert.Null(weights.Identify(path));
        shifted.Verify(path, "2dfan4");
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var weights = FanWeightsManifest.Load();
        Assert.Contains("2dfan2, 2dfan2_alt, 2dfan4", Assert.Throws<ArgumentException>(() => weights.File("3dfan")).Message);
        Assert.Contains("raw/master", Assert.Throws<FileNotFoundException>(() => weights.Verify("nowhere.pth", "2dfan2")).Message);
    }

    [Fact]
    public void A_typo_is_an_error_that_names_file_and_field()
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Path.Combine(Repository.Root, "data-manifests", "fan-weights.json"));
        var path = folder.Write("fan-weights.json", text.Replace("02738a66b9420dd1", "02738A66"));
        Assert.Contains("fan-weights.json: files[0].gitBlob: expected text of the form", Assert.Throws<InvalidDataException>(() => FanWeightsManifest.Read(path)).Message);
        path = folder.Write("fan-weights.json", text.Replace("\"stacks\"", "\"stack\""));
        Assert.Contains("fan-weights.json: files[2].stack: unknown field; did you mean 'stacks'?", Assert.Throws<InvalidDataException>(() => FanWeightsManifest.Read(path)).Message);
    }
}
