using FanTrans.Distillation;
using FanTrans.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

/// <summary>
/// The whole ensemble's gradients, gate included, against difference quotients of the loss's terms without stopped
/// gradients; the distillation terms have their own test.
/// </summary>
[Collection(TorchCollection.Name)]
public class EnsembleGradientTests
{
    [Theory]
    [InlineData("mean")]
    [InlineData("gate")]
    public void MatchesDifferenceQuotients(string teacher)
    {
        const int seed = 8;
        using var scope = NewDisposeScope();
        manual_seed(seed);
        var options = TinyOptions.Of("random");
        var distillation = DistillationOptions.Paper with { Teacher = teacher, LogitWeight = 0, FeatureWeight = 0 };
        using var ensemble = new PeerEnsemble(options, distillation);
        ensemble.to(ScalarType.Float64);
        ensemble.Fan.Unfreeze();
        ensemble.train();
        RandomWeights.Move(ensemble);
        var loss = new OnlineDistillation(distillation, [0.5, 1, 1.5]);
        var images = rand([3, 3, options.Fan.ImageSize, options.Fan.ImageSize], dtype: ScalarType.Float64);
        var labels = rand([3, 3], dtype: ScalarType.Float64).AtLeast(0.5).to_type(ScalarType.Float64);
        var known = rand([3, 3], dtype: ScalarType.Float64).AtLeast(0.2).to_type(ScalarType.Float64);
        Tensor Total()
        {
            manual_seed(seed);
            return loss.Compute(ensemble.call(images), labels, known, epoch: 3).Total;
        }

        Total().backward();
        Assert.Equal(teacher is "gate", ensemble.has_parameter("gate.weight"));
        FiniteDifference.Check(
            () =>
            {
                using var inner = NewDisposeScope();
                return Total().item<double>();
            },
            // The FAN has its own test: here every eighth of its tensors, to see that the gradient reaches it.
            [.. FiniteDifference.Of(ensemble).Where((g, n) => n % 8 == 0 || !g.Name.StartsWith("fan."))],
            seed,
            probes: 1
        );
    }
}
