using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

public sealed class DatasetsTests
{
    [Fact]
    public void RenderedFacesAreOneRegisteredDataset()
    {
        var (source, folds) = Datasets.Open(
            new SynthOptions
            {
                Profile = "disfa",
                Subjects = 6,
                FramesPerSubject = 2,
                ImageSize = 32,
            }.ToData()
        );
        Assert.Equal((12, 3), (source.Count, folds.Count));
        Assert.Equal(FanTrans.ActionUnits.Disfa, source.ActionUnits);
        Assert.Contains(
            "there is no option Hats",
            Assert.Throws<ArgumentException>(() => Datasets.Open("synthfaces?Hats=2")).Message
        );
    }

    [Fact]
    public void APartialCopySaysWhomItLacks()
    {
        using var folder = new TemporaryFolder();
        SmallDatasets
            .Preparation(folder.At("files"), folder.At("set"), subjects: 6, sequences: 1, frames: 2)
            .Run(cancellation: TestContext.Current.CancellationToken);
        var (source, folds) = Datasets.Open(folder.At("set"));
        Assert.Equal(3, folds.Count);
        var warning = Assert.Single(source.Warnings);
        Assert.Contains("set: a partial copy without F007, F008, ", warning);
        Assert.Contains("not comparable with published ones", warning);
        Assert.Equal(source.Warnings, new CachedDataset(source).Warnings);
        Assert.Empty(PreparedSet.Open(folder.At("set")).Warnings);
    }

    [Fact]
    public void AnyDatasetCanHaveAName()
    {
        var dots = new DotFaces(8);
        var seen = "";
        Datasets.Register(
            "my-dots",
            text =>
            {
                seen = text;
                return (dots, Folds.Random([.. Enumerable.Range(0, dots.Count).Select(i => dots.Key(i).Subject)]));
            }
        );
        Assert.Same(dots, Datasets.Open("my-dots?large").Source);
        Assert.Equal("large", seen);
        Assert.Contains(
            "cannot name a dataset",
            Assert.Throws<ArgumentException>(() => Datasets.Register("my dots", _ => default)).Message
        );
        var error = Assert.Throws<DirectoryNotFoundException>(() => Datasets.Open("no-dots"));
        Assert.Contains(
            "no-dots: no such folder or table, and no dataset is registered under the name no-dots (registered: ",
            error.Message
        );
        Assert.Contains("my-dots", error.Message);
    }
}
