using System.Text.Json;
using FanTrans.Interop;
using FanTrans.Models;
using TorchSharp;

namespace FanTrans.Tests.Interop;

/// <summary>The weights that the library carries.</summary>
[Collection(TorchCollection.Name)]
public class ShippedWeightsTests
{
    [Fact]
    public void The_face_alignment_network_loads_with_its_record()
    {
        using var weights = ShippedWeights.Open(ShippedWeights.Fan);
        Assert.StartsWith(
            "R",
            JsonDocument.Parse(weights.Metadata[ShippedWeights.SubjectsKey]).RootElement[0].GetString()
        );
        var record = JsonDocument.Parse(weights.Metadata[ShippedWeights.TrainingKey]).RootElement;
        Assert.InRange(record.GetProperty("landmarkError").GetDouble(), 0, 0.06);
        using var fan = FaceAlignmentNetwork.LoadShipped();
        Assert.Equal(FanOptions.Small, fan.Options);
        Assert.False(fan.training);
    }

    [Fact]
    public void Saved_weights_come_back_within_half_precision_and_a_changed_byte_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(FanOptions.Small);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "fan.safetensors");
            ShippedWeights.Save(
                path,
                fan.state_dict(),
                new Dictionary<string, string>
                {
                    [FaceAlignmentNetworkWeights.OptionsKey] = OptionsJson.Write(fan.Options),
                }
            );
            var bytes = File.ReadAllBytes(path);
            using (var back = ShippedWeights.Read("fan", bytes))
            {
                foreach (var (name, tensor) in fan.state_dict())
                    Assert.True(back[name].to(tensor.dtype).allclose(tensor, 1e-3, 1e-6), name);
            }
            bytes[^9] ^= 1;
            Assert.Contains(
                "checksum",
                Assert.Throws<InvalidDataException>(() => ShippedWeights.Read("fan", bytes)).Message
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_value_beyond_half_precision_is_refused_by_name()
    {
        using var scope = torch.NewDisposeScope();
        var huge = new Dictionary<string, torch.Tensor> { ["conv1.weight"] = torch.ones(2).Times(1e6) };
        Assert.Contains(
            "conv1.weight",
            Assert
                .Throws<ArgumentException>(() =>
                    ShippedWeights.Save("x.safetensors", huge, new Dictionary<string, string>())
                )
                .Message
        );
    }
}
