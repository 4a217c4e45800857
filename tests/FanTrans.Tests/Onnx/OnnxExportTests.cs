using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Tests.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Tests.Onnx;

/// <summary>Exported networks, run by ONNX Runtime, beside PyTorch.</summary>
[Collection(TorchCollection.Name)]
public sealed class OnnxExportTests
{
    private const double Limit = 1e-4;
    private static readonly int[] Batches = [1, 3, 8];

    /// <summary>Each part's every form beside the first of the others:
    /// the exporter joins them one after another.</summary>
    public static TheoryData<string, string, string> Forms { get; } =
    [
        .. BuiltIn.Tokens.Select(tokens => (tokens, "none", "joint")),
        .. BuiltIn.Drops.Select(drop => ("global", drop, "independent")),
        .. BuiltIn.Classifiers.Select(classifier => ("strict", "learnable", classifier)),
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryFormOfAHeadGivesPyTorchsLogits(string tokens, string drop, string classifier)
    {
        using var scope = NewDisposeScope();
        var options = ModelSizes.Tiny with { Tokens = tokens, AttentionDrop = drop, Classifier = classifier };
        var maps = new FeatureShape(Channels: 16, Landmarks: 68, Side: 8);
        using var head = Scattered(new AuHead(options, maps));
        using var session = new OnnxSession(OnnxExport.Bytes(head, options, maps));
        Assert.All(
            Batches,
            count =>
            {
                var features = rand(count, head.UsesHeatmaps ? 84 : 16, 8, 8);
                Tolerance.AssertClose(
                    "logits",
                    Values(head.call(features).Logits),
                    session.Run(features)["logits"],
                    Limit
                );
            }
        );
    }

    [Theory]
    [InlineData("landmark", 1, true)]
    [InlineData("attention", 2, true)]
    [InlineData("global", 1, false)]
    public void AModelGivesLogitsAndLandmarks(string tokens, int pooling, bool norm)
    {
        using var scope = NewDisposeScope();
        var options = ModelSizes.Tiny with
        {
            Tokens = tokens,
            FeaturePooling = pooling,
            SubnetNorm = norm,
            SubnetBlocks = 1,
        };
        using var model = Scattered(new FanTransModel(options));
        using var session = new OnnxSession(OnnxExport.Bytes(model));
        Assert.All(
            Batches,
            count =>
            {
                var images = rand(count, 3, 32, 32);
                var found = session.Run(images);
                Tolerance.AssertClose("logits", Values(model.call(images).Logits), found["logits"], Limit);
                var (landmarks, confidence) = LandmarkHeatmaps.Read(model.Fan.Heatmaps(images)[^1], 32);
                Tolerance.AssertClose("landmarks", Values(landmarks), found["landmarks"], Limit);
                Tolerance.AssertClose("confidence", Values(confidence), found["confidence"], Limit);
            }
        );
    }

    [Theory]
    [InlineData("mean", "landmark", 1, true)]
    [InlineData("gate", "landmark", 2, true)]
    [InlineData("gate", "global", 1, false)]
    public void AnEnsembleGivesItsTeachersLogits(string teacher, string tokens, int pooling, bool norm)
    {
        using var scope = NewDisposeScope();
        var options = ModelSizes.Tiny with
        {
            Tokens = tokens,
            FeaturePooling = pooling,
            SubnetNorm = norm,
            SubnetBlocks = 1,
        };
        using var ensemble = Scattered(
            new PeerEnsemble(options, DistillationOptions.Paper with { Peers = 3, Teacher = teacher })
        );
        using var session = new OnnxSession(OnnxExport.Bytes(ensemble));
        var images = rand(3, 3, 32, 32);
        Tolerance.AssertClose(
            "logits",
            Values(ensemble.call(images).TeacherLogits),
            session.Run(images)["logits"],
            Limit
        );
    }

    [Theory]
    [InlineData(FanPooling.Max)]
    [InlineData(FanPooling.Average)]
    public void AFaceAlignmentNetworkGivesHeatmapsFeaturesAndLandmarks(FanPooling pooling)
    {
        using var scope = NewDisposeScope();
        using var fan = Scattered(new FaceAlignmentNetwork(ModelSizes.TinyFan with { Pooling = pooling }));
        using var session = new OnnxSession(OnnxExport.Bytes(fan));
        Assert.All(
            Batches,
            count =>
            {
                var images = rand(count, 3, 32, 32);
                var (expected, found) = (fan.call(images), session.Run(images));
                Tolerance.AssertClose("heatmaps", Values(expected.Heatmaps[^1]), found["heatmaps"], Limit);
                Tolerance.AssertClose("features", Values(expected.Features), found["features"], Limit);
                var (landmarks, _) = LandmarkHeatmaps.Read(expected.Heatmaps[^1], 32);
                Tolerance.AssertClose("landmarks", Values(landmarks), found["landmarks"], Limit);
            }
        );
    }

    [Fact]
    public void TheShippedNetworkReadsTheSameLandmarks()
    {
        using var scope = NewDisposeScope();
        using var fan = FaceAlignmentNetwork.LoadShipped();
        using var session = new OnnxSession(OnnxExport.Bytes(fan));
        var images = rand(2, 3, 96, 96);
        var (expected, _) = LandmarkHeatmaps.Read(fan.Heatmaps(images)[^1], 96);
        Tolerance.AssertClose("landmarks", Values(expected), session.Run(images)["landmarks"], Limit);
    }

    [Fact]
    public void AFlatHeatmapsLandmarkIsItsFirstCellsCentre()
    {
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph();
        using var nothing = nn.Identity();
        var (landmarks, confidence) = new OnnxExporter(graph, nothing).Landmarks(
            graph.Input("heatmaps", 2, 6, 6),
            2,
            6,
            24
        );
        graph.Output("landmarks", landmarks, 2, 2);
        graph.Output("confidence", confidence, 2);
        using var session = new OnnxSession(graph.ToBytes("landmarks", []));
        var heatmaps = cat([ones(1, 1, 6, 6).Times(-0.5), rand(1, 1, 6, 6).Times(3)], 1);
        var (expected, sure) = LandmarkHeatmaps.Read(heatmaps, 24);
        var found = session.Run(heatmaps);
        Assert.Equal([2f, 2f], found["landmarks"][..2]);
        Tolerance.AssertClose("landmarks", Values(expected), found["landmarks"], Limit);
        Assert.Equal(Values(sure), found["confidence"]);
    }

    [Fact]
    public void TwoConstantsOfOneNameKeepTheirValues()
    {
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph();
        var sum =
            graph.Input("x", 2) * graph.Constant(ones(2).Times(2), "gate") + graph.Constant(ones(2).Times(5), "gate");
        graph.Output("y", sum, 2);
        using var session = new OnnxSession(graph.ToBytes("gates", []));
        Assert.Equal([7f, 7f], session.Run(ones(1, 2))["y"]);
    }

    [Fact]
    public void MetadataSaysWhatAUserOfTheFileNeeds()
    {
        using var scope = NewDisposeScope();
        using var model = Scattered(new FanTransModel(ModelSizes.Tiny));
        using var session = new OnnxSession(OnnxExport.Bytes(model, "CC0"));
        Assert.Equal("1,2,4,12,26", session.Metadata["action_units"]);
        Assert.Equal("32", session.Metadata["image_size"]);
        Assert.Equal("CC0", session.Metadata["licence"]);
        Assert.Equal(ModelSizes.Tiny, OptionsJson.Read<FanTransOptions>(session.Metadata["model"]));
        Assert.StartsWith("RGB from 0 to 1", session.Metadata["input"]);
        Assert.Contains("side 200·(w + h)/260", session.Metadata["crop"]);
        var before = session.Metadata["weights_sha256"];
        using (no_grad())
            model.parameters().Last().PlusInPlace(ones_like(model.parameters().Last()));
        using var changed = new OnnxSession(OnnxExport.Bytes(model));
        Assert.NotEqual(before, changed.Metadata["weights_sha256"]);
        Assert.Equal(OnnxExport.NoLicence, changed.Metadata["licence"]);
    }

    [Fact]
    public void APartOfYourOwnExportsItselfOrIsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var knows = Scattered(
            new FanTransModel(
                ModelSizes.Tiny with
                {
                    Classifier = Classifiers.Register(o => new Means(o.ActionUnits.Count)),
                }
            )
        );
        using var session = new OnnxSession(OnnxExport.Bytes(knows));
        var images = rand(3, 3, 32, 32);
        Tolerance.AssertClose("logits", Values(knows.call(images).Logits), session.Run(images)["logits"], Limit);

        using var doesNot = new FanTransModel(
            ModelSizes.Tiny with
            {
                AttentionDrop = AttentionDrops.Register(o => new Derived(o.Heads, o.ActionUnits.Count)),
            }
        );
        var error = Assert.Throws<NotSupportedException>(() => OnnxExport.Bytes(doesNot));
        Assert.Contains("Derived is a part of your own", error.Message);
    }

