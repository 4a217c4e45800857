using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FanTrans.Tests.StandIns;

/// <summary>One computation, as PyTorch's expression over a, b, c, … and as C# over the same inputs.</summary>
internal sealed record TorchCase(string Expression, TorchInput[] Inputs, Func<Tensor[], IEnumerable<Tensor>> Run, int Seed = 0);

/// <summary>A random input: its element type, shape and range; integers take whole numbers of the range.</summary>
internal sealed record TorchInput(ScalarType Type, long[] Shape, double Low, double High, bool Gradient = true)
{
    public bool WantsGradient => Gradient && Type is ScalarType.Float32 or ScalarType.Float64;

    public double[] Values(int seed)
    {
        var random = new Random(seed);
        var values = new double[Shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            var value = Low + (High - Low) * random.NextDouble();
            values[i] = Type switch
            {
                ScalarType.Float32 => (float)value,
                ScalarType.Float64 => value,
                ScalarType.Bool => value >= (Low + High) / 2 ? 1 : 0,
                _ => Math.Floor(value),
            };
        }
        return values;
    }
}

/// <summary>
/// The computations that TorchOperatorsTests compares with PyTorch: every operator of Tensor, torch and
/// nn.functional that the kit may use, by the public members only.
/// </summary>
internal static class TorchOperatorCases
{
    public static IReadOnlyDictionary<string, TorchCase> All { get; } = Build();

    private static Dictionary<string, TorchCase> Build()
    {
        Dictionary<string, TorchCase> cases = [];
        foreach (var item in (IEnumerable<TorchCase>)
                 [
                     .. Unary(), .. Binary(), .. Comparisons(), .. Reductions(), .. Shapes(), .. Indexing(), .. Products(),
                     .. Activations(), .. Layers(), .. Pictures(), .. Losses(), .. Factories(), .. RandomNumbers(),
                 ])
            cases.Add(item.Expression, item);
        return cases;
    }

    // ---- inputs ----

    private static TorchInput Real(params long[] shape) => new(ScalarType.Float32, shape, -2, 2);
    private static TorchInput Positive(params long[] shape) => new(ScalarType.Float32, shape, 0.2, 3);
    private static TorchInput Unit(params long[] shape) => new(ScalarType.Float32, shape, -0.9, 0.9);
    private static TorchInput Share(params long[] shape) => new(ScalarType.Float32, shape, 0.05, 0.95);
    private static TorchInput Double(params long[] shape) => new(ScalarType.Float64, shape, -2, 2);
    private static TorchInput Truth(params long[] shape) => new(ScalarType.Bool, shape, 0, 1);
    private static TorchInput Index(int below, params long[] shape) => new(ScalarType.Int64, shape, 0, below);
    private static TorchInput Whole(params long[] shape) => new(ScalarType.Int32, shape, -9, 10);
    private static TorchInput Fixed(TorchInput input) => input with { Gradient = false };

    // ---- cases ----

    private static TorchCase Case(string expression, Func<Tensor, Tensor> run, TorchInput a) =>
        new(expression, [a], x => [run(x[0])]);

    private static TorchCase Case(string expression, Func<Tensor, Tensor, Tensor> run, TorchInput a, TorchInput b) =>
        new(expression, [a, b], x => [run(x[0], x[1])]);

    private static TorchCase Case(
        string expression, Func<Tensor, Tensor, Tensor, Tensor> run, TorchInput a, TorchInput b, TorchInput c) =>
        new(expression, [a, b, c], x => [run(x[0], x[1], x[2])]);

    private static TorchCase Pair(string expression, Func<Tensor, (Tensor, Tensor)> run, TorchInput a) =>
        new(expression, [a], x =>
        {
            var (first, second) = run(x[0]);
            return [first, second];
        });

    private static TorchCase List(string expression, Func<Tensor[], IEnumerable<Tensor>> run, params TorchInput[] inputs) =>
        new(expression, inputs, run);

    /// <summary>Calls a method of Tensor by its name.</summary>
    private static Tensor Call(Tensor self, string name, params object[] arguments) =>
        (Tensor)typeof(Tensor).GetMethod(name, Array.ConvertAll(arguments, TypeOf))!.Invoke(self, arguments)!;

    /// <summary>Calls a function of torch by its name.</summary>
    private static Tensor Static(string name, params object[] arguments) =>
        (Tensor)typeof(torch).GetMethod(name, Array.ConvertAll(arguments, TypeOf))!.Invoke(null, arguments)!;

    private static Type TypeOf(object argument) => argument is Tensor ? typeof(Tensor) : argument.GetType();

    private static IEnumerable<TorchCase> Unary()
    {
        (string Names, TorchInput Input)[] domains =
        [
            ("abs absolute asinh atan ceil cos erf erfc exp expm1 floor neg reciprocal sigmoid sign sin sinh tan tanh trunc square exp2 negative cosh", Real(3, 4)),
            ("log log10 log2 log1p sqrt rsqrt", Positive(3, 4)),
            ("acos asin atanh erfinv", Unit(3, 4)),
            ("acosh", new TorchInput(ScalarType.Float32, [3, 4], 1.1, 4)),
            ("isnan isinf isfinite isposinf isneginf logical_not", Real(5)),
        ];
        string[] noGradient = ["asinh", "atanh", "acosh"]; // PyTorch 1.13 has none for these in place
        foreach (var (names, input) in domains)
            foreach (var name in names.Split(' '))
            {
                yield return Case($"a.{name}()", a => Call(a, name), input);
                if (typeof(torch).GetMethod(name, [typeof(Tensor)]) is not null)
                    yield return Case($"torch.{name}(a)", a => Static(name, a), input);
                if (typeof(Tensor).GetMethod(name + "_", Type.EmptyTypes) is not null)
                    yield return Case(
                        $"a.clone().{name}_()", a => Call(a.clone(), name + "_"),
                        noGradient.Contains(name) ? Fixed(input) : input);
            }
        yield return Case("a.double().log()", a => a.to(float64).log(), Positive(4));
        yield return Case("~a", a => ~a, Truth(6));
        yield return Case("-a", a => -a, Real(6));
        yield return Case("a.bitwise_not()", a => a.bitwise_not(), Whole(6));
        yield return Case("a.clone().bitwise_not_()", a => a.clone().bitwise_not_(), Whole(6));
        yield return Case("a.round()", a => a.round(), Real(3, 4));
        yield return Case("a.round(decimals=2)", a => a.round(2), Real(3, 4));
        yield return Case("a.clone().round_(decimals=1)", a => a.clone().round_(1), Real(3, 4));
        yield return Case("a.logit()", a => a.logit(), Share(3, 4));
        yield return Case("a.logit(0.2)", a => a.logit(0.2), Share(3, 4));
        yield return Case("(a / 0).nan_to_num(1, 2, 3)", a => (a / 0).nan_to_num(1, 2, 3), Fixed(Real(6)));
        yield return Case("a.clamp(-1, 0.5)", a => a.clamp(-1, 0.5), Real(3, 4));
        yield return Case("a.clamp(max=0.5)", a => a.clamp(max: 0.5), Real(3, 4));
        yield return Case("a.clip(-1, 1)", a => a.clip(-1, 1), Real(3, 4));
        yield return Case("a.clamp_min(-0.5)", a => a.clamp_min(-0.5), Real(3, 4));
        yield return Case("a.clamp_max(0.25)", a => a.clamp_max(0.25), Real(3, 4));
        yield return Case("a.clone().clamp_(-1, 1)", a => a.clone().clamp_((Scalar)(-1), (Scalar)1), Real(3, 4));
        yield return Case("a.clone().clamp_min_(0)", a => a.clone().clamp_min_(0), Real(3, 4));
        yield return Case("a.clone().clamp_max_(0)", a => a.clone().clamp_max_(0), Real(3, 4));
        yield return Case(
            "a.clamp(b, c)", (a, b, c) => a.clamp(b, c), Real(3, 4), Fixed(Unit(3, 4)), Fixed(Positive(3, 4)));
        yield return Case(
            "a.clone().clamp_(b, c)", (a, b, c) => a.clone().clamp_(b, c), Real(3, 4), Fixed(Unit(3, 4)), Fixed(Positive(3, 4)));
    }

