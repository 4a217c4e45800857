using System.Diagnostics;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class ManifestWeightsTests
{
    [Theory]
    [InlineData("2dfan2", "02738a66b9420dd15364d7d79f908f0627fb88b4", 12_106_504)]
    [InlineData("2dfan2_alt", "5043cea4ee0b3bcc1fb5e9e43f3d04ebb00cd118", 12_106_504)]
    [InlineData("2dfan4", "dfbd68c687f9223930bf7cc12b799661216f241e", 23_820_176)]
    public void The_published_files_are_named_by_content(string name, string blob, int parameters)
    {
        var file = FanWeightsManifest.Load().Files.Single(f => f.Name == name);
        Assert.Equal((blob, parameters), (file.GitBlob, file.Parameters));
        Assert.EndsWith($"/{file.Path}", file.Url);
        Assert.Contains($"al{file.Stacks - 2}", file.Modules);
        Assert.DoesNotContain($"al{file.Stacks - 1}", file.Modules);
    }

    [Fact]
    public void A_git_blob_id_is_the_one_that_git_gives()
    {
        using var folder = new TemporaryFolder();
        // Known to every git: the empty file, and "hello\n".
        Assert.Equal("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", Fingerprints.GitBlob(folder.Write("empty", "")));
        Assert.Equal(
            "ce013625030ba8dba906f756967f9e9ca394464a",
            Fingerprints.GitBlob(folder.Write("hello", "hello\n"))
        );
    }

    [Fact]
    public void Git_itself_agrees_on_a_large_file()
    {
        using var folder = new TemporaryFolder();
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        var path = folder.Write("large.bin", content);
        var start = new ProcessStartInfo("git", ["hash-object", "--no-filters", path])
        {
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        Assert.Equal(git.StandardOutput.ReadToEnd().Trim(), Fingerprints.GitBlob(path));
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
        Assert.Equal("2dfan4", shifted.Identify(path)!.Name);
        Assert.Null(weights.Identify(path));
    }
}
