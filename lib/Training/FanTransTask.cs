using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Evaluation;
using FanTrans.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// Training of FAN-Trans: M peers over one shared FAN pass, with online distillation. The FAN stays frozen, as in the
/// authors' other work, or is fine-tuned with a learning rate of its own.
/// </summary>
public sealed class FanTransTask : TrainingTask
{
    private readonly PeerEnsemble ensemble;
    private readonly PeerLoss distillation;
    private readonly IReadOnlyList<double> classWeights;
    private readonly double fanRateFactor;
    private readonly double landmarkLoss;
    private readonly Lazy<string?> frozenFan;

    /// <summary>Prepares the loss.</summary>
    /// <param name="ensemble">The peers and their FAN.</param>
    /// <param name="classWeights">One weight per action unit; see <see cref="ClassWeightsOf"/>.</param>
    /// <param name="fanRateFactor">
    /// 0 keeps the FAN frozen; else it is fine-tuned at this factor of the learning rate, and unfrozen here.
    /// </param>
    /// <param name="landmarkLoss">
    /// Weight of <see cref="FanTask"/>'s loss beside that of the units while the FAN is fine-tuned, so that it still
    /// finds the landmarks; 0 leaves it out. Chosen by this kit.
    /// </param>
    /// <exception cref="ArgumentException">The number of weights is not that of the action units, or the FAN is to be
    /// tuned in bfloat16.</exception>
    public FanTransTask(
        PeerEnsemble ensemble,
        IReadOnlyList<double> classWeights,
        double fanRateFactor = 0,
        double landmarkLoss = 0
    )
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(classWeights);
        ArgumentOutOfRangeException.ThrowIfNegative(fanRateFactor);
        ArgumentOutOfRangeException.ThrowIfNegative(landmarkLoss);
        if (classWeights.Count != ensemble.Options.ActionUnits.Count)
            throw new ArgumentException(
                $"{classWeights.Count} class weights for {ensemble.Options.ActionUnits.Count} action units.",
                nameof(classWeights)
            );
        (this.ensemble, this.classWeights, this.fanRateFactor, this.landmarkLoss) = (
            ensemble,
            classWeights,
            fanRateFactor,
            landmarkLoss
        );
        distillation = PeerLosses.Create(ensemble.Distillation, classWeights);
        if (fanRateFactor > 0 && ensemble.FanPrecision is not FanPrecision.Float32)
            throw new ArgumentException(
                $"a FAN that computes in {ensemble.FanPrecision} cannot be fine-tuned.",
                nameof(fanRateFactor)
            );
        if (landmarkLoss > 0 && (fanRateFactor == 0 || ensemble.Source is not FaceAlignmentNetwork))
            throw new ArgumentException(
                "a landmark loss needs a face alignment network that is fine-tuned.",
                nameof(landmarkLoss)
            );
        if (fanRateFactor > 0)
        {
            ensemble.Source.Unfreeze();
            // What computed the features of the weights before is of no use once they change.
            ensemble.ComputeFeaturesBy(null);
        }
        else
            ensemble.Source.Freeze();
        frozenFan = new(() => ensemble.Source.Frozen ? Identity(ensemble) : null);
    }

    /// <summary>
    /// Class weights from the labels of the training frames alone: w_n = (1/r_n) / Σ(1/r_k) · N with r the occurrence
    /// rates. An action unit that is never or hardly ever present there counts as present in one of a hundred frames.
    /// </summary>
    /// <param name="source">The dataset.</param>
    /// <param name="train">The training frames.</param>
    public static double[] ClassWeightsOf(AuDataset source, IEnumerable<int> train)
    {
        ArgumentNullException.ThrowIfNull(source);
        var rates = Labels.Rates(train.Select(source.LabelsAt), source.ActionUnits.Count);
        return ClassWeights.FromRates(Array.ConvertAll(rates, r => double.IsNaN(r) ? 0 : r), leastRate: 0.01);
    }

    /// <inheritdoc/>
    public override string Name => "fan-trans";

    /// <inheritdoc/>
    public override nn.Module Module => ensemble;

    /// <inheritdoc/>
    public override string Description =>
        OptionsJson.Write(
            new Shape(
                ensemble.Options,
                ensemble.Distillation,
                fanRateFactor,
                classWeights,
                frozenFan.Value,
                PartsOf(ensemble),
                landmarkLoss
            )
        );

    /// <summary>The peers and the gate; the FAN only where it is fine-tuned.
    /// A frozen one is known by a hash of its weights.</summary>
    public override IReadOnlyDictionary<string, Tensor> State() =>
        ensemble.Source.Frozen
            ? base.State().Where(t => !IsFan(t.Key)).ToDictionary(t => t.Key, t => t.Value)
            : base.State();

    /// <summary>"auc": the ensemble's mean AUC, which is less noisy from epoch to epoch than F1 at one threshold.
    /// Chosen by this kit.</summary>
    public override string Criterion => "auc";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <summary>The peers at the run's rate; the logits of learned attention drops at their own and without weight
    /// decay; and the FAN where it is fine-tuned. Empty sets are left out.</summary>
    public override IReadOnlyList<ParameterSet> Parameters
    {
        get
        {
            var logits = KeepLogits().ToHashSet<Parameter>(ReferenceEqualityComparer.Instance);
            var named = ensemble
                .named_parameters()
                .ToLookup(p =>
                    IsFan(p.name) ? "fan"
                    : logits.Contains(p.parameter) ? "logits"
                    : "peers"
                );
            ParameterSet[] sets =
            [
                new([.. named["peers"]]),
                new([.. named["logits"]], ensemble.Options.KeepRate, WeightDecay: 0),
                new([.. fanRateFactor > 0 ? named["fan"] : []], fanRateFactor),
            ];
            return [.. sets.Where(set => set.Parameters.Count > 0)];
        }
    }

    /// <summary>Says where no learned keep probability can cross ½ in the run.</summary>
    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(double travel)
    {
        using var scope = NewDisposeScope();
        double[] logits =
        [
            .. KeepLogits().Select(p => p.flatten()).Select(p => (double)p[p.abs().argmin()].item<float>()),
        ];
        if (logits.Length == 0)
            return [];
        var (nearest, reach) = (logits.MinBy(Math.Abs), travel * ensemble.Options.KeepRate);
        if (Math.Abs(nearest) <= reach)
            return [];
        var start = LearnableDrop.Reach(nearest, 0).Low;
        var (low, high) = LearnableDrop.Reach(nearest, reach);
        return
        [
            "the attention drop's keep probabilities "
                + FormattableString.Invariant($"start at {start:0.00} and can reach {low:0.00} to {high:0.00} here, ")
                + "so no pair can cross ½ and the learned mask stays as it starts: train longer, raise "
                + "Model.KeepRate, or start nearer to ½ by Model.InitialKeep.",
        ];
    }

    private IEnumerable<Parameter> KeepLogits() =>
        ensemble.modules().OfType<AttentionDrop>().SelectMany(drop => drop.KeepLogits);

    private sealed record Shape(
        FanTransOptions Model,
        DistillationOptions Distillation,
        double FanRateFactor,
        IReadOnlyList<double> ClassWeights,
        string? FrozenFan,
        string Parts,
        double LandmarkLoss
    );

    /// <summary>The code of parts that are not the library's.</summary>
    internal static string PartsOf(PeerEnsemble ensemble) =>
        Models.Parts.Joined(Models.Parts.IdentityOf(ensemble.Options), PeerLosses.IdentityOf(ensemble.Distillation));

    /// <summary>What a frozen FAN's features depend on.</summary>
    internal static string Identity(PeerEnsemble ensemble) =>
        DataFingerprint.Weights(ensemble.Source)
        + (ensemble.FanPrecision is FanPrecision.Float32 ? "" : $" in {ensemble.FanPrecision}");

    private static bool IsFan(string name) => name.StartsWith("fan.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override StepLoss Loss(BatchTensors batch, double epoch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Features is not null && !ensemble.Source.Frozen)
            throw new InvalidOperationException(
                "the batches hold features that a frozen FAN made, and this task changes the FAN: train on images."
            );
        if (landmarkLoss == 0)
            return Units(ensemble.Forward(batch));
        var maps = ensemble.Source.call(batch.Images);
        var units = Units(ensemble.FromFeatures(ensemble.Features(maps)));
        var landmarks = FanTask.LossOf(ensemble.Options.Fan, maps.Heatmaps, batch).Times(landmarkLoss);
        return new StepLoss(units.Total.Plus(landmarks), [.. units.Terms, ("landmarks", landmarks)]);

        StepLoss Units(PeerOutput output)
        {
            var loss = distillation.Compute(output, batch.Labels, batch.Known, epoch);
            return new StepLoss(loss.Total, loss.Terms);
        }
    }

    /// <summary>
    /// Metrics "f1", "auc" and "accuracy" of the ensemble (macro means), "f1_constant" of the best constant predictor,
    /// "f1_peer1" … of each peer, and with two peers or more their "disagreement", the share of their decisions that
    /// differ. With a learned attention drop also "keep", the mean keep probability between units, and "phi_keep" and
    /// "phi_attention": Spearman's ρ of keep probabilities and of attention with the φ of the validation labels,
    /// where it is defined.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Validate(
        IAuBatches loader,
        Device device,
        CancellationToken cancellation
    )
    {
        var learned = KeepLogits().Any() ? new CorrelationMeter(this.ensemble.Options.ActionUnits) : null;
        var (ensemble, peers) = EnsemblePrediction.All(
            this.ensemble,
            loader,
            device,
            flip: false,
            shared: false,
            learned,
            cancellation
        );
        var evaluation = ensemble.Evaluate();
        var metrics = new Dictionary<string, double>
        {
            ["f1"] = evaluation.MacroF1,
            ["f1_constant"] = evaluation.MacroConstantF1,
            ["auc"] = evaluation.MacroAuc,
            ["accuracy"] = evaluation.MacroAccuracy,
        };
        for (var m = 0; m < peers.Count; m++)
            metrics[$"f1_peer{m + 1}"] = peers[m].Evaluate().MacroF1;
        if (peers.Count > 1)
            metrics["disagreement"] = AuPredictions.Disagreement(peers);
        if (learned is not null && ensemble.ActionUnits.Count > 1)
            AddLearned(metrics, learned.Result(), LabelCorrelation.Phi(ensemble.Labels));
        return metrics;
    }

    private static void AddLearned(Dictionary<string, double> metrics, LearnedCorrelations learned, double[,] phi)
    {
        var (labels, keep, attention) = (
            MatrixCorrelation.Between(phi),
            MatrixCorrelation.Between(learned.Keep),
            MatrixCorrelation.Between(learned.Attention)
        );
        metrics["keep"] = keep.Average();
        foreach (
            var (name, rho) in new[]
            {
                ("phi_keep", MatrixCorrelation.Spearman(labels, keep)),
                ("phi_attention", MatrixCorrelation.Spearman(labels, attention)),
            }
        )
        {
            if (!double.IsNaN(rho))
                metrics[name] = rho;
        }
    }
}