    private static IEnumerable<TorchCase> Binary()
    {
        foreach (var name in "add sub mul div subtract multiply divide remainder fmod".Split(' '))
        {
            yield return Case($"torch.{name}(a, b)", (a, b) => BinaryCall(a, name, b), Real(3, 4), Fixed(Positive(4)));
            yield return Case($"a.{name}(2.5)", a => BinaryCall(a, name, (Scalar)2.5), Real(3, 4));
            if (name == "multiply") continue; // Tensor has no multiply_
            yield return Case(
                $"a.clone().{name}_(b)", (a, b) => BinaryCall(a.clone(), name + "_", b), Real(3, 4),
                Fixed(Positive(3, 4)));
            yield return Case($"a.clone().{name}_(2)", a => BinaryCall(a.clone(), name + "_", (Scalar)2), Real(3, 4));
        }
        foreach (var name in "maximum minimum max min atan2 logaddexp logaddexp2 xlogy".Split(' '))
            yield return Case($"a.{name}(b)", (a, b) => Call(a, name, b), Positive(3, 4), Positive(3, 4));
        yield return Case("a.floor_divide(2)", a => a.floor_divide(2), Fixed(Real(3, 4)));
        yield return Case("a.floor_divide(b)", (a, b) => a.floor_divide(b), Fixed(Real(3, 4)), Fixed(Positive(4)));
        yield return Case(
            "a.clone().floor_divide_(b)", (a, b) => a.clone().floor_divide_(b), Fixed(Real(4)), Fixed(Positive(4)));
        yield return Case("a.clone().floor_divide_(2)", a => a.clone().floor_divide_(2), Fixed(Real(4)));
        yield return Case("a.clone().atan2_(b)", (a, b) => a.clone().atan2_(b), Positive(4), Positive(4));
        yield return Case("a.clone().xlogy_(b)", (a, b) => a.clone().xlogy_(b), Positive(4), Positive(4));
        yield return Case("a.xlogy(2.0)", a => a.xlogy(2.0), Positive(4));
        yield return Case("a.clone().xlogy_(2.0)", a => a.clone().xlogy_(2.0), Positive(4));
        yield return Case("a.add(b, alpha=0.5)", (a, b) => a.add(b, 0.5), Real(3, 4), Real(3, 4));
        yield return Case("a.clone().add_(b, alpha=-2)", (a, b) => a.clone().add_(b, -2), Real(3, 4), Real(3, 4));
        yield return Case("a.add(3, alpha=2)", a => a.add(3, 2), Real(3, 4));
        yield return Case("a + b", (a, b) => a + b, Real(3, 1), Real(4));
        yield return Case("a + 1", a => a + 1, Real(3));
        yield return Case("1.5 + a", a => 1.5 + a, Real(3));
        yield return Case("a - b", (a, b) => a - b, Real(3, 1), Real(4));
        yield return Case("a - 2.5", a => a - 2.5f, Real(3));
        yield return Case("1 - a", a => 1 - a, Real(3));
        yield return Case("a * b", (a, b) => a * b, Real(3, 1), Real(4));
        yield return Case("3 * a", a => 3L * a, Real(3));
        yield return Case("a / b", (a, b) => a / b, Real(3, 1), Positive(4));
        yield return Case("a / 3", a => a / 3, Real(3));
        yield return Case("2 / a", a => 2 / a, Positive(3));
        yield return Case("a % 2", a => a % 2, Real(5));
        yield return Case("a % b", (a, b) => a % b, Real(5), Fixed(Positive(5)));
        yield return Case(
            "a.div(b, rounding_mode='floor')", (a, b) => a.div(b, RoundingMode.floor), Real(5), Fixed(Positive(5)));
        yield return Case("a.div(3, rounding_mode='trunc')", a => a.div(3, RoundingMode.trunc), Whole(5));
        yield return Case("a / 2", a => a / 2, Whole(5));
        yield return Case("a.pow(2)", a => a.pow(2), Real(4));
        yield return Case("a.pow(b)", (a, b) => a.pow(b), Positive(4), Positive(4));
        yield return Case("a.clone().pow_(3)", a => a.clone().pow_(3), Real(4));
        yield return Case("a.clone().pow_(b)", (a, b) => a.clone().pow_(b), Positive(4), Positive(4));
        yield return Case("a.lerp(b, c)", (a, b, c) => a.lerp(b, c), Real(4), Real(4), Share(4));
        yield return Case("a.clone().lerp_(b, c)", (a, b, c) => a.clone().lerp_(b, c), Real(4), Real(4), Share(4));
        yield return Case("a.addcmul(b, c, value=0.5)", (a, b, c) => a.addcmul(b, c, 0.5), Real(4), Real(4), Real(4));
        yield return Case(
            "a.clone().addcmul_(b, c, value=2)", (a, b, c) => a.clone().addcmul_(b, c, 2), Real(4), Real(4), Real(4));
        yield return Case("a.addcdiv(b, c)", (a, b, c) => a.addcdiv(b, c), Real(4), Real(4), Positive(4));
        yield return Case(
            "a.addcdiv(b, c, value=0.5)", (a, b, c) => a.addcdiv(b, c, 0.5), Real(4), Real(4), Positive(4));
        yield return Case(
            "a.clone().addcdiv_(b, c)", (a, b, c) => a.clone().addcdiv_(b, c), Real(4), Real(4), Positive(4));
        yield return Case("torch.where(a, b, c)", (a, b, c) => where(a, b, c), Truth(3, 4), Real(3, 4), Real(4));
        yield return Case("b.where(a, c)", (a, b, c) => b.where(a, c), Truth(3, 4), Real(3, 4), Real(4));
    }

    private static Tensor BinaryCall(Tensor self, string name, object argument)
    {
        var type = argument is Tensor ? typeof(Tensor) : typeof(Scalar);
        var method = typeof(Tensor).GetMethod(name, [type]);
        if (method is not null) return (Tensor)method.Invoke(self, [argument])!;
        method = typeof(Tensor).GetMethod(name, [type, typeof(RoundingMode)])!;
        return (Tensor)method.Invoke(self, [argument, RoundingMode.None])!;
    }

