using FanTrans.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

/// <summary>Gradients of a face alignment network that learns, against difference quotients, in both modes.</summary>
[Collection(TorchCollection.Name)]
public class FanGradientTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MatchesDifferenceQuotients(bool training)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var options = TinyOptions.Of().Fan;
        using var fan = new FaceAlignmentNetwork(options);
        fan.to(ScalarType.Float64);
        fan.train(training);
        RandomWeights.Move(fan);
        var images = rand([2, 3, options.ImageSize, options.ImageSize], dtype: ScalarType.Float64).requires_grad_();

        Tensor[] weights;
        using (var output = fan.call(images))
            weights = [.. output.Tensors.Select(tensor => randn(tensor.shape, dtype: tensor.dtype))];
        Tensor Loss()
        {
            var means = fan.call(images).Tensors.Zip(weights, (tensor, weight) => (tensor * weight).mean());
            return means.Sum();
        }
        Loss().backward();
        FiniteDifference.Check(
            () =>
            {
                using var inner = NewDisposeScope();
                return Loss().item<double>();
            },
            [.. FiniteDifference.Of(fan), FiniteDifference.Of("images", images)],
            seed: 3,
            probes: 2
        );
    }
}
