using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Tests.StandIns;

/// <summary>The operators of TorchSharp, real or stand-in, give PyTorch's values and gradients.</summary>
public class TorchOperatorsTests
{
    private const int Seed = 20261;

    private static readonly Lazy<Dictionary<string, JsonElement>> Answers = new(AskPython);

    public static TheoryData<string> Expressions => [.. TorchOperatorCases.All.Keys];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void AnOperatorGivesTheValuesAndGradientsOfPyTorch(string expression)
    {
        PythonTorch.Require();
        var answer = Answers.Value[expression];
        Assert.False(answer.TryGetProperty("error", out var error), error.ToString());

        using var scope = NewDisposeScope();
        var item = TorchOperatorCases.All[expression];
        Tensor[] inputs = [.. item.Inputs.Select((input, i) => Make(input, Seed + i))];
        manual_seed(item.Seed);
        Tensor[] outputs = [.. item.Run(inputs)];

        Assert.Equal(answer.GetProperty("outputs").GetArrayLength(), outputs.Length);
        foreach (var (expected, actual) in answer.GetProperty("outputs").EnumerateArray().Zip(outputs))
            AssertSame(expression, expected, actual);

        Tensor[] wanted = [.. inputs.Where(input => input.requires_grad)];
        Tensor[] losses = [.. outputs.Where(output => output.requires_grad).Select(Weighted)];
        if (losses.Length > 0) autograd.backward(stack(losses).sum());
        foreach (var (expected, input) in answer.GetProperty("gradients").EnumerateArray().Zip(wanted))
        {
            if (expected.ValueKind == JsonValueKind.Null)
                Assert.Null(input.grad);
            else
                AssertSame($"gradient of {expression}", expected, input.grad!);
        }
    }

    /// <summary>Every operator that the stand-in binds is in this libtorch, under its name and overload.</summary>
    [Fact]
    public void EveryOperatorOfTheStandInIsInThisLibtorch()
    {
        RestoredPackages.SkipUnlessStandIn("TorchSharp");
        var bound = typeof(torch).Assembly.GetType("TorchSharp.Op")!.GetFields(BindingFlags.Public | BindingFlags.Static);

        var missing = bound.Where(field => !Resolves(field.GetValue(null)!)).Select(field => field.Name).ToList();

        Assert.NotEmpty(bound);
        Assert.Empty(missing);
    }

    private static bool Resolves(object bound)
    {
        try
        {
            bound.GetType().GetMethod("Resolve")!.Invoke(bound, []);
            return true;
        }
        catch (TargetInvocationException e) when (e.InnerException is ExternalException)
        {
            return false;
        }
    }

    private static Tensor Weighted(Tensor output) =>
        (output * arange(output.numel(), dtype: output.dtype).cos().reshape(output.shape)).sum().to(float64);

    private static Tensor Make(TorchInput input, int seed) =>
        tensor(input.Values(seed), input.Shape).to(input.Type).detach().requires_grad_(input.WantsGradient);

    private static void AssertSame(string name, JsonElement expected, Tensor actual)
    {
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), actual.shape);
        Assert.Equal(expected.GetProperty("dtype").GetString(), PythonName(actual.dtype));
        var values = MemoryMarshal.Cast<byte, double>(expected.GetProperty("values").GetBytesFromBase64()).ToArray();
        using var copy = actual.detach().to(float64).contiguous();
        var mine = copy.data<double>().ToArray();
        var limit = actual.dtype switch
        {
            ScalarType.Float32 => Tolerance.Float32,
            ScalarType.Float64 => Tolerance.Float64,
            _ => 0,
        };
        // A gradient that is zero in exact arithmetic is nothing but rounding on both sides.
        Tolerance.AssertClose(name, values, mine, limit, floor: actual.dtype == ScalarType.Float64 ? 1e-3 : 1e-1);
    }

    private static string PythonName(ScalarType type) => type switch
    {
        ScalarType.Byte => "uint8",
        ScalarType.Int8 => "int8",
        ScalarType.BFloat16 => "bfloat16",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>Asks PyTorch about all cases at once.</summary>
    private static Dictionary<string, JsonElement> AskPython()
    {
        var cases = TorchOperatorCases.All.Values.ToList();
        var folder = Directory.CreateTempSubdirectory("fantrans-operators-");
        try
        {
            string questions = Path.Combine(folder.FullName, "cases.json"), answers = Path.Combine(folder.FullName, "answers.json");
            File.WriteAllBytes(questions, JsonSerializer.SerializeToUtf8Bytes(cases.Select(item => new
            {
                expression = item.Expression,
                seed = item.Seed,
                inputs = item.Inputs.Select((input, i) => new
                {
                    dtype = PythonName(input.Type),
                    shape = input.Shape,
                    values = Convert.ToBase64String(MemoryMarshal.AsBytes<double>(input.Values(Seed + i))),
                    gradient = input.WantsGradient,
                }),
            })));
            PythonTorch.Run(Path.Combine(Repository.Root, "tests/reference/operators.py"), questions, answers);
            using var parsed = JsonDocument.Parse(File.ReadAllBytes(answers));
            return cases.Zip(parsed.RootElement.Clone().EnumerateArray())
                .ToDictionary(pair => pair.First.Expression, pair => pair.Second);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