    private static IEnumerable<TorchCase> Comparisons()
    {
        foreach (var name in "eq ne lt le gt ge".Split(' '))
        {
            yield return Case($"a.{name}(b)", (a, b) => Call(a, name, b), Whole(20), Whole(20));
            yield return Case($"a.{name}(1)", a => Call(a, name, (Scalar)1), Whole(20));
            yield return Case($"a.clone().{name}_(b)", (a, b) => Call(a.clone(), name + "_", b), Whole(20), Whole(20));
            yield return Case($"a.clone().{name}_(1)", a => Call(a.clone(), name + "_", (Scalar)1), Whole(20));
        }
        foreach (var name in "greater greater_equal less less_equal not_equal".Split(' '))
            yield return Case($"a.{name}(b)", (a, b) => Call(a, name, b), Whole(20), Whole(20));
        yield return Case("a.clone().less_equal_(b)", (a, b) => a.clone().less_equal_(b), Whole(20), Whole(20));
        yield return Case("a.clone().not_equal_(b)", (a, b) => a.clone().not_equal_(b), Whole(20), Whole(20));
        yield return Case("a > 0", a => a > 0, Real(9));
        yield return Case("0 < a", a => (Scalar)0 < a, Real(9));
        yield return Case("a == b", (a, b) => a == b, Whole(20), Whole(20));
        yield return Case("a != b", (a, b) => a != b, Whole(20), Whole(20));
        foreach (var name in "logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor".Split(' '))
        {
            yield return Case($"a.{name}(b)", (a, b) => Call(a, name, b), Truth(20), Truth(20));
            yield return Case($"a.clone().{name}_(b)", (a, b) => Call(a.clone(), name + "_", b), Truth(20), Truth(20));
        }
        yield return Case("a & b", (a, b) => a & b, Truth(20), Truth(20));
        yield return Case("a | b", (a, b) => a | b, Truth(20), Truth(20));
        yield return Case("a ^ b", (a, b) => a ^ b, Truth(20), Truth(20));
        yield return Case("a.isclose(b, rtol=0.5)", (a, b) => a.isclose(b, rtol: 0.5), Real(20), Real(20));
        yield return Case("torch.isin(a, b)", (a, b) => a.isin(b), Whole(20), Whole(3));
        yield return Case("torch.allclose(a, b, atol=9)", (a, b) => tensor(a.allclose(b, atol: 9)), Real(5), Real(5));
        yield return Case("torch.equal(a, a)", a => tensor(a.Equals(a)), Real(5));
        yield return Case("a.is_nonzero()", a => tensor(a.is_nonzero()), Truth(1));
        yield return Case("a.any()", a => a.any(), Truth(3, 4));
        yield return Case("a.any(1, True)", a => a.any(1, true), Truth(3, 4));
        yield return Case("a.all()", a => a.all(), Truth(3, 4));
        yield return Case("a.all(0)", a => a.all(0), Truth(3, 4));
    }

    private static IEnumerable<TorchCase> Reductions()
    {
        var x = Real(3, 4, 5);
        yield return Case("a.sum()", a => a.sum(), x);
        yield return Case("a.sum(dtype=torch.float64)", a => a.sum(float64), x);
        yield return Case("a.sum(1)", a => a.sum(1), x);
        yield return Case("a.sum((0, 2), True)", a => a.sum([0, 2], true), x);
        yield return Case("a.sum((0, 1))", a => a.sum(0, 1), x);
        yield return Case("a.sum((0, 1, 2))", a => a.sum(0, 1, 2), x);
        yield return Case("a.mean()", a => a.mean(), x);
        yield return Case("a.mean((1, 2), True)", a => a.mean([1, 2], true), x);
        yield return Case("a.prod()", a => a.prod(), x);
        yield return Case("a.prod(1)", a => a.prod(1), x);
        yield return Case("a.var()", a => a.var(), x);
        yield return Case("a.var(False)", a => a.var(false), x);
        yield return Case("a.var(1, False)", a => a.var(1, false), x);
        yield return Case("a.var((0, 2), True, True)", a => a.var([0, 2], true, true), x);
        yield return Case("a.std()", a => a.std(), x);
        yield return Case("a.std(2)", a => a.std(2), x);
        yield return Case("a.std((0, 1), False)", a => a.std((0, 1), false), x);
        yield return Pair("torch.std_mean(a)", a => a.std_mean(), x);
        yield return Pair("torch.std_mean(a, 1)", a => a.std_mean(1), x);
        yield return Pair("torch.var_mean(a)", a => a.var_mean(), x);
        yield return Pair("torch.var_mean(a, (0, 2), False)", a => a.var_mean([0, 2], false), x);
        yield return Case("a.norm()", a => a.norm(), x);
        yield return Case("a.norm(1)", a => a.norm(1f), x);
        yield return Case("a.norm(3, dim=1, keepdim=True)", a => a.norm(1, true, 3), x);
        yield return Case("torch.linalg.norm(a)", a => linalg.norm(a), x);
        yield return Case("torch.linalg.vector_norm(a, 3, (0, 2))", a => linalg.vector_norm(a, 3, [0, 2]), x);
        yield return Case("torch.linalg.norm(a, 1.0, (1, 2))", a => linalg.norm(a, 1.0, [1, 2]), x);
        yield return Case("a.dist(b)", (a, b) => a.dist(b), x, Real(3, 4, 5));
        yield return Case("a.logsumexp(1, True)", a => a.logsumexp(1, true), x);
        yield return Case("a.nansum()", a => a.nansum(), x);
        yield return Case("a.nanmean()", a => a.nanmean(), x);
        yield return Case("a.nanmean(1)", a => a.nanmean(1), x);
        yield return Case("a.median()", a => a.median(), Real(11));
        yield return Case("a.quantile(b, 1)", (a, b) => a.quantile(b, 1), Real(3, 7), Fixed(Share(2)));
        yield return Case("a.count_nonzero()", a => a.count_nonzero(), Whole(3, 4));
        yield return Case("a.count_nonzero(1)", a => a.count_nonzero([1]), Whole(3, 4));
        foreach (var name in "max min".Split(' '))
        {
            yield return Case($"a.{name}()", a => Call(a, name), x);
            yield return Case(
                $"a.a{name}((0, 2), True)", a => name == "max" ? a.amax([0, 2], true) : a.amin([0, 2], true), x);
            yield return Case($"a.a{name}(1)", a => name == "max" ? a.amax(1) : a.amin(1), x);
            yield return Pair($"a.{name}(1)", a => name == "max" ? a.max(1) : a.min(1), x);
            yield return Pair($"a.{name}(0, True)", a => name == "max" ? a.max(0, true) : a.min(0, true), x);
            yield return Pair($"a.cum{name}(1)", a => name == "max" ? a.cummax(1) : a.cummin(1), x);
            yield return Case($"a.arg{name}()", a => Call(a, "arg" + name), x);
            yield return Case($"a.arg{name}(2, True)", a => name == "max" ? a.argmax(2, true) : a.argmin(2, true), x);
        }
        yield return Pair("a.aminmax()", a => a.aminmax(), Fixed(x));
        yield return Pair("a.aminmax(dim=1)", a => a.aminmax(1), Fixed(x));
        yield return Case("a.argsort(1, True)", a => a.argsort(1, true), x);
        yield return Pair("a.sort(1, True)", a => a.sort(1, true), x);
        yield return Pair("a.sort(dim=0, stable=True)", a => a.sort(0, stable: true), x);
        yield return Pair("a.topk(2, 1)", a => a.topk(2, 1), x);
        yield return Pair("a.topk(3, largest=False)", a => a.topk(3, largest: false), x);
        yield return Pair("a.kthvalue(2, 1)", a => a.kthvalue(2, 1), x);
        yield return Case("a.cumsum(1)", a => a.cumsum(1), x);
        yield return Case("a.cumprod(1)", a => a.cumprod(1), x);
        yield return Case("a.trace()", a => a.trace(), Real(4, 4));
    }

