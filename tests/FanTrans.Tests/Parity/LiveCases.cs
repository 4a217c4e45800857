using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Tests.Models;

namespace FanTrans.Tests.Parity;

/// <summary>The cases that run in both languages on fresh weights and inputs.</summary>
internal static class LiveCases
{
    /// <summary>Every part of the Paper preset, narrow.</summary>
    private static readonly FanTransOptions NarrowPaper = FanTransOptions.Paper with
    {
        Fan = FanOptions.Paper with { ImageSize = 128, Features = 32 },
        SubnetWidth = 32,
        TokenWidth = 32,
        HiddenWidth = 24,
    };

    private static readonly FanTransOptions Tiny = NarrowPaper with
    {
        ActionUnits = [1, 2, 4, 6, 12],
        Fan = NarrowPaper.Fan with { Features = 16, Depth = 2, ImageSize = 32 },
        SubnetWidth = 16,
        FeaturePooling = 1,
        Tokens = "global",
        SubnetBlocks = 2,
        TokenWidth = 16,
        Heads = 2,
        MlpRatio = 2,
        DropProbability = 0.3,
        GateRank = 3,
    };

    private static readonly DistillationOptions Distillation = DistillationOptions.Paper with
    {
        FeatureWeight = 0.5,
        SparsityWeight = 0.05,
    };

    public static IReadOnlyDictionary<string, ParityCase> All { get; } = Make();

    private static Dictionary<string, ParityCase> Make()
    {
        var cases = new Dictionary<string, ParityCase>
        {
            ["small evaluation"] = Case(FanTransOptions.Small) with { Training = false },
            ["small ensemble, 3 steps"] = Case(FanTransOptions.Small, Distillation) with { Steps = 3 },
            ["paper, narrow, evaluation"] = Case(NarrowPaper) with { Training = false },
            ["paper, narrow, ensemble, 3 steps"] = Case(NarrowPaper, Distillation) with { Steps = 3 },
            ["paper, narrow, no norm in the subnet"] = Case(NarrowPaper with { SubnetNorm = false }, Distillation),
            ["paper, full size"] = Case(FanTransOptions.Paper) with { Batch = 1, Training = false },
            ["pooled features, 3 steps"] = Case(Tiny with { FeaturePooling = 2, SubnetBlocks = 1 }, Distillation) with
            {
                Steps = 3,
            },
            ["average pooling, float64"] = Case(Tiny with { Fan = Tiny.Fan with { Pooling = FanPooling.Average } }) with
            {
                Double = true,
            },
            ["FAN learns"] = Case(Tiny, Distillation) with { FineTune = true, Batch = 4 },
            ["FAN learns, float64"] = Case(Tiny, Distillation) with { FineTune = true, Batch = 4, Double = true },
        };
        foreach (var tokens in BuiltIn.Tokens)
        {
            var model = Tiny with { Tokens = tokens, FeaturePooling = tokens == "global" ? 1 : 2 };
            cases[$"{tokens} tokens, evaluation"] = Case(model) with { Training = false };
            cases[$"{tokens} tokens, 3 steps"] = Case(model, Distillation) with { Steps = 3 };
            cases[$"{tokens} tokens, float64, 3 steps"] = Case(model, Distillation) with { Double = true, Steps = 3 };
            cases[$"{tokens} tokens, no norm, float64"] = Case(model with { SubnetNorm = false }) with
            {
                Double = true,
            };
            cases[$"{tokens} tokens, FAN learns, float64"] = Case(model, Distillation) with
            {
                FineTune = true,
                Batch = 4,
                Double = true,
            };
            cases[$"{tokens} tokens, no blocks, float64, 3 steps"] = Case(
                model with
                {
                    TransformerBlocks = 0,
                },
                Distillation
            ) with
            {
                Double = true,
                Steps = 3,
            };
        }
        foreach (var drop in BuiltIn.Drops)
        {
            var model = Tiny with { AttentionDrop = drop };
            cases[$"{drop}, evaluation"] = Case(model) with { Training = false };
            cases[$"{drop}, float64, 3 steps"] = Case(model, Distillation) with { Double = true, Steps = 3 };
            foreach (var classifier in BuiltIn.Classifiers)
                cases[$"{drop}, {classifier}"] = Case(model with { Classifier = classifier }) with { Steps = 3 };
        }
        foreach (var teacher in BuiltIn.Teachers)
        {
            foreach (var peers in new[] { 1, 2, 3 })
            {
                var distillation = Distillation with { Teacher = teacher, Peers = peers };
                var parity = Case(Tiny, distillation);
                cases[$"{teacher} of {peers}"] = parity with { Steps = 3 };
                cases[$"{teacher} of {peers}, evaluation"] = parity with { Training = false, Epoch = 9 };
            }
        }
        return cases;
    }

    private static ParityCase Case(FanTransOptions model, DistillationOptions? distillation = null) =>
        new()
        {
            Model = model,
            Distillation = distillation,
            Training = true,
            FineTune = false,
            Double = false,
            Seed = 20,
            Batch = 3,
            Epoch = 1,
            Steps = 0,
            LearningRate = 1e-4,
            WeightDecay = 0.05,
        };
}