    [Fact]
    public void AFileOfAnotherNameIsRefused()
    {
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        var error = Assert.Throws<ArgumentException>(() => OnnxExport.Save(fan, "fan.pth"));
        Assert.Contains("fan.pth: expected a name that ends in .onnx", error.Message);
    }

    /// <summary>In evaluation mode, every weight and every mean and deviation at random,
    /// so that nothing is 0 or 1.</summary>
    private static T Scattered<T>(T module)
        where T : nn.Module
    {
        using var mode = no_grad();
        foreach (var (name, value) in module.state_dict())
        {
            if (
                name.EndsWith("running_var", StringComparison.Ordinal)
                || name.EndsWith("landmarks", StringComparison.Ordinal)
            )
                value.uniform_(0.5, 1.5);
            else if (value.is_floating_point() && value.dim() < 2)
                value.uniform_(-0.5, 1);
            else if (name.EndsWith("logits", StringComparison.Ordinal))
                value.uniform_(-1, 1);
        }
        module.eval();
        return module;
    }

    private static float[] Values(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private sealed class Means : Classifier, IOnnxPart
    {
        private readonly Parameter scale;

        public Means(int units)
            : base(nameof(Means))
        {
            scale = nn.Parameter(ones(units));
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens) => tokens.mean([2]) * scale;

        public IReadOnlyList<OnnxValue> ToOnnx(OnnxGraph graph, IReadOnlyList<OnnxValue> inputs) =>
            [inputs[0].Mean(keep: false, 2) * graph.Constant(scale)];
    }

    private sealed class Derived(int heads, int units) : LearnableDrop(heads, units, 0.6, 0.5);
}