    private static IEnumerable<TorchCase> Shapes()
    {
        var x = Real(2, 3, 4);
        yield return Case("a.alias() if hasattr(a, 'alias') else a.view_as(a)", a => a.alias(), x);
        yield return Case("a.view(6, 4)", a => a.view(6, 4), x);
        yield return Case("a.view(-1)", a => a.view(-1), x);
        yield return Case("a.view_as(b)", (a, b) => a.view_as(b), x, Real(24));
        yield return Case("a.reshape(4, 6)", a => a.reshape(4, 6), x);
        yield return Case("a.transpose(0, 2).reshape(2, 12)", a => a.transpose(0, 2).reshape(2, 12), x);
        yield return Case("a.flatten()", a => a.flatten(), x);
        yield return Case("a.flatten(1)", a => a.flatten(1), x);
        yield return Case("a.ravel()", a => a.ravel(), x);
        yield return Case("a.unflatten(2, (2, 2))", a => a.unflatten(2, 2, 2), x);
        yield return Case("a.permute(2, 0, 1)", a => a.permute(2, 0, 1), x);
        yield return Case("a.transpose(1, 2)", a => a.transpose(1, 2), x);
        yield return Case("a.clone().transpose_(1, 2)", a => a.clone().transpose_(1, 2), x);
        yield return Case("a.swapaxes(0, 1)", a => a.swapaxes(0, 1), x);
        yield return Case("a.swapdims(0, 1)", a => a.swapdims(0, 1), x);
        yield return Case("a.movedim((0, 1), (2, 0))", a => a.movedim([0, 1], [2, 0]), x);
        yield return Case("a.t()", a => a.t(), Real(3, 4));
        yield return Case("a.T", a => a.T, Real(3, 4));
        yield return Case("a.mT", a => a.mT, x);
        yield return Case("a.contiguous()", a => a.transpose(0, 0).contiguous(), x);
        yield return Case("a.clone()", a => a.clone(), x);
        yield return Case("a.detach()", a => a.detach(), x);
        yield return Case("a.clone().detach_()", a => a.clone().detach_(), x);
        yield return Case("a.squeeze()", a => a.squeeze(), Real(1, 3, 1));
        yield return Case("a.squeeze(0)", a => a.squeeze(0), Real(1, 3, 1));
        yield return Case("a.clone().squeeze_()", a => a.clone().squeeze_(), Real(1, 3, 1));
        yield return Case("a.clone().squeeze_(2)", a => a.clone().squeeze_(2), Real(1, 3, 1));
        yield return Case("a.unsqueeze(1)", a => a.unsqueeze(1), x);
        yield return Case("a.clone().unsqueeze_(-1)", a => a.clone().unsqueeze_(-1), x);
        yield return Case("a.expand(5, 3, 4)", a => a.expand(5, 3, 4), Real(3, 1));
        yield return Case("a.expand_as(b)", (a, b) => a.expand_as(b), Real(3, 1), Real(2, 3, 4));
        yield return Case("a.broadcast_to((2, 3, 4))", a => a.broadcast_to(2, 3, 4), Real(3, 1));
        yield return Case("a.repeat(2, 1, 3)", a => a.repeat(2, 1, 3), Real(3, 2));
        yield return Case("a.tile((2, 2))", a => a.tile([2, 2]), Real(3, 2));
        yield return Case("a.repeat_interleave(2, 1)", a => a.repeat_interleave(2, 1), Real(3, 2));
        yield return Case("a.repeat_interleave(b, 0)", (a, b) => a.repeat_interleave(b, 0), Real(3, 2), Index(3, 3));
        yield return Case("a.roll((1, 2), (0, 2))", a => a.roll([1, 2], [0, 2]), x);
        yield return Case("a.roll(2)", a => a.roll(2), x);
        yield return Case("a.roll(1, 1)", a => a.roll(1, 1), x);
        yield return Case("a.flip(0, 2)", a => a.flip(0, 2), x);
        yield return Case("a.fliplr()", a => a.fliplr(), x);
        yield return Case("a.flipud()", a => a.flipud(), x);
        yield return Case("a.rot90(1, (0, 1))", a => a.rot90(), x);
        yield return Case("a.narrow(2, 1, 2)", a => a.narrow(2, 1, 2), x);
        yield return Case("a.select(1, -1)", a => a.select(1, -1), x);
        yield return Case("a[:, :, 0:4:2]", a => a.slice(2, 0, 4, 2), x);
        yield return Case("a.as_strided((2, 2), (4, 1), 1)", a => a.as_strided([2, 2], [4, 1], 1), x);
        yield return Case("a.diag()", a => a.diag(), Real(4));
        yield return Case("a.diag(1)", a => a.diag(1), Real(4, 4));
        yield return Case("a.diag_embed()", a => a.diag_embed(), x);
        yield return Case("a.diagonal(0, 1, 2)", a => a.diagonal(0, 1, 2), x);
        yield return Case("a.tril(-1)", a => a.tril(-1), Real(4, 4));
        yield return Case("a.triu()", a => a.triu(), Real(4, 4));
        yield return Case("a.clone().tril_()", a => a.clone().tril_(), Real(4, 4));
        yield return Case("a.clone().triu_(1)", a => a.clone().triu_(1), Real(4, 4));
        yield return Case("a.diff()", a => a.diff(), x);
        yield return Case("a.clone().zero_()", a => a.clone().zero_(), x);
        yield return Case("a.clone().fill_(3)", a => a.clone().fill_(3), x);
        yield return Case("a.clone().copy_(b)", (a, b) => a.clone().copy_(b), x, Real(3, 4));
        yield return Case("a.to(torch.float64) * 3", a => a.to(float64) * 3, x);
        yield return Case("a.to(torch.float16)", a => a.half(), Fixed(x));
        yield return Case("a.to(torch.bfloat16)", a => a.bfloat16(), x);
        yield return Case("a.long()", a => a.@long(), x);
        yield return Case("a.int()", a => a.@int(), x);
        yield return Case("a.bool()", a => a.@bool(), Whole(9));
        yield return Case("a.byte()", a => a.@byte(), Positive(9));
        yield return Case("a.type_as(b)", (a, b) => a.type_as(b), Whole(3), Real(2));
        yield return List("a.chunk(3, 1)", t => t[0].chunk(3, 1), x);
        yield return List("a.split(2, 2)", t => t[0].split(2, 2), x);
        yield return List("a.split((1, 2), 1)", t => t[0].split([1, 2], 1), x);
        yield return List("a.unbind(1)", t => t[0].unbind(1), x);
        yield return Case("torch.cat((a, b), 1)", (a, b) => cat([a, b], 1), Real(2, 3), Real(2, 1));
        yield return Case("torch.stack((a, b), 2)", (a, b) => stack([a, b], 2), x, Real(2, 3, 4));
        yield return Case("torch.hstack((a, b))", (a, b) => hstack(a, b), Real(2, 3), Real(2, 1));
        yield return Case("torch.vstack((a, b))", (a, b) => vstack([a, b]), Real(2, 3), Real(1, 3));
        yield return Case("torch.block_diag(a, b)", (a, b) => block_diag(a, b), Real(2, 3), Real(1, 3));
        yield return List("torch.broadcast_tensors(a, b)", t => broadcast_tensors(t), Real(2, 1), Real(3));
        yield return List("torch.meshgrid(a, b, indexing='xy')", t => meshgrid(t, "xy"), Real(2), Real(3));
        yield return Case("torch.cartesian_prod(a, b)", (a, b) => cartesian_prod(a, b), Real(2), Real(3));
    }

