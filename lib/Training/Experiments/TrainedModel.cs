using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;

namespace FanTrans.Training.Experiments;

/// <summary>A trained ensemble as one safetensors file that carries its options.</summary>
public static class TrainedModel
{
    private const string Format = "fantrans-model";

    /// <summary>Writes an ensemble, whole or not at all.</summary>
    /// <param name="ensemble">The peers and their FAN.</param>
    /// <param name="path">The file, ending in .safetensors.</param>
    public static void Save(PeerEnsemble ensemble, string path)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        WeightsFile.Save(path, ensemble.state_dict(), new Dictionary<string, string>
        {
            ["format"] = Format,
            ["model"] = OptionsJson.Write(ensemble.Options),
            ["distillation"] = OptionsJson.Write(ensemble.Distillation),
        });
    }

    /// <summary>Makes the ensemble that this library carries, in evaluation mode; the caller disposes it.</summary>
    /// <exception cref="InvalidDataException">The library was built without one.</exception>
    public static PeerEnsemble LoadShipped() => throw new InvalidDataException(
        "this build of the library carries no trained model: name one, such as train.cs writes to model.safetensors.");

    /// <summary>Makes the ensemble that a file holds, in evaluation mode; the caller disposes it.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The file is broken, or holds something else; the message says what.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static PeerEnsemble Load(string path)
    {
        using var weights = WeightsFile.Load(path);
        if (weights.Metadata.GetValueOrDefault("format") != Format
            || !weights.Metadata.TryGetValue("model", out var model) || !weights.Metadata.TryGetValue("distillation", out var distillation))
            throw new InvalidDataException($"{path} holds weights but no trained model with its options, such as train.cs writes to model.safetensors.");
        PeerEnsemble? ensemble = null;
        try
        {
            ensemble = new PeerEnsemble(OptionsJson.Read<FanTransOptions>(model), OptionsJson.Read<DistillationOptions>(distillation));
            StateDict.LoadInto(ensemble, weights);
            ensemble.eval();
            return ensemble;
        }
        catch (Exception error)
        {
            ensemble?.Dispose();
            if (error is ArgumentException)
                throw new InvalidDataException($"{path}: {error.Message}", error);
            throw;
        }
    }
}
