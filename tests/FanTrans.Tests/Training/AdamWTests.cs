using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public class AdamWTests
{
    /// <summary>The library's and TorchSharp's own end in the same bits,
    /// and either reads the other's checkpoint.</summary>
    [Fact]
    public void ItIsTorchSharpsBitForBit()
    {
        var (own, theirs) = (Values(), Values());
        IEnumerable<TorchSharp.Modules.AdamW.ParamGroup> Group(Parameter[] values) =>
            [new(values, 1e-2, 0.9, 0.95, weight_decay: 0.1)];
        using var mine = new FanTrans.Training.AdamW(Group(own));
        using var reference = new TorchSharp.Modules.AdamW(Group(theirs));
        for (var step = 0; step < 20; step++)
        {
            random.manual_seed(step);
            foreach (var (a, b) in own.Zip(theirs))
            {
                // The second parameter has no gradient at first, as a head that is not used.
                if (step < 3 && ReferenceEquals(a, own[1]))
                    continue;
                a.grad = randn_like(a);
                b.grad = a.grad.clone();
            }
            mine.step();
            if (step != 10)
                reference.step();
            else
                Exchange();
        }
        Assert.All(
            own.Zip(theirs),
            p => Assert.Equal(p.Second.data<float>().ToArray(), p.First.data<float>().ToArray())
        );

        void Exchange()
        {
            reference.step();
            using var stream = new MemoryStream();
            using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
                mine.save_state_dict(writer);
            stream.Position = 0;
            using var reader = new BinaryReader(stream);
            reference.load_state_dict(reader);
        }
    }

    /// <summary>The collector runs all the time: TorchSharp's own step reads a number
    /// that is gone within some hundred steps here.</summary>
    [Fact]
    public async Task TheCollectorTakesNoNumberAway()
    {
        var parameters = Values();
        foreach (var parameter in parameters)
            parameter.grad = randn_like(parameter);
        using var optimizer = new FanTrans.Training.AdamW([new(parameters, 1e-3, 0.9, 0.95)]);
        using var stop = new CancellationTokenSource();
        var collecting = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    GC.Collect(0);
            },
            TestContext.Current.CancellationToken
        );
        for (var step = 0; step < 200; step++)
            optimizer.step();
        await stop.CancelAsync();
        await collecting;
        Assert.All(parameters, p => Assert.True(p.isfinite().all().item<bool>()));
    }

    private static Parameter[] Values()
    {
        random.manual_seed(1);
        return [.. Enumerable.Range(0, 8).Select(_ => new Parameter(randn(16, 16)))];
    }
}