    private static IEnumerable<TorchCase> Indexing()
    {
        var x = Real(4, 5, 3);
        yield return Case("a[1]", a => a[1], x);
        yield return Case("a[-1, 2]", a => a[-1, 2], x);
        yield return Case("a[1, 2, 0]", a => a[1, 2, 0], x);
        yield return Case("a[:, 1:3]", a => a[TensorIndex.Colon, TensorIndex.Slice(1, 3)], x);
        yield return Case("a[1:, ..., 0]", a => a[1.., TensorIndex.Ellipsis, 0], x);
        yield return Case(
            "a[..., None, ::2]", a => a[TensorIndex.Ellipsis, TensorIndex.None, TensorIndex.Slice(step: 2)], x);
        yield return Case("a[:-1, -2:]", a => a[..^1, ^2..], x);
        yield return Case("a[b]", (a, b) => a[b], x, Index(4, 6));
        yield return Case("a[:, b]", (a, b) => a[TensorIndex.Colon, TensorIndex.Tensor(b)], x, Index(5, 2, 2));
        yield return Case("a[b, c]", (a, b, c) => a[b, c], x, Index(4, 6), Index(5, 6));
        yield return Case(
            "a[b, :, c]", (a, b, c) => a[TensorIndex.Tensor(b), TensorIndex.Colon, TensorIndex.Tensor(c)], x,
            Index(4, 6), Index(3, 6));
        yield return Case("a[b, 1:3]", (a, b) => a[TensorIndex.Tensor(b), TensorIndex.Slice(1, 3)], x, Index(4, 6));
        yield return Case("a[None, b]", (a, b) => a[TensorIndex.Null, TensorIndex.Tensor(b)], x, Index(4, 2));
        yield return Case("a[a > 0]", a => a[a > 0], x);
        yield return Case("a[b.bool()]", (a, b) => a[b.@bool()], x, Truth(4, 5));
        yield return Case("a[b, 1]", (a, b) => a[TensorIndex.Tensor(b), TensorIndex.Single(1)], x, Truth(4));
        yield return Case("a[True]", a => a[TensorIndex.Bool(true)], x);
        yield return Case("a.index_select(1, b)", (a, b) => a.index_select(1, b), x, Index(5, 4));
        yield return Case("a.gather(1, b)", (a, b) => a.gather(1, b), x, Index(5, 4, 2, 3));
        yield return Case("a.take(b)", (a, b) => a.take(b), x, Index(60, 4));
        yield return Case("a.take_along_dim(b, 1)", (a, b) => a.take_along_dim(b, 1), x, Index(5, 4, 2, 3));
        yield return Case("a.take_along_dim(b)", (a, b) => a.take_along_dim(b), x, Index(60, 4));
        yield return Case("a.masked_select(b)", (a, b) => a.masked_select(b), x, Truth(4, 5, 3));
        yield return Case("a.masked_fill(b, -1)", (a, b) => a.masked_fill(b, -1), x, Truth(4, 1, 3));
        yield return Case("a.clone().masked_fill_(b, 9)", (a, b) => a.clone().masked_fill_(b, 9), x, Truth(4, 5, 3));
        yield return Case("a.masked_scatter(b, c)", (a, b, c) => a.masked_scatter(b, c), x, Truth(4, 5, 3), Real(60));
        yield return Case(
            "a.clone().masked_scatter_(b, c)", (a, b, c) => a.clone().masked_scatter_(b, c), x, Truth(4, 5, 3),
            Real(60));
        yield return Case(
            "a.scatter(1, b, c)", (a, b, c) => a.scatter(1, b, c), Real(2, 9), Index(1, 2, 1), Real(2, 1));
        yield return Case(
            "a.clone().scatter_(1, b, c)", (a, b, c) => a.clone().scatter_(1, b, c), Real(2, 9), Index(1, 2, 1),
            Real(2, 1));
        yield return Case(
            "a.scatter_add(1, b, c)", (a, b, c) => a.scatter_add(1, b, c), Real(2, 3), Index(3, 2, 6), Real(2, 6));
        yield return Case(
            "a.clone().scatter_add_(1, b, c)", (a, b, c) => a.clone().scatter_add_(1, b, c), Real(2, 3),
            Index(3, 2, 6), Real(2, 6));
        yield return Case(
            "a.index_add(0, b, c, alpha=2)", (a, b, c) => a.index_add(0, b, c, 2), Real(3, 2), Index(3, 5),
            Real(5, 2));
        yield return Case(
            "a.clone().index_add_(0, b, c, alpha=1)", (a, b, c) => a.clone().index_add_(0, b, c, 1), Real(3, 2),
            Index(3, 5), Real(5, 2));
        yield return Case(
            "a.index_copy(0, b, c)", (a, b, c) => a.index_copy(0, b, c), Real(3, 2), Index(3, 1), Real(1, 2));
        yield return Case(
            "a.clone().index_copy_(0, b, c)", (a, b, c) => a.clone().index_copy_(0, b, c), Real(3, 2), Index(3, 1),
            Real(1, 2));
        yield return Case("a.index_fill(1, b, 7)", (a, b) => a.index_fill(1, b, 7), Real(3, 4), Index(4, 2));
        yield return Case(
            "a.clone().index_fill_(1, b, 7)", (a, b) => a.clone().index_fill_(1, b, 7), Real(3, 4), Index(4, 2));
        yield return Case(
            "a.clone().index_put_((b,), c)", (a, b, c) => a.clone().index_put_(c, b), Real(3, 2), Index(3, 1),
            Real(1, 2));
        yield return Case(
            "torch.full_like(a, 0).index_put((b,), a[0])", (a, b) => Put(a, copy => copy[b] = a[0]), Real(3, 2),
            Index(3, 2));
        yield return Case(
            "torch.cat((a[:1] * 0 + 5, a[1:]))", a => Put(a, copy => copy[0] = tensor(5f), clone: true),
            Fixed(Real(3, 2)));
        yield return Case(
            "a.where(a > 0, torch.zeros(()))", a => Put(a, copy => copy[copy <= 0] = tensor(0f), clone: true),
            Fixed(Real(3, 2)));
        yield return Case(
            "torch.cat((a[:, :1], a[:, 1:] * 0 + 2), 1)",
            a => Put(a, copy => copy.index_put_((Scalar)2, TensorIndex.Colon, TensorIndex.Slice(1)), clone: true),
            Fixed(Real(3, 4)));
        yield return Case("a.nonzero()", a => a.nonzero(), Truth(3, 4));
        yield return Case("torch.argwhere(a)", a => a.argwhere(), Truth(3, 4));
        yield return List("torch.where(a)", t => where(t[0]), Truth(3, 4));
        yield return Case(
            "torch.searchsorted(a.sort()[0], b)", (a, b) => searchsorted(a.sort().Values, b), Fixed(Real(9)),
            Fixed(Real(4)));
    }

    private static Tensor Put(Tensor source, Action<Tensor> change, bool clone = false)
    {
        var copy = clone ? source.clone() : zeros_like(source);
        change(copy);
        return copy;
    }

