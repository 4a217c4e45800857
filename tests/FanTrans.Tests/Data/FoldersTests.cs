using CsCheck;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public sealed class FoldersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ADeviceIsWrittenToAndStaysOne()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no /dev/null.");
        WholeFile.Write("/dev/null", "nothing");
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Fact]
    public void NumbersInNamesCount()
    {
        string[] names =
        [
            "a1",
            "a2",
            "a010",
            "a10",
            "a11b2",
            "a11b10",
            "b",
            "frame-9.jpg",
            "frame-10.jpg",
            "frame-100.jpg",
        ];
        Gen.Shuffle(names).Sample(shuffled => Assert.Equal(names, shuffled.Order(Folders.NaturalOrder)), iter: 50);
    }

    [Fact]
    public void TheOrderIsATotalOne()
    {
        var name = Gen.String[Gen.Char["a0129.-"], 0, 6];
        Gen.Select(name, name, name)
            .Sample(
                (a, b, c) =>
                {
                    var order = Folders.NaturalOrder;
                    Assert.Equal(Math.Sign(order.Compare(a, b)), -Math.Sign(order.Compare(b, a)));
                    Assert.Equal(a == b, order.Compare(a, b) == 0);
                    if (order.Compare(a, b) <= 0 && order.Compare(b, c) <= 0)
                        Assert.True(order.Compare(a, c) <= 0, $"{a} {b} {c}");
                },
                iter: 5000
            );
    }

    [Fact]
    public void HiddenAndCompanionFilesAreNotSeen()
    {
        foreach (
            var name in new[]
            {
                "1.jpg",
                "._1.jpg",
                ".DS_Store",
                "Thumbs.db",
                "desktop.ini",
                ".part-1-1-2.jpg",
                "__MACOSX/1.jpg",
                "@eaDir/1.jpg",
                "in/1.jpg",
            }
        )
            folder.Write(name, "x");
        Assert.Equal(["1.jpg"], Folders.Files(folder.Path).Select(Path.GetFileName));
        Assert.Equal(["in"], Folders.Directories(folder.Path).Select(Path.GetFileName));
        Assert.Null(Folders.Find(folder.Path, "__macosx", "x"));
    }

    [Fact]
    public void AFileIsThereWholeOrNotAtAll()
    {
        var path = folder.At("deep/in/it.txt");
        WholeFile.Write(path, "first");
        Assert.Throws<InvalidOperationException>(() =>
            WholeFile.Write(
                path,
                file =>
                {
                    file.Write("half"u8);
                    throw new InvalidOperationException();
                }
            )
        );
        using (var file = new WholeFile(path))
        {
            file.Stream.Write("not committed"u8);
            Assert.Equal("first", File.ReadAllText(path));
        }
        Assert.Equal("first", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        WholeFile.Write(path, file => file.Write("second"u8), toDisk: false);
        Assert.Equal("second", File.ReadAllText(path));
    }
}
