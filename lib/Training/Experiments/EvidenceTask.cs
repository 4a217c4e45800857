using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>Training of a head whose tokens are made of <see cref="EvidenceBatches"/>.</summary>
internal sealed class EvidenceTask : TrainingTask, IDisposable
{
    private readonly EvidenceOptions _options;
    private readonly FanTransOptions _model;
    private readonly AuHead _head;
    private readonly OnlineDistillation _loss;

    public EvidenceTask(EvidenceOptions options, IReadOnlyList<int> units)
    {
        _options = options;
        _model = options.Model with { ActionUnits = units };
        random.manual_seed(new SeededRandom(options.Seed, 0xE71).NextSeed());
        _head = new AuHead(_model.Validate(), new EvidenceTokens(units.Count, _model.TokenWidth));
        _loss = new OnlineDistillation(
            DistillationOptions.None with { SparsityWeight = options.SparsityWeight }, [.. Enumerable.Repeat(1.0, units.Count)]);
        Parameters = FanTransTask.Sets(_head, _model.KeepRate, fanRateFactor: 0);
    }

    public override string Name => "control";

    public override nn.Module Module => _head;

    public override string Description => OptionsJson.Write(_options);

    public override string Criterion => "loss_hidden";

    public override bool HigherIsBetter => false;

    public override IReadOnlyList<ParameterSet> Parameters { get; }

    public override IEnumerable<string> Warnings(double travel) => FanTransTask.OutOfReach(_head, _model, travel);

    public override StepLoss Loss(BatchTensors batch, double epoch)
    {
        var loss = _loss.Compute(Output(batch), batch.Labels, batch.Known, epoch);
        return new StepLoss(loss.Total, loss.Terms);
    }

    /// <summary>"loss_seen" and "loss_hidden": mean cross-entropy in nats where a unit's own evidence is seen, and where it is not.</summary>
    public override IReadOnlyDictionary<string, double> Validate(IAuBatches loader, Device device, CancellationToken cancellation)
    {
        double[] sums = new double[2], counts = new double[2];
        Pass(loader, device, cancellation, (batch, output) =>
        {
            var losses = nn.functional.binary_cross_entropy_with_logits(output.TeacherLogits, batch.Labels, reduction: nn.Reduction.None);
            var seen = batch.Features!.flatten(1).chunk(2, 1)[1];
            for (var hidden = 0; hidden < 2; hidden++)
            {
                var where = (hidden == 0 ? seen : 1 - seen) * batch.Known;
                sums[hidden] += (losses * where).sum().to_type(ScalarType.Float32).item<float>();
                counts[hidden] += where.sum().to_type(ScalarType.Float32).item<float>();
            }
        });
        return new Dictionary<string, double> { ["loss_seen"] = sums[0] / counts[0], ["loss_hidden"] = sums[1] / counts[1] };
    }

    /// <summary>What the head learned, over frames.</summary>
    public LearnedCorrelations Learned(IAuBatches loader, CancellationToken cancellation)
    {
        var meter = new CorrelationMeter(_model.ActionUnits);
        using var mode = new EvaluationMode(_head);
        Pass(loader, CPU, cancellation, (batch, output) => meter.Add(output, (int)batch.Labels.shape[0]));
        return meter.Result();
    }

    public void Dispose() => _head.Dispose();

    private void Pass(IAuBatches loader, Device device, CancellationToken cancellation, Action<BatchTensors, PeerOutput> look)
    {
        foreach (var batch in loader.Epoch(0, cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var tensors = BatchTensors.From(batch, device);
                look(tensors, Output(tensors));
            }
        }
    }

    private PeerOutput Output(BatchTensors batch)
    {
        var output = _head.call(batch.Features!);
        return new PeerOutput([output], output.Logits, null);
    }
}

/// <summary>Evidence (B, 2N, 1, 1) to tokens (B, N, D), each of its own unit's two numbers alone.</summary>
internal sealed class EvidenceTokens : AuTokens
{
    private readonly Linear value;
    private readonly Parameter embedding;
    private readonly int units;

    public EvidenceTokens(int units, int width) : base(nameof(EvidenceTokens))
    {
        this.units = units;
        value = nn.Linear(2, width);
        embedding = nn.Parameter(randn(units, width).mul(0.02));
        RegisterComponents();
    }

    public override Tensor Maps(Tensor evidence) => ones(evidence.shape[0], units, 1, 1);

    public override Tensor forward(Tensor evidence)
    {
        using var scope = NewDisposeScope();
        var pairs = evidence.reshape(-1, 2, units).transpose(1, 2);                         // (B, N, 2)
        return value.call(pairs).add(embedding).MoveToOuterDisposeScope();                  // (B, N, D)
    }
}
