using FanTrans.Tests.Parity;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

/// <summary>Compares gradients with central differences of the loss, in float64.</summary>
internal static class FiniteDifference
{
    /// <summary>Small, since a step over a kink of a ReLU or a max-pool spoils the quotient.</summary>
    private const double Step = 1e-7;

    /// <summary>The quotient errs by the loss's rounding over Step, some 1e-8 of it, and less by curvature.</summary>
    private const double Limit = 1e-6;

    /// <summary>A module's parameters with the gradients that they hold.</summary>
    public static List<(string Name, Tensor Tensor, double[] Gradient)> Of(nn.Module module) =>
        [.. module.named_parameters().Select(entry => Of(entry.name, entry.parameter))];

    /// <summary>A tensor with the gradient that it holds.</summary>
    public static (string Name, Tensor Tensor, double[] Gradient) Of(string name, Tensor tensor) =>
        (name, tensor, Values.Of(tensor.grad!).Elements);

    /// <summary>Checks a few elements of each tensor, drawn by the seed.</summary>
    /// <param name="loss">The loss as a function of what the tensors hold now.</param>
    /// <param name="gradients">By name the tensor and its gradient.</param>
    /// <param name="seed">Seed of the choice of elements.</param>
    /// <param name="probes">Elements of each tensor.</param>
    public static void Check(
        Func<double> loss,
        IReadOnlyList<(string Name, Tensor Tensor, double[] Gradient)> gradients,
        int seed,
        int probes = 3
    )
    {
        var random = new Random(seed);
        var scale = Math.Max(1, Math.Abs(loss()));
        List<string> wrong = [];
        foreach (var (name, tensor, gradient) in gradients)
        {
            for (var probe = 0; probe < Math.Min(probes, gradient.Length); probe++)
            {
                var place = gradient.Length <= probes ? probe : random.Next(gradient.Length);
                var slope = Slope(loss, tensor, place);
                if (!(Math.Abs(slope - gradient[place]) <= Limit * scale))
                    wrong.Add(FormattableString.Invariant($"{name}[{place}]: {gradient[place]:g9}, slope {slope:g9}"));
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static double Slope(Func<double> loss, Tensor tensor, long place)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var element = tensor.detach().view(-1).narrow(0, place, 1); // shares the tensor's memory
        var start = element.item<double>();
        double At(double value)
        {
            element.Set(value);
            return loss();
        }
        var slope = (At(start + Step) - At(start - Step)) / (2 * Step);
        element.Set(start);
        return slope;
    }
}
