using FanTrans.Distillation;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Approvals;

/// <summary>
/// The names, types and shapes of each preset's state dict, against the approved text beside this file: checkpoints
/// and published weights load by them. After a change that is meant, copy the received text over the approved one.
/// </summary>
[Collection(TorchCollection.Name)]
public class NamesAndShapesTests
{
    [Theory]
    [InlineData("Paper")]
    [InlineData("Small")]
    public void OfAModel(string preset)
    {
        using var model = new FanTransModel(Preset(preset));
        Approve($"FanTransModel.{preset}", model);
    }

    [Fact]
    public void OfAnEnsemble()
    {
        using var ensemble = new PeerEnsemble(
            FanTransOptions.Small with
            {
                AttentionDrop = "input-dependent",
                Classifier = "joint-hidden",
            },
            DistillationOptions.Small with
            {
                Teacher = "gate",
            }
        );
        Approve("PeerEnsemble.Small.InputDependent.JointHidden.Gate", ensemble);
    }

    private static FanTransOptions Preset(string name) =>
        name == "Paper" ? FanTransOptions.Paper : FanTransOptions.Small;

    private static void Approve(string name, nn.Module module)
    {
        var lines = module
            .state_dict()
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key} {entry.Value.dtype} ({string.Join(", ", entry.Value.shape)})")
            .Append($"parameters: {module.parameters().Sum(parameter => parameter.numel())}");
        var received = string.Join('\n', lines) + "\n";
        var approved = Path.Combine(Repository.Root, "tests", "FanTrans.Tests", "Approvals", $"{name}.txt");
        if (File.Exists(approved) && File.ReadAllText(approved) == received)
            return;
        var written = Path.Combine(AppContext.BaseDirectory, $"{name}.received.txt");
        File.WriteAllText(written, received);
        Assert.Fail($"{approved} differs from what the model has, which is in {written}.");
    }
}
