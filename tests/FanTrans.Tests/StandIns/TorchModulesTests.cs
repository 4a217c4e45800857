using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FanTrans.Tests.StandIns;

/// <summary>How modules find their parts, name them, move, switch mode, call, save and load.</summary>
public class TorchModulesTests
{
    [Fact]
    public void ComponentsAreRegisteredInTheOrderOfTheirFields()
    {
        using var net = new Net();

        Assert.Equal(
            [
                "token", "first.weight", "first.bias", "norm.weight", "norm.bias", "blocks.0.weight", "blocks.0.bias",
                "blocks.1.weight", "blocks.1.bias", "head.scale.weight", "head.scale.bias", "head.out.weight",
            ],
            net.named_parameters().Select(item => item.name));
        Assert.Equal(
            ["mask", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"],
            net.named_buffers().Select(item => item.name));
        Assert.Equal(["first", "norm", "blocks", "head", "tail"], net.named_children().Select(item => item.name));
        Assert.Equal(
            ["first", "norm", "blocks", "head", "tail", "blocks.0", "blocks.1", "head.scale", "head.out"],
            net.named_modules().Select(item => item.name));
    }

    [Fact]
    public void TheStateDictHoldsParametersAndThenBuffers()
    {
        using var net = new Net();
        var state = net.state_dict();

        Assert.Equal(
            [.. net.named_parameters().Select(item => item.name), .. net.named_buffers().Select(item => item.name)],
            state.Keys);
        Assert.Same(net.get_parameter("head.out.weight"), state["head.out.weight"]);
        Assert.Same(net.get_buffer("norm.running_mean"), state["norm.running_mean"]);
        Assert.True(net.has_parameter("blocks.1.bias"));
        Assert.False(net.has_buffer("blocks.1.bias"));
        Assert.Null(net.get_parameter("blocks.7.bias"));
    }

    [Fact]
    public void APlainListOfModulesIsNotSeen()
    {
        using var net = new Unseen();
        Assert.Empty(net.parameters());
        foreach (var layer in net.Layers) layer.Dispose();
    }

    [Fact]
    public void CallRunsTheHooksAndForwardDoesNot()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(2, 2);
        List<string> seen = [];
        var before = layer.register_forward_pre_hook((_, input) =>
        {
            seen.Add("before");
            return input * 0;
        });
        layer.register_forward_hook((_, _, output) =>
        {
            seen.Add("after");
            return output + 1;
        });
        var x = ones(1, 2);

        var called = layer.call(x);
        Assert.Equal(["before", "after"], seen);
        Assert.True(called.allclose(layer.bias! + 1));

        seen.Clear();
        layer.forward(x);
        Assert.Empty(seen);

        before.remove();
        layer.call(x);
        Assert.Equal(["after"], seen);
    }

