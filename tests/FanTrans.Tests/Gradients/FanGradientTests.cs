using FanTrans.Models;
using FanTrans.Tests.Parity;
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
            weights = [.. output.Heatmaps.Append(output.Features).Select(tensor => randn(tensor.shape, dtype: tensor.dtype).detach())];
        Tensor Loss()
        {
            var output = fan.call(images);
            return output.Heatmaps.Append(output.Features).Zip(weights, (tensor, weight) => (tensor * weight).mean())
                .Aggregate((sum, next) => sum + next);
        }
        Loss().backward();
        var gradients = fan.named_parameters().Select(p => (p.name, (Tensor)p.parameter, Values.Of(p.parameter.grad!).Elements))
            .Append(("images", images, Values.Of(images.grad!).Elements)).ToList();
        FiniteDifference.Check(
            () =>
            {
                using var inner = NewDisposeScope();
                return Loss().item<double>();
            },
            gradients, seed: 3, probes: 2);
    }
}