    private static IEnumerable<TorchCase> Products()
    {
        yield return Case("a.matmul(b)", (a, b) => a.matmul(b), Real(2, 3, 4), Real(4, 5));
        yield return Case("a.mm(b)", (a, b) => a.mm(b), Real(3, 4), Real(4, 5));
        yield return Case("a.bmm(b)", (a, b) => a.bmm(b), Real(2, 3, 4), Real(2, 4, 5));
        yield return Case("a.mv(b)", (a, b) => a.mv(b), Real(3, 4), Real(4));
        yield return Case("a.dot(b)", (a, b) => a.dot(b), Real(4), Real(4));
        yield return Case("a.inner(b)", (a, b) => a.inner(b), Real(3, 4), Real(2, 4));
        yield return Case("a.outer(b)", (a, b) => a.outer(b), Real(3), Real(4));
        yield return Case(
            "a.addmm(b, c, beta=0.5, alpha=2)", (a, b, c) => a.addmm(b, c, 0.5f, 2), Real(3, 5), Real(3, 4),
            Real(4, 5));
        yield return Case(
            "a.clone().addmm_(b, c)", (a, b, c) => a.clone().addmm_(b, c), Real(3, 5), Real(3, 4), Real(4, 5));
        yield return Case("a.baddbmm(b, c)", (a, b, c) => a.baddbmm(b, c), Real(2, 3, 5), Real(2, 3, 4), Real(2, 4, 5));
        yield return Case(
            "torch.einsum('bij,bjk->bik', a, b)", (a, b) => einsum("bij,bjk->bik", a, b), Real(2, 3, 4),
            Real(2, 4, 5));
        yield return Case(
            "torch.einsum('bhid,bhjd->bhij', a, b)", (a, b) => einsum("bhid,bhjd->bhij", a, b), Real(2, 2, 3, 4),
            Real(2, 2, 3, 4));
        yield return Case("torch.linalg.det(a)", a => linalg.det(a), Double(3, 3));
        yield return Case("a.det()", a => a.det(), Double(3, 3));
        yield return Case("torch.linalg.inv(a)", a => linalg.inv(a), Double(3, 3));
        yield return Case("a.inverse()", a => a.inverse(), Double(3, 3));
        yield return Case("torch.linalg.solve(a, b)", (a, b) => linalg.solve(a, b), Double(3, 3), Double(3, 2));
        yield return Case("torch.linalg.svdvals(a)", a => linalg.svdvals(a), Double(3, 4));
        yield return Case(
            "torch.linalg.cholesky(a @ a.mT + 2 * torch.eye(3).double())",
            a => linalg.cholesky(a.matmul(a.mT) + 2 * eye(3, dtype: float64)), Double(3, 3));
        yield return Case("torch.linalg.eigvalsh(a + a.mT)", a => linalg.eigvalsh(a + a.mT), Double(3, 3));
        yield return List("torch.linalg.eigh(a + a.mT)[0]", t => [linalg.eigh(t[0] + t[0].mT).Item1], Double(3, 3));
    }

    private static IEnumerable<TorchCase> Activations()
    {
        var x = Real(3, 4);
        yield return Case("a.relu()", a => a.relu(), x);
        yield return Case("a.clone().relu_()", a => a.clone().relu_(), x);
        yield return Case("F.relu(a)", a => functional.relu(a), x);
        yield return Case("F.relu(a.clone(), True)", a => functional.relu(a.clone(), true), x);
        yield return Case("F.relu6(a)", a => functional.relu6(a), x);
        yield return Case("F.relu6(a.clone(), True)", a => a.clone().relu6_(), x);
        yield return Case("F.leaky_relu(a, 0.2)", a => functional.leaky_relu(a, 0.2), x);
        yield return Case("F.leaky_relu(a.clone(), 0.2, True)", a => a.clone().leaky_relu_(0.2), x);
        yield return Case("F.elu(a, 0.5)", a => functional.elu(a, 0.5), x);
        yield return Case("F.elu(a.clone(), 1.0, True)", a => a.clone().elu_(), x);
        yield return Case("F.gelu(a)", a => functional.gelu(a), x);
        yield return Case("F.gelu(a * 1.0)", a => (a * 1.0).gelu(), x);
        yield return Case("torch._C._nn.gelu_(a.clone())", a => a.clone().gelu_(), x);
        yield return Case("F.silu(a)", a => functional.silu(a), x);
        yield return Case("F.silu(a.clone(), True)", a => a.clone().silu_(), x);
        yield return Case("F.hardswish(a)", a => functional.hardswish(a), x);
        yield return Case("F.hardswish(a.clone(), True)", a => a.clone().hardswish_(), x);
        yield return Case("F.hardsigmoid(a)", a => functional.hardsigmoid(a), x);
        yield return Case("F.hardsigmoid(a.clone(), True)", a => a.clone().hardsigmoid_(), x);
        yield return Case("F.hardtanh(a, -1, 0.5)", a => a.hardtanh(-1, 0.5), x);
        yield return Case("F.hardtanh(a.clone(), -1, 0.5, True)", a => a.clone().hardtanh_(-1, 0.5), x);
        yield return Case("F.softplus(a)", a => functional.softplus(a), x);
        yield return Case("F.softplus(a, 2, 1)", a => a.softplus(2, 1), x);
        yield return Case("F.logsigmoid(a)", a => functional.logsigmoid(a), x);
        yield return Case("F.softmax(a, 1)", a => functional.softmax(a, 1), x);
        yield return Case("a.softmax(0, torch.float64)", a => a.softmax(0, float64), x);
        yield return Case("F.log_softmax(a, -1)", a => functional.log_softmax(a, -1), x);
        yield return Case("a.log_softmax(0, torch.float64)", a => a.log_softmax(0, float64), x);
    }

    private static IEnumerable<TorchCase> Layers()
    {
        yield return List(
            "F.linear(a, b, c)", t => [functional.linear(t[0], t[1], t[2])], Real(2, 3), Real(4, 3), Real(4));
        yield return List("F.linear(a, b)", t => [functional.linear(t[0], t[1])], Real(2, 5, 3), Real(4, 3));
        yield return List(
            "F.conv2d(a, b, c, stride=2, padding=1)", t => [functional.conv2d(t[0], t[1], t[2], [2, 2], [1, 1])],
            Real(2, 3, 8, 8), Real(4, 3, 3, 3), Real(4));
        yield return List(
            "F.conv2d(a, b, dilation=2, groups=2)",
            t => [functional.conv2d(t[0], t[1], dilation: [2, 2], groups: 2)], Real(2, 4, 8, 8), Real(4, 2, 3, 3));
        yield return List(
            "F.conv2d(a, b, padding='same')", t => [functional.conv2d_padding(t[0], t[1], padding: Padding.Same)],
            Real(2, 3, 8, 8), Real(4, 3, 3, 3));
        yield return List(
            "F.conv_transpose2d(a, b, stride=2, padding=1, output_padding=1)",
            t => [functional.conv_transpose2d(t[0], t[1], strides: [2, 2], padding: [1, 1], output_padding: [1, 1])],
            Real(2, 3, 4, 4), Real(3, 4, 3, 3));
        yield return List(
            "F.batch_norm(a, b, c, training=False)", t => [functional.batch_norm(t[0], t[1], t[2])],
            Real(4, 3, 5, 5), Fixed(Real(3)), Fixed(Positive(3)));
        yield return List(
            "F.batch_norm(a, None, None, b, c, True)",
            t => [functional.batch_norm(t[0], null, null, t[1], t[2], true)], Real(4, 3, 5, 5), Real(3), Real(3));
        yield return List(
            "(F.batch_norm(a, b, c, training=True, momentum=0.3), b, c)",
            t => [functional.batch_norm(t[0], t[1], t[2], training: true, momentum: 0.3), t[1], t[2]],
            Real(4, 3, 5, 5), Fixed(Real(3)), Fixed(Positive(3)));
        yield return List(
            "F.instance_norm(a, weight=b, bias=c)", t => [functional.instance_norm(t[0], weight: t[1], bias: t[2])],
            Real(4, 3, 5, 5), Real(3), Real(3));
        yield return List(
            "F.layer_norm(a, (4,), b, c)", t => [functional.layer_norm(t[0], [4], t[1], t[2])], Real(2, 3, 4),
            Real(4), Real(4));
        yield return List(
            "F.group_norm(a, 2, b, c)", t => [functional.group_norm(t[0], 2, t[1], t[2])], Real(2, 4, 3, 3), Real(4),
            Real(4));
        yield return List("F.embedding(a, b)", t => [Embed(t[0], t[1])], Index(5, 2, 3), Fixed(Real(5, 4)));
        yield return List("F.normalize(a, dim=1)", t => [functional.normalize(t[0])], Real(3, 4));
        yield return List("F.normalize(a, p=1, dim=0)", t => [functional.normalize(t[0], 1, 0)], Real(3, 4));
        yield return List(
            "F.cosine_similarity(a, b)", t => [functional.cosine_similarity(t[0], t[1])], Real(3, 4), Real(3, 4));
        yield return List("F.one_hot(a, 6)", t => [functional.one_hot(t[0], 6)], Index(5, 7));
        yield return List(
            "F.dropout(a, 0.3, True)", t => [functional.dropout(t[0], 0.3)], Real(5, 6)) with { Seed = 5 };
        yield return List("F.dropout(a, 0.3, False)", t => [functional.dropout(t[0], 0.3, false)], Real(5, 6));
        yield return List(
            "F.dropout(a.clone(), 0.3, True, True)", t => [functional.dropout(t[0].clone(), 0.3, true, true)],
            Real(5, 6)) with { Seed = 6 };
        yield return List(
            "F.dropout2d(a, 0.5, True)", t => [functional.dropout2d(t[0])], Real(2, 6, 3, 3)) with { Seed = 7 };
        yield return List(
            "F.dropout2d(a.clone(), 0.5, True, True)", t => [functional.dropout2d(t[0].clone(), 0.5, true, true)],
            Real(2, 6, 3, 3)) with { Seed = 8 };
    }

