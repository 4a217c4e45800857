using FanTrans.Distillation;
using FanTrans.Models;

namespace FanTrans.Tests.Parity;

/// <summary>
/// One run that both languages make: the fields of tests/reference/run.py's case.json, where they are told.
/// </summary>
internal sealed record ParityCase
{
    public required FanTransOptions Model { get; init; }

    /// <summary>Null: the single model with its classification loss.</summary>
    public required DistillationOptions? Distillation { get; init; }

    public required bool Training { get; init; }

    /// <summary>The FAN learns, too.</summary>
    public required bool FineTune { get; init; }

    /// <summary>In float64.</summary>
    public required bool Double { get; init; }

    public required long Seed { get; init; }

    public required int Batch { get; init; }

    public required double Epoch { get; init; }

    /// <summary>AdamW steps; 0: forward, loss and gradients only.</summary>
    public required int Steps { get; init; }

    public required double LearningRate { get; init; }

    public required double WeightDecay { get; init; }
}
