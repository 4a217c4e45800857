using FanTrans.Distillation;
using FanTrans.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Tests.Parity;

/// <summary>
/// Runs a case with the library and gives every value that tests/reference/run.py gives, under the same names:
/// stages, loss.*, grad.*, step.{k}.loss and after.*.
/// </summary>
internal static class ParityRun
{
    /// <summary>The model of a case with a state of its own making; the caller disposes it.</summary>
    public static nn.Module Build(ParityCase parity) =>
        parity.Distillation is null
            ? new FanTransModel(parity.Model)
            : new PeerEnsemble(parity.Model, parity.Distillation);

    /// <summary>Weights and inputs by the formula of <see cref="Filling"/>.</summary>
    public static Dictionary<string, Values> Filled(ParityCase parity, nn.Module model)
    {
        int units = parity.Model.ActionUnits.Count,
            size = parity.Model.Fan.ImageSize;
        var given = new Dictionary<string, Values>
        {
            ["inputs.images"] = Values.Of(Filling.Images(parity.Batch, size), parity.Batch, 3, size, size),
            ["inputs.labels"] = Values.Of(Filling.Labels(parity.Batch, units), parity.Batch, units),
            ["inputs.known"] = Values.Of(Filling.Known(parity.Batch, units), parity.Batch, units),
            ["inputs.weights"] = Values.Of(Filling.ClassWeights(units), units),
        };
        foreach (var (name, tensor) in model.state_dict())
        {
            given[$"state.{name}"] = name.EndsWith("num_batches_tracked", StringComparison.Ordinal)
                ? new Values([], [0])
                : Values.Of(Filling.Weights(name, tensor.shape), tensor.shape);
        }
        return given;
    }

    public static Dictionary<string, Values> Run(
        ParityCase parity,
        nn.Module model,
        IReadOnlyDictionary<string, Values> given
    )
    {
        using var scope = NewDisposeScope();
        Load(model, given);
        var type = parity.Double ? ScalarType.Float64 : ScalarType.Float32;
        model.to(type);
        Tensor Input(string name) => given[$"inputs.{name}"].ToTensor().to_type(type);
        var (images, labels, known) = (Input("images"), Input("labels"), Input("known"));

        var fan = model is PeerEnsemble peers ? peers.Fan : ((FanTransModel)model).Fan;
        if (parity.FineTune)
            fan.Unfreeze();
        model.train(parity.Training);
        var learned = model.named_parameters().Where(p => p.parameter.requires_grad).ToList();
        using var optimizer = optim.AdamW(
            learned.Select(p => p.parameter),
            parity.LearningRate,
            weight_decay: parity.WeightDecay
        );
        var distillation = parity.Distillation ?? DistillationOptions.None with { SparsityWeight = 0 };
        var loss = new OnlineDistillation(distillation, given["inputs.weights"].Elements);

        var found = new Dictionary<string, Values>();
        for (var step = 0; step < Math.Max(parity.Steps, 1); step++)
        {
            using var inner = NewDisposeScope();
            manual_seed(parity.Seed + step);
            optimizer.zero_grad();
            PeerOutput output;
            using (var stages = step == 0 ? new Stages(model, found) : null)
                output = Forward(model, images);
            var parts = loss.Compute(output, labels, known, parity.Epoch);
            parts.Total.backward();
            if (step == 0)
                NoteFirst(parity, output, parts, learned, found);
            if (parity.Steps > 0)
            {
                found[$"step.{step}.loss"] = Values.Of(parts.Total);
                optimizer.step();
            }
        }
        if (parity.Steps > 0)
        {
            foreach (var (name, tensor) in model.state_dict())
                found[$"after.{name}"] = Values.Of(tensor);
        }
        return found;
    }

    private static PeerOutput Forward(nn.Module model, Tensor images)
    {
        if (model is PeerEnsemble ensemble)
            return ensemble.call(images);
        var output = ((FanTransModel)model).call(images);
        return new PeerOutput([output], output.Logits, null);
    }

    private static void NoteFirst(
        ParityCase parity,
        PeerOutput output,
        DistillationLoss parts,
        List<(string name, Parameter parameter)> learned,
        Dictionary<string, Values> found
    )
    {
        found["loss.classification"] = Values.Of(parts["classification"]);
        found["loss.total"] = Values.Of(parts.Total);
        if (parity.Distillation is not null)
        {
            found["teacher"] = Values.Of(output.TeacherLogits);
            found["loss.teacher"] = Values.Of(parts["teacher"]);
            found["loss.logits"] = Values.Of(parts["logits"]);
            found["loss.features"] = Values.Of(parts["features"]);
            found["loss.sparsity"] = Values.Of(parts["sparsity"]);
        }
        if (output.GateWeights is not null)
            found["gate"] = Values.Of(output.GateWeights);
        foreach (var (name, parameter) in learned)
            found[$"grad.{name}"] = parameter.grad is { } grad
                ? Values.Of(grad)
                : Values.Of(zeros(parameter.shape, dtype: parameter.dtype));
    }

    private static void Load(nn.Module model, IReadOnlyDictionary<string, Values> given)
    {
        using var mode = no_grad();
        foreach (var (name, tensor) in model.state_dict())
        {
            var values = given[$"state.{name}"];
            Assert.Equal(values.Shape, tensor.shape);
            tensor.copy_(values.ToTensor().to_type(tensor.dtype));
        }
    }
}
