using FanTrans.Models;

namespace FanTrans.Tests.Models;

/// <summary>Options of models so small that a test takes milliseconds.</summary>
internal static class ModelSizes
{
    public static FanOptions TinyFan { get; } =
        new()
        {
            ImageSize = 32,
            Stacks = 2,
            Features = 16,
            Depth = 2,
            Landmarks = 68,
        };

    public static FanTransOptions Tiny { get; } =
        FanTransOptions.Small with
        {
            ActionUnits = [1, 2, 4, 12, 26],
            Fan = TinyFan,
            FeaturePooling = 1,
            Tokens = "global",
            SubnetWidth = 8,
            SubnetBlocks = 2,
            TokenWidth = 12,
            Heads = 3,
            MlpRatio = 2,
            GateRank = 2,
            HiddenWidth = 7,
        };
}
