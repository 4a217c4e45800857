using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Parity;

/// <summary>Notes by forward hooks what the parts of a model give while this lives,
/// under the reference's names.</summary>
internal sealed class Stages : IDisposable
{
    private readonly Dictionary<string, Values> found;
    private readonly Dictionary<string, nn.Module> parts;
    private readonly List<Action> removals = [];

    public Stages(nn.Module model, Dictionary<string, Values> found)
    {
        this.found = found;
        parts = model.named_modules().ToDictionary(part => part.name, part => part.module);
        WatchFan();
        foreach (var (name, part) in parts)
        {
            if (part is AuHead head)
                WatchHead(name, head);
        }
    }

    public void Dispose() => removals.ForEach(remove => remove());

    private void WatchFan()
    {
        Watch("fan.conv4", (Tensor stem) => Note("fan.stem", stem));
        var stacks = parts.Keys.Count(name => name.StartsWith("fan.l", StringComparison.Ordinal));
        for (var s = 0; s < stacks; s++)
        {
            var stack = s;
            Watch($"fan.l{s}", (Tensor heatmaps) => Note($"fan.heatmaps.{stack}", heatmaps));
            if (s < stacks - 1)
                Watch($"fan.bl{s}", (Tensor feature) => Note($"fan.stacks.{stack}", feature));
            else
                Watch($"fan.bn_end{s}", (Tensor normed) => Note($"fan.stacks.{stack}", normed.relu()));
        }
    }

    private void WatchHead(string name, AuHead head)
    {
        var hook = head.register_forward_hook(
            (_, features, output) =>
            {
                Note("fan.features", features);
                Note($"{name}.output", output.Tokens);
                Note($"{name}.logits", output.Logits);
                for (var b = 0; b < output.Keep.Count; b++)
                {
                    Note($"{name}.attention.{b}", output.Attention[b]);
                    Note($"{name}.keep.{b}", output.Keep[b]);
                }
                return output;
            }
        );
        removals.Add(hook.remove);
        Watch($"{name}.tokens", (Tensor tokens) => Note($"{name}.tokens", tokens));
        for (var b = 0; parts.ContainsKey($"{name}.blocks.{b}"); b++)
        {
            var block = b;
            Watch<(Tensor Tokens, Tensor Attention, Tensor Keep)>(
                $"{name}.blocks.{b}",
                output => Note($"{name}.blocks.{block}", output.Tokens)
            );
        }
    }

    private void Watch<TResult>(string name, Action<TResult> note)
    {
        var hook = ((nn.Module<Tensor, TResult>)parts[name]).register_forward_hook(
            (_, _, output) =>
            {
                note(output);
                return output;
            }
        );
        removals.Add(hook.remove);
    }

    private void Note(string name, Tensor tensor) => found[name] = Values.Of(tensor);
}