    [Fact]
    public void TrainAndEvalReachEveryModule()
    {
        using var net = new Net();
        Assert.All(net.modules(), module => Assert.True(module.training));
        net.eval();
        Assert.False(net.training);
        Assert.All(net.modules(), module => Assert.False(module.training));
        net.train();
        Assert.All(net.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void BatchNormUsesTheBatchInTrainingAndTheRunningStatisticsInEvaluation()
    {
        using var scope = NewDisposeScope();
        using var norm = BatchNorm2d(3);
        var x = randn(4, 3, 5, 5) * 3 + 2;

        var trained = norm.call(x);
        Assert.Equal(0, trained.mean().item<float>(), 5);
        Assert.Equal(1, norm.num_batches_tracked!.item<long>());
        Assert.True(norm.running_mean!.allclose(x.mean([0, 2, 3]) * 0.1, rtol: 1e-4));

        norm.eval();
        var mean = norm.running_mean!.clone();
        norm.call(x);
        Assert.True(norm.running_mean!.allclose(mean));
        Assert.Throws<ArgumentException>(() => norm.call(x[0]));
    }

    [Fact]
    public void DropoutIsForTrainingOnly()
    {
        using var scope = NewDisposeScope();
        using var dropout = Dropout(0.5);
        var x = ones(1000);
        var kept = (dropout.call(x) != 0).sum().item<long>();
        Assert.InRange(kept, 400, 600);
        dropout.eval();
        Assert.True(dropout.call(x).Equals(x));
    }

    [Fact]
    public void MovingToFloat64MovesParametersBuffersAndFields()
    {
        using var scope = NewDisposeScope();
        using var net = new Net();
        net.to(float64);

        Assert.All(net.parameters(), parameter => Assert.Equal(float64, parameter.dtype));
        Assert.All(net.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
        Assert.Equal(float64, net.get_buffer("norm.running_mean")!.dtype);
        Assert.Equal(int64, net.get_buffer("norm.num_batches_tracked")!.dtype);
        Assert.Equal(float64, net.call(randn(3, 4, float64)).dtype);
        Assert.Throws<ArgumentException>(() => net.to(int64));
    }

    [Fact]
    public void MovingOutsideAScopeKeepsTheParameters()
    {
        using var net = Linear(2, 3);
        using (NewDisposeScope()) net.to(float64);
        Assert.False(net.weight.IsInvalid);
        Assert.Equal(float64, net.state_dict()["weight"].dtype);
    }

    [Fact]
    public void AModuleMadeInAScopeOutlivesIt()
    {
        Linear layer;
        using (NewDisposeScope()) layer = Linear(2, 3);
        Assert.False(layer.weight.IsInvalid);
        layer.Dispose();
        Assert.True(layer.weight.IsInvalid);
    }

    [Fact]
    public void ZeroGradDropsTheGradients()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(2, 3);
        layer.call(ones(1, 2)).sum().backward();
        Assert.NotNull(layer.weight.grad);
        layer.zero_grad(set_to_none: false);
        Assert.Equal(0, layer.weight.grad!.abs().sum().item<float>());
        layer.zero_grad();
        Assert.Null(layer.weight.grad);
    }

    [Fact]
    public void ApplyVisitsChildrenBeforeTheirParent()
    {
        using var net = new Net();
        List<string> seen = [];
        net.apply(module => seen.Add(module.GetType().Name));
        Assert.Equal("Net", seen[^1]);
        Assert.Equal(10, seen.Count);
    }

    [Fact]
    public void LoadingAStateDictCopiesValuesByName()
    {
        using var scope = NewDisposeScope();
        using var source = new Net();
        using var target = new Net();

        var (missing, unexpected) = target.load_state_dict(source.state_dict());

        Assert.Empty(missing);
        Assert.Empty(unexpected);
        foreach (var (key, value) in source.state_dict()) Assert.True(target.state_dict()[key].Equals(value), key);
        Assert.NotSame(source.get_parameter("token"), target.get_parameter("token"));
    }

    [Fact]
    public void AStateDictOfOtherNamesIsRefusedUnlessNotStrict()
    {
        using var scope = NewDisposeScope();
        using var net = new Net();
        var state = net.state_dict();
        state.Remove("token");
        state["extra"] = zeros(1);

        Assert.Throws<InvalidOperationException>(() => net.load_state_dict(state));
        var (missing, unexpected) = net.load_state_dict(state, strict: false);
        Assert.Equal(["token"], missing);
        Assert.Equal(["extra"], unexpected);
        net.load_state_dict(state, skip: ["token", "extra"]);
    }

    [Fact]
    public void AFileHoldsEveryParameterAndBuffer()
    {
        using var scope = NewDisposeScope();
        using var source = new Net();
        using var target = new Net();
        var path = Path.Combine(Path.GetTempPath(), $"fantrans-{Guid.NewGuid():N}.dat");
        try
        {
            source.save(path);
            Dictionary<string, bool> loaded = [];
            target.load(path, loadedParameters: loaded);

            Assert.Equal(source.state_dict().Keys, loaded.Keys);
            Assert.DoesNotContain(false, loaded.Values);
            foreach (var (key, value) in source.state_dict()) Assert.True(target.state_dict()[key].Equals(value), key);

            using var other = Linear(4, 4);
            Assert.Throws<ArgumentException>(() => other.load(path));
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Throws<FileNotFoundException>(() => target.load(path));
    }

    /// <summary>TorchSharp's own format: counts and sizes in base 128, then raw values.</summary>
    [Fact]
    public void TheFileIsInTorchSharpsFormat()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(2, 150, hasBias: false);
        using var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true)) layer.save(writer);
        var bytes = file.ToArray();

        byte[] head = [1, 6, (byte)'w', (byte)'e', (byte)'i', (byte)'g', (byte)'h', (byte)'t', 6, 2, 0x96, 1, 2];
        Assert.Equal(head, bytes[..head.Length]);
        Assert.Equal(head.Length + 4 * 300, bytes.Length);
        Assert.Equal(layer.weight[0, 0].item<float>(), BitConverter.ToSingle(bytes, head.Length));
    }