    private static Tensor Embed(Tensor index, Tensor weight)
    {
        var embedding = nn.Embedding(weight.size(0), weight.size(1));
        using (no_grad()) embedding.weight!.copy_(weight);
        return embedding.call(index);
    }

    private static IEnumerable<TorchCase> Pictures()
    {
        var x = Real(2, 3, 8, 6);
        yield return Case("F.max_pool2d(a, 2)", a => functional.max_pool2d(a, 2), x);
        yield return Case(
            "F.max_pool2d(a, (3, 2), (2, 1), (1, 0))", a => functional.max_pool2d(a, (3, 2), (2, 1), (1, 0)), x);
        yield return Case(
            "F.max_pool2d(a, 3, 2, ceil_mode=True)", a => functional.max_pool2d(a, [3, 3], [2, 2], ceil_mode: true),
            x);
        yield return Pair(
            "F.max_pool2d(a, 2, return_indices=True)", a => functional.max_pool2d_with_indices(a, [2, 2]), x);
        yield return Case("F.avg_pool2d(a, 2)", a => functional.avg_pool2d(a, 2), x);
        yield return Case(
            "F.avg_pool2d(a, 3, 2, 1, count_include_pad=False)",
            a => functional.avg_pool2d(a, 3, 2, 1, count_include_pad: false), x);
        yield return Case("F.adaptive_avg_pool2d(a, (3, 2))", a => functional.adaptive_avg_pool2d(a, (3, 2)), x);
        yield return Case("F.adaptive_avg_pool2d(a, 1)", a => functional.adaptive_avg_pool2d(a, 1), x);
        yield return Case("F.adaptive_max_pool2d(a, (3, 2))", a => functional.adaptive_max_pool2d(a, [3, 2]), x);
        yield return Case("F.interpolate(a, scale_factor=2)", a => functional.interpolate(a, scale_factor: [2, 2]), x);
        yield return Case("F.interpolate(a, size=(5, 7))", a => functional.interpolate(a, [5, 7]), x);
        yield return Case(
            "F.interpolate(a, size=(5, 7), mode='bilinear')",
            a => functional.interpolate(a, [5, 7], mode: InterpolationMode.Bilinear), x);
        yield return Case(
            "F.interpolate(a, scale_factor=1.5, mode='bilinear', align_corners=True)",
            a => functional.interpolate(a, scale_factor: [1.5, 1.5], mode: InterpolationMode.Bilinear, align_corners: true),
            x);
        yield return Case(
            "F.interpolate(a, scale_factor=1.5, mode='bicubic', recompute_scale_factor=True)",
            a => functional.interpolate(a, scale_factor: [1.5, 1.5], mode: InterpolationMode.Bicubic, recompute_scale_factor: true),
            x);
        yield return Case(
            "F.interpolate(a, size=(4, 3), mode='area')",
            a => functional.interpolate(a, [4, 3], mode: InterpolationMode.Area), x);
        yield return Case(
            "F.interpolate(a, scale_factor=2.0, mode='linear')",
            a => functional.interpolate(a, scale_factor: [2], mode: InterpolationMode.Linear), Real(2, 3, 5));
        yield return Case("F.interpolate(a, size=9)", a => functional.interpolate(a, [9]), Real(2, 3, 5));
        yield return Case(
            "F.interpolate(a, size=3, mode='area')",
            a => functional.interpolate(a, [3], mode: InterpolationMode.Area), Real(2, 3, 5));
        yield return Case(
            "F.interpolate(a, size=(3, 4, 5))", a => functional.interpolate(a, [3, 4, 5]), Real(1, 2, 2, 3, 4));
        yield return Case(
            "F.interpolate(a, size=(3, 4, 5), mode='trilinear')",
            a => functional.interpolate(a, [3, 4, 5], mode: InterpolationMode.Trilinear), Real(1, 2, 2, 3, 4));
        yield return Case(
            "F.interpolate(a, size=(1, 2, 2), mode='area')",
            a => functional.interpolate(a, [1, 2, 2], mode: InterpolationMode.Area), Real(1, 2, 2, 3, 4));
        yield return Case("torch.nn.Upsample(scale_factor=2)(a)", a => nn.Upsample(scale_factor: [2, 2]).call(a), x);
        yield return Case("F.pad(a, (1, 2, 0, 1), value=3)", a => functional.pad(a, (1, 2, 0, 1), value: 3), x);
        yield return Case(
            "F.pad(a, (1, 2), mode='reflect')", a => functional.pad(a, (1, 2), PaddingModes.Reflect), Real(2, 3, 5));
        yield return Case(
            "F.pad(a, (1, 2, 3, 1), mode='replicate')", a => functional.pad(a, [1, 2, 3, 1], PaddingModes.Replicate),
            x);
        yield return Case(
            "F.pad(a, (1, 2, 3, 1), mode='circular')", a => functional.pad(a, [1, 2, 3, 1], PaddingModes.Circular),
            x);
        yield return Case("F.pixel_shuffle(a, 2)", a => functional.pixel_shuffle(a, 2), Real(1, 8, 3, 2));
        yield return Case("F.pixel_unshuffle(a, 2)", a => functional.pixel_unshuffle(a, 2), Real(1, 2, 4, 6));
        yield return Case(
            "F.affine_grid(a, (2, 3, 4, 5), align_corners=False)", a => functional.affine_grid(a, [2, 3, 4, 5]),
            Real(2, 2, 3));
        yield return Case(
            "F.grid_sample(a, b, align_corners=False)", (a, b) => functional.grid_sample(a, b), x, Unit(2, 4, 4, 2));
        yield return Case(
            "F.grid_sample(a, b, mode='nearest', padding_mode='border', align_corners=True)",
            (a, b) => functional.grid_sample(a, b, GridSampleMode.Nearest, GridSamplePaddingMode.Border, true), x,
            Fixed(Real(2, 4, 4, 2)));
        yield return Case(
            "F.grid_sample(a, b, padding_mode='reflection', align_corners=False)",
            (a, b) => functional.grid_sample(a, b, padding_mode: GridSamplePaddingMode.Reflection), x,
            Fixed(Real(2, 4, 4, 2)));
    }

