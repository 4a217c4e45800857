using System.Text.Json;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Tests.StandIns;

/// <summary>The optimizers of TorchSharp, real or stand-in, take PyTorch's steps and keep their state.</summary>
public class TorchOptimizersTests
{
    private const int Steps = 4;

    public static TheoryData<string, string> Settings => new()
    {
        { "AdamW", """{"lr": 0.01, "weight_decay": 0.1}""" },
        { "AdamW", """{"lr": 0.002, "betas": [0.8, 0.95], "eps": 1e-6, "weight_decay": 0}""" },
        { "AdamW", """{"lr": 0.01, "weight_decay": 0.05, "amsgrad": true}""" },
        { "Adam", """{"lr": 0.01}""" },
        { "Adam", """{"lr": 0.01, "weight_decay": 0.1, "amsgrad": true}""" },
        { "SGD", """{"lr": 0.1}""" },
        { "SGD", """{"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}""" },
        { "SGD", """{"lr": 0.1, "momentum": 0.9, "nesterov": true}""" },
        { "SGD", """{"lr": 0.1, "momentum": 0.9, "dampening": 0.3}""" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void StepsAreThoseOfPyTorch(string name, string options)
    {
        var script = Path.Combine(Repository.Root, "tests/reference/optimizers.py");
        var expected = JsonSerializer.Deserialize<double[][][]>(PythonTorch.Run(script, name, options, $"{Steps}"))!;
        using var scope = NewDisposeScope();
        var (a, b) = Parameters();
        using var optimizer = Make(name, options, [a, b]);

        for (var step = 0; step < Steps; step++)
        {
            Backward(a, b, withB: step != 1);
            optimizer.step();
            Tolerance.AssertClose($"a after step {step}", expected[step][0], Values(a), Tolerance.Float32);
            Tolerance.AssertClose($"b after step {step}", expected[step][1], Values(b), Tolerance.Float32);
        }
    }

    [Fact]
    public void GroupsHaveRatesOfTheirOwnThatCanBeChanged()
    {
        using var scope = NewDisposeScope();
        var (a, b) = Parameters();
        using var optimizer = optim.AdamW(
            [new AdamW.ParamGroup([a], lr: 0.5), new AdamW.ParamGroup([b], new AdamW.Options { weight_decay = 0.25 })],
            lr: 0.01, weight_decay: 0.1);

        Assert.Equal([0.5, 0.01], optimizer.ParamGroups.Select(group => group.LearningRate));
        Assert.Equal(2, optimizer.parameters().Count());

        foreach (var group in optimizer.ParamGroups) group.LearningRate = 0;
        var before = Values(a);
        Backward(a, b);
        optimizer.step();

        Assert.Equal(before, Values(a));
    }

    [Fact]
    public void ZeroGradFillsGradientsWithZerosAndAStepWithoutGradientsChangesNothing()
    {
        using var scope = NewDisposeScope();
        var (a, b) = Parameters();
        using var optimizer = optim.SGD([a, b], 0.1);
        var before = Values(a);

        optimizer.step();
        Assert.Equal(before, Values(a));

        Backward(a, b);
        optimizer.zero_grad();
        Assert.All(Values(a.grad!), value => Assert.Equal(0, value));
    }

    [Fact]
    public void TheClosureRunsWithGradientsAndItsLossComesBack()
    {
        using var scope = NewDisposeScope();
        var (a, b) = Parameters();
        using var optimizer = optim.SGD([a, b], 0.1);
        var seen = false;

        Tensor loss;
        using (no_grad())
            loss = optimizer.step(() =>
            {
                seen = is_grad_enabled();
                optimizer.zero_grad();
                var sum = (a * a).sum();
                sum.backward();
                return sum;
            })!;

        Assert.True(seen);
        Assert.Equal(1, loss.numel());
    }

    [Theory]
    [InlineData("AdamW", """{"lr": 0.01, "weight_decay": 0.1, "amsgrad": true}""")]
    [InlineData("SGD", """{"lr": 0.1, "momentum": 0.9}""")]
    public void StateSavedAndLoadedGoesOnAsIfNeverStopped(string name, string options)
    {
        using var scope = NewDisposeScope();
        var (a, b) = Parameters();
        using var first = Make(name, options, [a, b]);
        Backward(a, b);
        first.step();

        using var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true)) first.save_state_dict(writer);
        var (c, d) = (nn.Parameter(a.detach().clone()), nn.Parameter(b.detach().clone()));
        using var second = Make(name, """{"lr": 7}""", [c, d]);
        file.Position = 0;
        using (var reader = new BinaryReader(file)) second.load_state_dict(reader);

        Backward(a, b);
        first.step();
        Backward(c, d);
        second.step();

        Assert.Equal(Values(a), Values(c));
        Assert.Equal(Values(b), Values(d));
        Assert.Equal(first.ParamGroups.Single().LearningRate, second.ParamGroups.Single().LearningRate);
        Assert.True(first.state_dict().State[0].ApproximatelyEquals(second.state_dict().State[0]));
    }

