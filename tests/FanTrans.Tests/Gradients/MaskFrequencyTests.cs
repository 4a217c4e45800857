using FanTrans.Models;
using FanTrans.Tests.Parity;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

/// <summary>Each pair of units is kept as often as its own keep probability says.</summary>
[Collection(TorchCollection.Name)]
public class MaskFrequencyTests
{
    private const int Draws = 20_000;

    [Theory]
    [InlineData("random")]
    [InlineData("learnable")]
    [InlineData("input-dependent")]
    public void EveryPairIsKeptAsOftenAsItsProbabilitySays(string kind)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        manual_seed(9);
        var options = TinyOptions.Of(kind);
        int units = options.ActionUnits.Count;
        using var drop = AttentionDrops.Table.Find(kind)(options);
        foreach (var parameter in drop.parameters())
            parameter.PlusInPlace(randn(parameter.shape, dtype: parameter.dtype));
        drop.train();

        // One input for the whole batch: with it P is the same in every draw.
        var x = randn(1, units, options.TokenWidth).expand(Draws, units, options.TokenWidth);
        var attention = ones(Draws, options.Heads, units, units).Over(units);
        var (dropped, keep) = drop.call(attention, x);
        var frequency = Values.Of(dropped.sign().to_type(ScalarType.Float64).mean([0])).Elements;
        var probability = Values.Of(keep).Elements;
        for (var i = 0; i < frequency.Length; i++)
        {
            var spread = Math.Sqrt(probability[i] * (1 - probability[i]) / Draws);
            Assert.Equal(probability[i], frequency[i], (5 * spread) + 1e-6);
        }
    }
}