    private static IEnumerable<TorchCase> Losses()
    {
        TorchInput logits = Real(4, 3), target = Fixed(Share(4, 3));
        yield return Case(
            "F.binary_cross_entropy_with_logits(a, b)", (a, b) => functional.binary_cross_entropy_with_logits(a, b),
            logits, target);
        yield return List(
            "F.binary_cross_entropy_with_logits(a, b, c, reduction='none', pos_weight=d)",
            t => [functional.binary_cross_entropy_with_logits(t[0], t[1], t[2], Reduction.None, t[3])], logits,
            target, Fixed(Positive(3)), Fixed(Positive(3)));
        yield return Case(
            "F.binary_cross_entropy(a, b, reduction='sum')",
            (a, b) => functional.binary_cross_entropy(a, b, reduction: Reduction.Sum), Share(4, 3), target);
        yield return Case(
            "F.cross_entropy(a, b, label_smoothing=0.1)",
            (a, b) => functional.cross_entropy(a, b, label_smoothing: 0.1), logits, Index(3, 4));
        yield return Case("F.nll_loss(a, b)", (a, b) => functional.nll_loss(a, b), logits, Index(3, 4));
        yield return Case("F.mse_loss(a, b)", (a, b) => functional.mse_loss(a, b), logits, Real(4, 3));
        yield return Case(
            "F.l1_loss(a, b, reduction='none')", (a, b) => functional.l1_loss(a, b, Reduction.None), logits,
            Real(4, 3));
        yield return Case(
            "F.smooth_l1_loss(a, b, beta=0.5)", (a, b) => functional.smooth_l1_loss(a, b, beta: 0.5), logits,
            Real(4, 3));
        yield return Case(
            "F.huber_loss(a, b, delta=0.5)", (a, b) => functional.huber_loss(a, b, 0.5), logits, Real(4, 3));
        yield return Case(
            "F.kl_div(a, b, reduction='sum', log_target=False)",
            (a, b) => functional.kl_div(a, b, false, Reduction.Sum), logits, target);
        yield return Case(
            "F.kl_div(a, b, log_target=True)", (a, b) => functional.kl_div(a, b), logits, Fixed(Real(4, 3)));
        yield return Case(
            "torch.nn.BCEWithLogitsLoss()(a, b)", (a, b) => nn.BCEWithLogitsLoss().call(a, b), logits, target);
        yield return Case("torch.nn.BCELoss()(a, b)", (a, b) => nn.BCELoss().call(a, b), Share(4, 3), target);
        yield return Case(
            "torch.nn.CrossEntropyLoss()(a, b)", (a, b) => nn.CrossEntropyLoss().call(a, b), logits, Index(3, 4));
        yield return Case(
            "torch.nn.MSELoss(reduction='sum')(a, b)", (a, b) => nn.MSELoss(Reduction.Sum).call(a, b), logits,
            Real(4, 3));
    }

    private static IEnumerable<TorchCase> Factories()
    {
        yield return List("torch.zeros(2, 3)", _ => [zeros(2, 3)]);
        yield return List("torch.zeros(2, 3, dtype=torch.int64)", _ => [zeros([2, 3], int64)]);
        yield return List("torch.ones(2, 3, 4)", _ => [ones(2, 3, 4)]);
        yield return List("torch.full((2, 2), 1.5)", _ => [full(2, 2, 1.5)]);
        yield return List("torch.empty(2, 3, 0)", _ => [empty(2, 3, 0)]);
        yield return List("torch.eye(3, 4)", _ => [eye(3, 4)]);
        yield return List("torch.arange(5)", _ => [arange(5)]);
        yield return List("torch.arange(1, 2, 0.25)", _ => [arange(1, 2, 0.25)]);
        yield return List("torch.arange(2, 9, 3)", _ => [arange(2, 9, 3)]);
        yield return List("torch.linspace(0, 1, 7)", _ => [linspace(0, 1, 7)]);
        yield return List("torch.logspace(0, 2, 5)", _ => [logspace(0, 2, 5)]);
        yield return List("torch.tensor([[1.5, 2], [3, 4]])", _ => [tensor(new[,] { { 1.5f, 2 }, { 3, 4 } })]);
        yield return List("torch.tensor([1, 2, 3])", _ => [tensor([1L, 2, 3])]);
        yield return List("torch.tensor([1, 2, 3], dtype=torch.int32)", _ => [tensor([1, 2, 3])]);
        yield return List(
            "torch.tensor([1, 2, 3, 4]).reshape(2, 2).double()",
            _ => [tensor(new List<long> { 1, 2, 3, 4 }, 2, 2, float64)]);
        yield return List("torch.tensor([True, False])", _ => [tensor([true, false])]);
        yield return List("torch.tensor(2.5)", _ => [tensor(2.5f)]);
        yield return List("torch.tensor(2.5, dtype=torch.float64)", _ => [tensor(2.5)]);
        yield return List("torch.tensor(7)", _ => [tensor(7L)]);
        yield return Case("torch.zeros_like(a)", a => zeros_like(a), Fixed(Real(2, 3)));
        yield return Case("torch.ones_like(a, dtype=torch.int64)", a => ones_like(a, int64), Fixed(Real(2, 3)));
        yield return Case("torch.full_like(a, 3)", a => full_like(a, 3), Fixed(Real(2, 3)));
        yield return Case("torch.empty_like(a).fill_(2)", a => empty_like(a).fill_(2), Fixed(Real(2, 3)));
        yield return List(
            "torch.empty_strided((2, 3), (1, 2)).fill_(1)", _ => [empty_strided([2, 3], [1, 2]).fill_(1)]);
    }

    private static IEnumerable<TorchCase> RandomNumbers()
    {
        yield return List("torch.rand(3, 4)", _ => [rand(3, 4)]) with { Seed = 1 };
        yield return List("torch.rand(3, 4, dtype=torch.float64)", _ => [rand(3, 4, float64)]) with { Seed = 1 };
        yield return List("torch.randn(3, 40)", _ => [randn(3, 40)]) with { Seed = 2 };
        yield return List("torch.randint(2, 9, (7,))", _ => [randint(2, 9, [7])]) with { Seed = 3 };
        yield return List("torch.randint(9, (7,))", _ => [randint(9, [7])]) with { Seed = 3 };
        yield return List("torch.randperm(9)", _ => [randperm(9)]) with { Seed = 4 };
        yield return List("torch.randn(2, 3) * 2 + 1", _ => [normal(1, 2, [2, 3])]) with { Seed = 4 };
        yield return Case(
            "torch.normal(a, b)", (a, b) => normal(a, b), Fixed(Real(5)), Fixed(Positive(5))) with { Seed = 4 };
        yield return Case("torch.rand_like(a)", a => rand_like(a), Fixed(Real(5))) with { Seed = 5 };
        yield return Case("torch.randn_like(a)", a => randn_like(a), Fixed(Real(5))) with { Seed = 5 };
        yield return Case("torch.randint_like(a, 2, 8)", a => randint_like(a, 2, 8), Fixed(Real(5))) with { Seed = 5 };
        yield return Case("torch.bernoulli(a)", a => bernoulli(a), Fixed(Share(9))) with { Seed = 6 };
        yield return Case(
            "a.clone().bernoulli_(0.3)", a => a.clone().bernoulli_(0.3), Fixed(Share(9))) with { Seed = 6 };
        yield return Case(
            "a.clone().bernoulli_(b)", (a, b) => a.clone().bernoulli_(b), Fixed(Real(9)), Fixed(Share(9))) with { Seed = 6 };
        yield return Case(
            "a.clone().uniform_(-1, 2)", a => a.clone().uniform_(-1, 2), Fixed(Real(9))) with { Seed = 7 };
        yield return Case("a.clone().normal_(1, 3)", a => a.clone().normal_(1, 3), Fixed(Real(9))) with { Seed = 7 };
        yield return Case("a.clone().random_(0, 9)", a => a.clone().random_(0, 9), Fixed(Real(9))) with { Seed = 7 };
        yield return Case("torch.multinomial(a, 3)", a => multinomial(a, 3), Fixed(Share(9))) with { Seed = 8 };
    }
}
