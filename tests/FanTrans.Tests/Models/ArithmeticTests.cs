using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

// What the kit's own is compared with.
#pragma warning disable RS0030
[Collection(TorchCollection.Name)]
public class ArithmeticTests
{
    [Fact]
    public void ItIsTorchSharpsBitForBit()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var (a, b) = (randn(4, 5), randn(4, 5));
        var whole = arange(20, dtype: ScalarType.Int64);
        foreach (
            var (kit, reference) in new[]
            {
                (a.Plus(b), a + b),
                (a.Plus(0.3), a + 0.3),
                (a.Minus(0.3), a - 0.3),
                (a.Times(0.3), a * 0.3),
                (a.Over(0.3), a / 0.3),
                (a.Squared(), a.square()),
                (a.Complement(), 1 - a),
                (a.NoLess(0.3), a.clamp_min(0.3)),
                (a.Within(-1, 0.3), a.clamp(-1, 0.3)),
                (a.Filled(b.AtLeast(0), 7), a.masked_fill(b.ge(0), 7)),
                (Arithmetic.Full([4, 5], 0.3, like: a), full_like(a, 0.3)),
                (new[] { a, b, a }.Sum(), a + b + a),
                (whole.Times(3), whole * 3),
                (Arithmetic.Count(20), whole),
                (whole.DividedBy(3).Quotient, whole.div(3, RoundingMode.floor)),
                (whole.DividedBy(3).Remainder, whole.remainder(3)),
            }
        )
        {
            Assert.Equal(reference.dtype, kit.dtype);
            Assert.True(reference.equal(kit).all().item<bool>());
        }
    }

    /// <summary>The collector runs all the time: TorchSharp's own operators read a number that is gone within ten
    /// thousand calls here, and fail, or count with another number.</summary>
    [Fact]
    public async Task TheCollectorTakesNoNumberAway()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(16), randn(16));
        var expected = a.Plus(b).Times(0.25).Plus(0.5).NoLess(-1);
        using var stop = new CancellationTokenSource();
        var collecting = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    GC.Collect(0);
            },
            TestContext.Current.CancellationToken
        );
        var wrong = 0;
        for (var call = 0; call < 20_000; call++)
        {
            using var inner = NewDisposeScope();
            wrong += a.Plus(b).Times(0.25).Plus(0.5).NoLess(-1).equal(expected).all().item<bool>() ? 0 : 1;
        }
        await stop.CancelAsync();
        await collecting;
        Assert.Equal(0, wrong);
    }
}