    [Fact]
    public void WeightsStartAsPyTorchStartsThem()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var linear = Linear(50, 40);
        var bound = Math.Sqrt(1.0 / 50);
        Assert.InRange(linear.weight.abs().max().item<float>(), 0.9 * bound, bound);
        Assert.InRange(linear.bias!.abs().max().item<float>(), 0.5 * bound, bound);
        using var conv = Conv2d(8, 16, 3);
        Assert.InRange(conv.weight.abs().max().item<float>(), 0.9 * Math.Sqrt(1.0 / 72), Math.Sqrt(1.0 / 72));
        using var norm = LayerNorm(5);
        Assert.True(norm.weight.Equals(ones(5)));
        Assert.True(norm.bias!.Equals(zeros(5)));
        Assert.Equal(Math.Sqrt(2 / 1.04), init.calculate_gain(init.NonlinearityType.LeakyReLU, 0.2), 12);
        Assert.InRange(init.kaiming_normal_(empty(200, 100)).std().item<float>(), 0.13, 0.15);
        Assert.InRange(init.xavier_uniform_(empty(200, 100)).abs().max().item<float>(), 0.13, Math.Sqrt(6.0 / 300));
    }

    [Fact]
    public void AWrongShapeIsAnExceptionThatNamesIt()
    {
        using var scope = NewDisposeScope();
        using var conv = Conv2d(3, 4, 3);
        Assert.Contains("3 channels", Assert.Throws<ArgumentException>(() => conv.call(randn(1, 2, 8, 8))).Message);
    }

    [Fact]
    public void SequentialsSliceAppendAndNameTheirParts()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("a", Linear(2, 3)), ("b", ReLU())).append("c", Linear(3, 1));
        Assert.Equal(3, net.Count);
        Assert.Equal(["a.weight", "a.bias", "c.weight", "c.bias"], net.state_dict().Keys);
        Assert.Equal([1, 1], net.call(ones(1, 2)).shape);
        Assert.Equal([1, 3], net[..2].call(ones(1, 2)).shape);
        Assert.IsType<ReLU>(net[1]);
        using var empty = Sequential();
        Assert.True(empty.call(ones(2)).Equals(ones(2)));
    }

    [Fact]
    public void DictionariesOfModulesKeepTheirOrder()
    {
        using var net = new Dictionaries();
        Assert.Equal(["parts.z.weight", "parts.a.weight"], net.named_parameters().Select(item => item.name));
        Assert.IsType<Linear>(net.Parts["a"]);
    }

    [Fact]
    public void GradientsAreClippedByTheirJointNorm()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (nn.Parameter(ones(2)), nn.Parameter(ones(1)));
        a.grad = tensor([3f, 0]);
        b.grad = tensor([4f]);

        Assert.Equal(5, utils.clip_grad_norm_([a, b], 1), 6);
        Assert.True(a.grad!.allclose(tensor([0.6f, 0])));
        Assert.Equal(1, utils.clip_grad_norm_([a, b], 10), 5);
        utils.clip_grad_value_([a, b], 0.5);
        Assert.True(b.grad!.allclose(tensor([0.5f])));
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear first = Linear(4, 6);
        private readonly BatchNorm1d norm = BatchNorm1d(6);
        private readonly Tensor mask = ones(6);
        private readonly ModuleList<Linear> blocks = ModuleList(Linear(6, 6), Linear(6, 6));
        private readonly Sequential head = Sequential(("scale", Linear(6, 5)), ("out", Linear(5, 1, hasBias: false)));
        private readonly Parameter token = Parameter(randn(6));
        private readonly ReLU tail = ReLU();

        public Net() : base(nameof(Net))
        {
            mask = mask.DetachFromDisposeScope();
            token.DetachFromDisposeScope();
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = norm.call(first.call(input)) * mask.to(input.dtype) + token;
            foreach (var block in blocks) x = block.call(x);
            return tail.call(head.call(x)).MoveToOuterDisposeScope();
        }
    }

    private sealed class Unseen : Module<Tensor, Tensor>
    {
        public List<Linear> Layers { get; } = [Linear(2, 2)];

        public Unseen() : base(nameof(Unseen)) => RegisterComponents();

        public override Tensor forward(Tensor input) => Layers[0].call(input);
    }

    private sealed class Dictionaries : Module<Tensor, Tensor>
    {
        private readonly ModuleDict<Linear> parts = ModuleDict(("z", Linear(2, 2, hasBias: false)), ("a", Linear(2, 2, hasBias: false)));

        public Dictionaries() : base(nameof(Dictionaries)) => RegisterComponents();

        public ModuleDict<Linear> Parts => parts;

        public override Tensor forward(Tensor input) => parts["z"].call(input);
    }
}
