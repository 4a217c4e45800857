using FanTrans.Distillation;
using FanTrans.Models;

namespace FanTrans.Tests.Models;

public class OptionsTests
{
    [Fact]
    public void ThePresetsAreValid()
    {
        foreach (var fan in new[] { FanOptions.Paper, FanOptions.Published2dFan4, FanOptions.Small })
            Assert.Same(fan, fan.Validate());
        foreach (var model in new[] { FanTransOptions.Paper, FanTransOptions.Small })
            Assert.Same(model, model.Validate());
        foreach (
            var distillation in new[] { DistillationOptions.Paper, DistillationOptions.Small, DistillationOptions.None }
        )
            Assert.Same(distillation, distillation.Validate());
    }

    [Fact]
    public void ThePaperPresetHasThePublishedFanAndBp4d()
    {
        Assert.Equal(ActionUnits.Bp4d, FanTransOptions.Paper.ActionUnits);
        Assert.Equal(
            (256, 2, 256, 4, 68),
            (
                FanOptions.Paper.ImageSize,
                FanOptions.Paper.Stacks,
                FanOptions.Paper.Features,
                FanOptions.Paper.Depth,
                FanOptions.Paper.Landmarks
            )
        );
        Assert.Equal(768, FanOptions.Paper.FeatureChannels);
        Assert.Equal(64, FanOptions.Paper.HeatmapSize);
        Assert.Equal((4, FanPooling.Average), (FanOptions.Published2dFan4.Stacks, FanOptions.Published2dFan4.Pooling));
    }

    [Fact]
    public void OptionsSurviveJson()
    {
        var model = FanTransOptions.Paper with
        {
            ActionUnits = ActionUnits.Disfa,
            AttentionDrop = "input-dependent",
            Classifier = "joint-hidden",
            Temperature = 0.1 + 0.2,
        };
        var read = OptionsJson.Read<FanTransOptions>(OptionsJson.Write(model)).Validate();
        Assert.Equal(model, read);
        Assert.Equal(model.GetHashCode(), read.GetHashCode());
        Assert.Equal(FanOptions.Small, OptionsJson.Read<FanOptions>(OptionsJson.Write(FanOptions.Small)));
        var distillation = DistillationOptions.Paper with { Teacher = "gate" };
        Assert.Equal(distillation, OptionsJson.Read<DistillationOptions>(OptionsJson.Write(distillation)));
        Assert.Contains("\"input-dependent\"", OptionsJson.Write(model));
    }

    [Fact]
    public void OptionsOfAnEarlierVersionAreRead()
    {
        var now = FanTransOptions.Paper with { Tokens = "global", KeepRate = 1, AttentionDrop = "input-dependent" };
        var before = string.Join(
                '\n',
                OptionsJson
                    .Write(now)
                    .Split('\n')
                    .Where(line =>
                        !line.Contains("\"Tokens\"")
                        && !line.Contains("\"KeepRate\"")
                        && !line.Contains("\"FeatureSource\"")
                    )
            )
            .Replace("\"input-dependent\"", "\"InputDependent\"", StringComparison.Ordinal)
            .Replace("\"joint\"", "\"Joint\"", StringComparison.Ordinal);
        Assert.Equal(now, OptionsJson.Read<FanTransOptions>(before).Validate());
    }

    [Fact]
    public void ModelsOfDifferentUnitsDiffer()
    {
        Assert.NotEqual(FanTransOptions.Paper, FanTransOptions.Paper with { ActionUnits = ActionUnits.Disfa });
        Assert.Equal(FanTransOptions.Paper, FanTransOptions.Paper with { ActionUnits = [.. ActionUnits.Bp4d] });
    }