    [Fact]
    public void AStateDictionaryLoadsByValue()
    {
        using var scope = NewDisposeScope();
        var (a, b) = Parameters();
        using var first = optim.AdamW([a, b], 0.01);
        Backward(a, b);
        first.step();
        var (c, d) = Parameters();
        using var second = optim.AdamW([c, d], 0.5);

        second.load_state_dict(first.state_dict());
        Backward(a, b);
        first.step();

        var states = second.state_dict().State;
        Assert.Equal(1, ((AdamW.State)states[0]).step);
        Assert.Equal([0, 1], second.state_dict().StateIndexRef[0]);
        Assert.Equal(0.01, second.ParamGroups.Single().LearningRate);
    }

    [Fact]
    public void AFileOfAnotherOptimizerIsRefused()
    {
        using var scope = NewDisposeScope();
        var (a, b) = Parameters();
        using var adam = optim.Adam([a, b]);
        using var sgd = optim.SGD([a, b], 0.1);
        using var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true)) adam.save_state_dict(writer);
        file.Position = 0;
        using var reader = new BinaryReader(file);

        Assert.Throws<InvalidDataException>(() => sgd.load_state_dict(reader));
    }

    [Theory]
    [InlineData("lr")]
    [InlineData("beta1")]
    [InlineData("weight_decay")]
    public void OptionsOutsideTheirRangeAreRefused(string which)
    {
        using var scope = NewDisposeScope();
        var (a, _) = Parameters();
        Assert.Throws<ArgumentException>(() => which switch
        {
            "lr" => optim.AdamW([a], lr: -1),
            "beta1" => optim.AdamW([a], beta1: 1),
            _ => optim.AdamW([a], weight_decay: -0.1),
        });
    }

    [Fact]
    public void SchedulersSetTheRatesOfPyTorch()
    {
        using var scope = NewDisposeScope();
        var (a, _) = Parameters();
        (Func<optim.Optimizer, optim.lr_scheduler.LRScheduler> Make, double[] Rates)[] cases =
        [
            (o => optim.lr_scheduler.StepLR(o, 2), [1, 1, 0.1, 0.1, 0.01]),
            (o => optim.lr_scheduler.MultiStepLR(o, [1, 3], 0.5), [1, 0.5, 0.5, 0.25, 0.25]),
            (o => optim.lr_scheduler.LambdaLR(o, epoch => 1.0 / (1 + epoch)), [1, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5]),
            (o => optim.lr_scheduler.ExponentialLR(o, 0.5), [1, 0.5, 0.25, 0.125, 0.0625]),
            (o => optim.lr_scheduler.ConstantLR(o, 0.5, 2), [0.5, 0.5, 1, 1, 1]),
            (o => optim.lr_scheduler.LinearLR(o, 0.5, 1, 4), [0.5, 0.625, 0.75, 0.875, 1]),
            (o => optim.lr_scheduler.CosineAnnealingLR(o, 4), [1, 0.8535533906, 0.5, 0.1464466094, 0]),
        ];
        foreach (var (make, rates) in cases)
        {
            using var optimizer = optim.SGD([a], 1);
            var scheduler = make(optimizer);
            foreach (var rate in rates)
            {
                Assert.Equal(rate, optimizer.ParamGroups.Single().LearningRate, 9);
                Assert.Equal(rate, scheduler.get_last_lr().Single(), 9);
                optimizer.step();
                scheduler.step();
            }
        }
    }

    private static (Parameter, Parameter) Parameters() =>
        (nn.Parameter(arange(6, dtype: float32).sin()), nn.Parameter(arange(4, dtype: float32).cos()));

    private static void Backward(Parameter a, Parameter b, bool withB = true)
    {
        a.grad = null;
        b.grad = null;
        using var scope = NewDisposeScope();
        var loss = (a * a * arange(1, 7, dtype: float32)).sum();
        if (withB) loss = loss + b.sin().sum();
        loss.backward();
    }

    private static OptimizerHelper Make(string name, string options, Parameter[] parameters)
    {
        using var json = JsonDocument.Parse(options);
        double Number(string key, double fallback) =>
            json.RootElement.TryGetProperty(key, out var value) ? value.GetDouble() : fallback;
        bool Flag(string key) => json.RootElement.TryGetProperty(key, out var value) && value.GetBoolean();
        var betas = json.RootElement.TryGetProperty("betas", out var pair) ? (pair[0].GetDouble(), pair[1].GetDouble()) : (0.9, 0.999);
        return name switch
        {
            "AdamW" => optim.AdamW(
                parameters, Number("lr", 1e-3), betas.Item1, betas.Item2, Number("eps", 1e-8), Number("weight_decay", 0),
                Flag("amsgrad")),
            "Adam" => optim.Adam(
                parameters, Number("lr", 1e-3), betas.Item1, betas.Item2, Number("eps", 1e-8), Number("weight_decay", 0),
                Flag("amsgrad")),
            _ => optim.SGD(
                parameters, Number("lr", 1e-3), Number("momentum", 0), Number("dampening", 0), Number("weight_decay", 0),
                Flag("nesterov")),
        };
    }

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(float64).data<double>().ToArray();
    }
}
