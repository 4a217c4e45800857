#!/usr/bin/env -S dotnet run
// Writes weights as the library carries them, in half precision with their options, training record and checksum. With
// the two trainings of docs/model-card.md it makes lib/Models/weights anew.
//
//   dotnet run --file notebooks/scripts/ship.cs -- fan runs/fan --out lib/Models/weights/fan-small.safetensors
//   dotnet run --file notebooks/scripts/ship.cs -- model runs/au --out lib/Models/weights/model-small.safetensors
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Synthetic/FanTrans.Synthetic.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using FanTrans;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Training.Experiments;
using static TorchSharp.torch;

SynthFaces.Register();
var run = new Argument<string>("run") { Description = "The run's folder, as pretrain-fan.cs or train.cs leaves it" };
var output = Script.Required("--out", "The file to write, ending in .safetensors", "FILE");
var odds = Script.Number("--odds", "How far the biases are moved: 0 leaves them, 1 is even odds", 0.5, 0, 1, "SHARE");

var fan = new Command("fan", "A face alignment network of pretrain-fan.cs.") { run, output };
Script.Does(
    fan,
    (arguments, _) =>
    {
        var folder = arguments.GetValue(run)!;
        var path = Path.Combine(folder, FanPretraining.WeightsFileName);
        using var weights = WeightsFile.Load(path);
        using var network = FaceAlignmentNetwork.Load(path);
        ShippedWeights.Save(
            arguments.GetValue(output)!,
            network.state_dict(),
            new Dictionary<string, string>
            {
                [FaceAlignmentNetworkWeights.OptionsKey] = OptionsJson.Write(network.Options),
                [ShippedWeights.SubjectsKey] = weights.Metadata.GetValueOrDefault(ShippedWeights.SubjectsKey, "[]"),
                [ShippedWeights.TrainingKey] = Record(folder),
            }
        );
        return 0;
    }
);

var model = new Command(
    "model",
    """
    A trained model of train.cs. Its biases are moved towards even odds: how often a unit occurs among the rendered
    faces is a choice of the renderer, and says little about the faces that the model will read.
    """
)
{
    run,
    output,
    odds,
};
Script.Does(
    model,
    (arguments, _) =>
    {
        var folder = arguments.GetValue(run)!;
        using var ensemble = TrainedModel.Load(folder);
        var data = ExperimentData.Open(Experiment.OptionsOf(folder));
        var rates = FanTrans.Evaluation.Labels.Rates(
            data.Fold(1).Train.Select(data.Source.LabelsAt),
            ensemble.Options.ActionUnits.Count
        );
        using (no_grad())
        {
            var share = arguments.GetValue(odds);
            using var shift = tensor([.. rates.Select(rate => (float)(share * Math.Log((1 - rate) / rate)))]);
            foreach (var (name, bias) in ensemble.state_dict())
            {
                if (name.EndsWith("classifier.bias", StringComparison.Ordinal))
                    bias.add_(shift);
            }
        }
        TrainedModel.Ship(ensemble, arguments.GetValue(output)!, TrainedModel.SubjectsOf(folder), Record(folder));
        return 0;
    }
);
return await Script.Run(new RootCommand("Writes weights as the library carries them.") { fan, model }, args);

static string Record(string folder) =>
    JsonSerializer.Serialize(
        new
        {
            options = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "options.json"))),
            history = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "history.json"))),
        }
    );