    [Theory]
    [InlineData("\"Stacks\": 2", "\"Stacks\": \"two\"", "Stacks")]
    [InlineData("\"Stacks\": 2,", "", "Stacks")]
    [InlineData("\"Stacks\"", "\"Stack\"", "Stack")]
    [InlineData("}", "", "FanOptions")]
    public void BrokenJsonIsRefusedByName(string part, string instead, string named)
    {
        string json = OptionsJson.Write(FanOptions.Paper).Replace(part, instead, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => OptionsJson.Read<FanOptions>(json));
        Assert.Contains(nameof(FanOptions), error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void JsonNullIsRefused() => Assert.Throws<InvalidDataException>(() => OptionsJson.Read<FanOptions>("null"));

    public static TheoryData<string, FanOptions> WrongFans =>
        new()
        {
            { "ImageSize is 100", FanOptions.Paper with { ImageSize = 100 } },
            { "ImageSize is 0", FanOptions.Paper with { ImageSize = 0 } },
            { "Stacks is 0", FanOptions.Paper with { Stacks = 0 } },
            { "Features is 40", FanOptions.Paper with { Features = 40 } },
            { "Depth is 0", FanOptions.Paper with { Depth = 0 } },
            { "Depth is 40", FanOptions.Paper with { Depth = 40 } },
            { "Landmarks is -1", FanOptions.Paper with { Landmarks = -1 } },
        };

    [Theory]
    [MemberData(nameof(WrongFans), DisableDiscoveryEnumeration = true)]
    public void AWrongFanIsRefusedByField(string problem, FanOptions options) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(options.Validate).Message);

    public static TheoryData<string, FanTransOptions> WrongModels =>
        new()
        {
            { "ActionUnits is empty", FanTransOptions.Paper with { ActionUnits = [] } },
            { "ActionUnits has 0, 100", FanTransOptions.Paper with { ActionUnits = [1, 0, 100] } },
            { "names a unit twice", FanTransOptions.Paper with { ActionUnits = [1, 2, 1] } },
            { "Stacks is 0", FanTransOptions.Paper with { Fan = FanOptions.Paper with { Stacks = 0 } } },
            { "SubnetWidth is 6", FanTransOptions.Paper with { SubnetWidth = 6 } },
            { "SubnetBlocks is -1", FanTransOptions.Paper with { SubnetBlocks = -1 } },
            {
                "SubnetBlocks 7 halves 64",
                FanTransOptions.Paper with
                {
                    Tokens = "global",
                    FeaturePooling = 1,
                    SubnetBlocks = 7,
                }
            },
            { "Tokens 'nose' is not registered here", FanTransOptions.Paper with { Tokens = "nose" } },
            { "FeatureSource 'cnn' is not registered here", FanTransOptions.Paper with { FeatureSource = "cnn" } },
            { "KeepRate is 0", FanTransOptions.Paper with { KeepRate = 0 } },
            { "TokenWidth is 100", FanTransOptions.Paper with { TokenWidth = 100 } },
            { "TransformerBlocks is -1", FanTransOptions.Paper with { TransformerBlocks = -1 } },
            { "Heads is 0", FanTransOptions.Paper with { Heads = 0 } },
            { "MlpRatio is 0", FanTransOptions.Paper with { MlpRatio = 0 } },
            {
                "AttentionDrop '9' is not registered here; declare the class and call AttentionDrops.Register first; "
                    + "known: none, random, learnable",
                FanTransOptions.Paper with
                {
                    AttentionDrop = "9",
                }
            },
            { "DropProbability is 1", FanTransOptions.Paper with { DropProbability = 1 } },
            { "DropProbability is NaN", FanTransOptions.Paper with { DropProbability = double.NaN } },
            { "Temperature is 0", FanTransOptions.Paper with { Temperature = 0 } },
            { "InitialKeep is 1", FanTransOptions.Paper with { InitialKeep = 1 } },
            { "GateRank is 0", FanTransOptions.Paper with { GateRank = 0 } },
            { "Classifier '-1' is not registered here", FanTransOptions.Paper with { Classifier = "-1" } },
            { "HiddenWidth is 0", FanTransOptions.Paper with { HiddenWidth = 0 } },
        };

    [Theory]
    [MemberData(nameof(WrongModels), DisableDiscoveryEnumeration = true)]
    public void AWrongModelIsRefusedByField(string problem, FanTransOptions options) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(options.Validate).Message);

    public static TheoryData<string, DistillationOptions> WrongDistillations =>
        new()
        {
            { "Peers is 0", DistillationOptions.Paper with { Peers = 0 } },
            { "Teacher '5' is not registered here", DistillationOptions.Paper with { Teacher = "5" } },
            { "LogitWeight is -1", DistillationOptions.Paper with { LogitWeight = -1 } },
            { "Loss 'mine' is not registered here", DistillationOptions.Paper with { Loss = "mine" } },
            { "FeatureWeight is NaN", DistillationOptions.Paper with { FeatureWeight = double.NaN } },
            { "SparsityWeight is -1", DistillationOptions.Paper with { SparsityWeight = -1 } },
            { "Temperature is 0", DistillationOptions.Paper with { Temperature = 0 } },
            { "RampEpochs is -2", DistillationOptions.Paper with { RampEpochs = -2 } },
        };

    [Theory]
    [MemberData(nameof(WrongDistillations), DisableDiscoveryEnumeration = true)]
    public void AWrongDistillationIsRefusedByField(string problem, DistillationOptions options) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(options.Validate).Message);

    [Fact]
    public void OneErrorNamesEveryField()
    {
        var options = FanTransOptions.Paper with { Heads = 3, GateRank = 0, Temperature = -1 };
        string message = Assert.Throws<ArgumentException>(options.Validate).Message;
        Assert.Contains("TokenWidth is 256, expected a multiple of Heads 3", message);
        Assert.Contains("GateRank", message);
        Assert.Contains("Temperature", message);
    }
}
