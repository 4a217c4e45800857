using FanTrans.Distillation;
using FanTrans.Models;

namespace FanTrans.Benchmarks.Models;

/// <summary>What both languages run: the case file of tests/reference/bench.py.</summary>
internal sealed record ModelCase
{
    public required FanTransOptions Model { get; init; }

    public required DistillationOptions Distillation { get; init; }

    /// <summary>A step with loss, backward and AdamW; else a forward pass
    /// in evaluation mode without gradients.</summary>
    public required bool Training { get; init; }

    /// <summary>The FAN's features alone, without the heads.</summary>
    public bool Features { get; init; }

    /// <summary>What runs the kit's FAN.</summary>
    public FanRuntime Runtime { get; init; }

    public required int Batch { get; init; }

    public required int Threads { get; init; }
}
