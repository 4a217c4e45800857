using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Interop;
using static TorchSharp.torch;

namespace FanTrans.Tests.Data;

/// <summary>Inputs of kinds that users of other systems reported; they may lie beside the clone. What is right for each
/// kind is also a test of its own, with inputs that it makes.</summary>
[Collection(TorchCollection.Name)]
public sealed class SharedCasesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bp4d-labels-as-1.0", "bp4d", 4)]
    [InlineData("bp4d-labels-header-AU01", "bp4d", 4)]
    [InlineData("bp4d-labels-semicolon", "bp4d", 4)]
    [InlineData("bp4d-macos", "bp4d", 4)]
    [InlineData("bp4d-pictures-bmp", "bp4d", 4)]
    [InlineData("disfa-all-from-zero", "disfa", 6)]
    [InlineData("disfa-labels-from-zero", "disfa", 6)]
    public void AFolderIsPreparedWithEveryFrameAndItsOwnLabels(string name, string dataset, int crops)
    {
        var root = Repository.Shared($"cases/{name}");
        var report = new PreparationReport();
        var files = DatasetFiles.Find(dataset, root, report);
        var result = new Preparation(files, report, folder.At("set"), SmallDatasets.SmallCrops).Run(
            cancellation: Cancel
        );
        Assert.Equal(crops, result.Set.Count);
        Assert.DoesNotContain(result.Report.Problems, p => p.IsFault);
        Assert.All(result.Set.Rows, row => Assert.DoesNotContain(LabelRule.Unknown, row.Labels));
        Assert.Equal(name == "disfa-labels-from-zero" ? 1 : 0, result.Report.Count(ProblemKind.CountedFromZero));
        if (dataset == "bp4d")
        {
            Assert.Equal([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0], result.Set.Rows[0].Labels.Select(l => (int)l));
        }
        else
        {
            // The k-th label belongs to the k-th image, whatever either is called.
            var first = ActionUnits
                .Disfa.Select(au =>
                    File.ReadLines(Path.Combine(root, "ActionUnit_Labels", "SN001", $"SN001_au{au}.txt"))
                        .Select(l => int.Parse(l.Split(',')[1]))
                        .ToArray()
                )
                .ToArray();
            for (var k = 0; k < crops; k++)
                Assert.Equal(first.Select(values => values[k]), result.Set.Rows[k].Intensities!.Select(i => (int)i));
        }
    }

    [Fact]
    public void ARecordingWithALostFrameIsNotNumbered()
    {
        DisfaTests.RequireFfmpeg();
        var report = new PreparationReport();
        Assert.Empty(DatasetFiles.Find("disfa", Repository.Shared("cases/disfa-lost-frame"), report).Sequences);
        Assert.Contains(
            "header counts 6 frames and 5 are there",
            Assert.Single(report.Problems, p => p.Kind == ProblemKind.UnreadableVideo).Detail
        );
    }

    [Theory]
    [InlineData("cmyk.jpg", 96)]
    [InlineData("webp-named.jpg", 96)]
    [InlineData("face.webp", 96)]
    [InlineData("face.bmp", 48)]
    [InlineData("face.tiff", 48)]
    [InlineData("face.gif", 48)]
    public void EveryFormatOfImagesIsRead(string name, int side)
    {
        var image = RgbImage.Load(Repository.Shared($"cases/picture-formats/{name}"));
        Assert.Equal((side, side), (image.Width, image.Height));
        var (r, g, b) = image[side / 2, side / 2]; // skin
        Assert.True(r > g && g > b, $"{r} {g} {b}");
    }

    [Theory]
    [InlineData("face.heic")]
    [InlineData("heic-named.jpg")]
    public void AFormatThatIsNotReadIsNamed(string name)
    {
        var path = Repository.Shared($"cases/picture-formats/{name}");
        try
        {
            Assert.Equal(96, RgbImage.Load(path).Width); // where ffmpeg is new enough
        }
        catch (InvalidDataException error)
        {
            Assert.Contains("HEIC", error.Message);
            Assert.Contains("heif-convert", error.Message);
        }
    }

    [Fact]
    public void AnImageThatIsCutOffIsNamed()
    {
        var path = Repository.Shared("cases/batch-one-broken/2.jpg");
        Assert.StartsWith(
            $"{path}: expected a whole image, found one that is cut off after 1500 bytes",
            Assert.Throws<InvalidDataException>(() => RgbImage.Load(path)).Message
        );
    }

    [Theory]
    [InlineData("video-10bit/hevc10.mov", "0 .04 .08 .12 .16 .2")]
    [InlineData("video-10bit/grey16.mkv", "0 .04")]
    [InlineData("video-endings/v.m4v", "0 .04 .08 .12 .16 .2")]
    [InlineData("video-endings/v.mts", "0 .04 .08 .12 .16 .2")]
    [InlineData("video-endings/v.webm", "0 .04 .08 .12 .16 .2")]
    [InlineData("video-endings/v.wmv", "0 .04 .08 .12 .16 .2")]
    [InlineData("video-variable-rate/vfr.mp4", "0 .04 .08 .6 .64 1.64")]
    [InlineData("video-variable-rate/browser.mkv", "0 .04 .08 .6 .64 1.64")]
    public void EveryVideoIsDecodedWithItsOwnTimes(string name, string times)
    {
        DisfaTests.RequireFfmpeg();
        var path = Repository.Shared($"cases/{name}");
        Assert.Equal(MediaKind.Video, MediaFiles.KindOf(path));
        var frames = Ffmpeg.Frames(path, cancellation: Cancel).ToList();
        Assert.Equal(times.Split(' ').Select(double.Parse), frames.Select(f => Math.Round(f.Seconds, 3)));
    }

    [Fact]
    public void AVideoWithADamagedFrameIsSaidToHaveLostOne()
    {
        DisfaTests.RequireFfmpeg();
        var frames = new List<VideoFrame>();
        var error = Assert.Throws<InvalidDataException>(() =>
            frames.AddRange(
                Ffmpeg.Frames(Repository.Shared("cases/video-lost-frame/damaged.avi"), cancellation: Cancel)
            )
        );
        Assert.Contains("expected 6 frames as its container counts, decoded 5", error.Message);
    }

    [Theory]
    [InlineData("folder-without-pictures", "y.webp")]
    [InlineData("batch-one-broken", "1.jpg 2.jpg 3.jpg")]
    [InlineData("video-endings", "v.m4v v.mts v.webm v.wmv")]
    public void AFolderGivesItsImagesAndVideos(string name, string files)
    {
        DisfaTests.RequireFfmpeg();
        var (found, passedOver) = MediaFiles.In(Repository.Shared($"cases/{name}"));
        Assert.Equal(files.Split(' '), found.Select(Path.GetFileName));
        Assert.Contains("README", passedOver);
        Assert.Equal(name == "folder-without-pictures", passedOver.Contains("sub/"));
    }

    [Theory]
    [InlineData("evaluate-all-unknown", "all are unknown")]
    [InlineData("evaluate-blank-end", null)]
    [InlineData("evaluate-duplicate", "is there already, in line")]
    [InlineData("evaluate-intensity-labels", "line 2, column AU01: expected a label 0, 1, or 9 for unknown, found '3'")]
    [InlineData("evaluate-logits", "line 2, column AU01_p: expected a probability from 0 to 1, found '2.8589'")]
    [InlineData("evaluate-one-subject", null)]
    public void PredictionsAreReadOrNamedByFileLineAndColumn(string name, string? problem)
    {
        var path = Repository.Shared($"cases/{name}/test.csv");
        if (problem is null)
            Assert.NotEmpty(PredictionsFile.Load(path).Keys);
        else
            Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => PredictionsFile.Load(path)).Message);
    }

    public static TheoryData<string> Weights =>
        Directory.Exists(WeightsFolder)
            ? [.. Folders.Files(WeightsFolder).Select(path => Path.GetFileName(path)).Where(name => name != "README")]
            : ["right.pth"];

    private static string WeightsFolder =>
        Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "cases", "weights"));

    [Theory]
    [MemberData(nameof(Weights))]
    public void WeightsInEveryFormFitTheirNetwork(string name)
    {
        var path = Repository.Shared($"cases/weights/{name}");
        using var scope = NewDisposeScope();
        using var network = new Network();
        var refused = name switch
        {
            "lfs.pth" => "git lfs pull",
            "html.pth" => "a web page",
            "empty.pth" => "an empty file",
            _ => null,
        };
        if (refused is not null)
        {
            Assert.Contains(refused, Assert.Throws<InvalidDataException>(() => WeightsFile.Load(path)).Message);
            return;
        }
        // Two dicts of tensors: the error says how to name one.
        if (name == "own_key.pth")
        {
            Assert.Contains(
                "own_key.pth#fan",
                Assert.Throws<InvalidDataException>(() => WeightsFile.Load(path)).Message
            );
            path += "#fan";
        }
        using var read = WeightsFile.Load(path);
        StateDict.LoadInto(network, read);
        using var right = WeightsFile.Load(Repository.Shared("cases/weights/right.pth"));
        foreach (var (key, tensor) in network.state_dict())
            Assert.True(tensor.allclose(right[key]), key);
    }

    private sealed class Network : nn.Module
    {
        public Network()
            : base(nameof(Network))
        {
            register_module("conv1", nn.Conv2d(3, 4, 3));
            register_module("bn1", nn.BatchNorm2d(4));
        }
    }
}
