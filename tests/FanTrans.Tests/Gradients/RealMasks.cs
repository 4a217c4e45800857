using FanTrans.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

/// <summary>
/// While this lives, each learned attention drop of a head uses M = M_hard + soft(Θ) - soft(Θ₀), where M_hard and
/// soft(Θ₀) are those of the first pass with the seed's uniform draws: written here from the published equations.
/// </summary>
internal sealed class RealMasks : IDisposable
{
    private readonly FanTransOptions options;
    private readonly Dictionary<string, Tensor> uniforms = [];
    private readonly Dictionary<string, Tensor> offsets = [];
    private readonly List<Action> removals = [];

    public RealMasks(AuHead head, FanTransOptions options, int batch, long seed)
    {
        this.options = options;
        long units = options.ActionUnits.Count;
        // The drops are the only ones to draw, in the order of the blocks.
        manual_seed(seed);
        foreach (var (name, module) in head.named_modules())
        {
            if (module is not LearnableDrop drop)
                continue;
            uniforms[name] = rand([batch, options.Heads, units, units], dtype: ScalarType.Float64);
            var hook = drop.register_forward_hook(
                (_, attention, x, output) => Replace(name, drop, attention, x, output)
            );
            removals.Add(hook.remove);
        }
    }

    public void Dispose()
    {
        removals.ForEach(remove => remove());
        foreach (var tensor in uniforms.Values.Concat(offsets.Values))
            tensor.Dispose();
    }

    private (Tensor, Tensor) Replace(
        string name,
        LearnableDrop drop,
        Tensor attention,
        Tensor x,
        (Tensor Attention, Tensor Keep) output
    )
    {
        var u = uniforms[name];
        var soft = Logits(drop, x).Plus((u / u.Complement()).log()).Over(options.Temperature).sigmoid();
        if (!offsets.TryGetValue(name, out var offset))
            offsets[name] = offset = (soft.AtLeast(0.5).to_type(ScalarType.Float64) - soft).DetachFromDisposeScope();
        var own = eye(options.ActionUnits.Count, dtype: ScalarType.Float64);
        var kept = attention * (soft.Plus(offset) * own.Complement()).Plus(own);
        return (kept / kept.sum(-1, keepdim: true), output.Keep);
    }

    private Tensor Logits(LearnableDrop drop, Tensor x)
    {
        var theta = drop.get_parameter("logits")!;
        var maps = drop.named_children().ToDictionary(child => child.name, child => (Linear)child.module);
        if (maps.Count == 0)
            return theta;
        Tensor Split(string name) => maps[name].call(x).view(x.shape[0], x.shape[1], options.Heads, options.GateRank);
        var products = Split("query").unsqueeze(2) * Split("key").unsqueeze(1); // (B, N, N, H, r)
        return theta.Plus(products.sum(-1).permute(0, 3, 1, 2).Over(Math.Sqrt(options.GateRank)));
    }
}
