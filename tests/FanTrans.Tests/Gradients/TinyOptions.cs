using FanTrans.Models;

namespace FanTrans.Tests.Gradients;

/// <summary>A model small enough for difference quotients.</summary>
internal static class TinyOptions
{
    public static FanTransOptions Of(
        string drop = "learnable",
        string classifier = "joint",
        string tokens = "global",
        int blocks = 2
    ) =>
        new()
        {
            ActionUnits = [1, 4, 12],
            Fan = new()
            {
                ImageSize = 16,
                Stacks = 2,
                Features = 16,
                Depth = 1,
                Landmarks = 5,
            },
            Tokens = tokens,
            SubnetWidth = 8,
            SubnetBlocks = 1,
            SubnetNorm = true,
            TokenWidth = 6,
            TransformerBlocks = blocks,
            Heads = 2,
            MlpRatio = 2,
            AttentionDrop = drop,
            DropProbability = 0.4,
            Temperature = 2.0 / 3,
            InitialKeep = 0.6,
            GateRank = 2,
            Classifier = classifier,
            HiddenWidth = 5,
        };
}
