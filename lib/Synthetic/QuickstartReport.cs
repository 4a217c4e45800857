using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Models;
using FanTrans.Training;

namespace FanTrans.Synthetic;

/// <summary>One action unit's row of a result table; null where the test frames do not define a value.</summary>
/// <param name="Unit">For example "AU12 lip corner puller".</param>
/// <param name="Rate">Share of the known test frames that show it.</param>
/// <param name="F1">Frame-based F1 of the ensemble at 0.5.</param>
/// <param name="ConstantF1">F1 of the best predictor that ignores the picture.</param>
/// <param name="Precision">Precision at 0.5.</param>
/// <param name="Recall">Recall at 0.5.</param>
/// <param name="Auc">Area under the ROC curve.</param>
public sealed record UnitRow(
    string Unit, double? Rate, double? F1, double? ConstantF1, double? Precision, double? Recall, double? Auc);

/// <summary>The quickstart's result: what metrics.json holds.</summary>
public sealed record QuickstartReport
{
    /// <summary>The recipe's seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Subjects of the test.</summary>
    public required IReadOnlyList<string> TestSubjects { get; init; }

    /// <summary>Frames of the test.</summary>
    public required int TestFrames { get; init; }

    /// <summary>The landmarks' mean error on the test subjects, as a share of the distance between the outer eye corners.</summary>
    public required double Nme { get; init; }

    /// <summary>Mean F1 of the ensemble over the action units.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>Mean F1 of the best constant predictor of each action unit.</summary>
    public required double MacroConstantF1 { get; init; }

    /// <summary>Each peer's mean F1.</summary>
    public required IReadOnlyList<double> PeerMacroF1 { get; init; }

    /// <summary>One row an action unit.</summary>
    public required IReadOnlyList<UnitRow> Units { get; init; }

    /// <summary>Seconds that the FAN trained, validation included.</summary>
    public required double LandmarkSeconds { get; init; }

    /// <summary>Seconds that the peers trained, validation included.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>Gathers a run's results.</summary>
    /// <param name="run">The finished run.</param>
    /// <param name="landmarks">Its FAN's training.</param>
    /// <param name="training">Its peers' training.</param>
    /// <param name="ensemble">The ensemble's predictions for the test subjects.</param>
    /// <param name="peers">Each peer's.</param>
    /// <param name="nme">The landmarks' error on the test subjects.</param>
    public static QuickstartReport Of(
        QuickstartRun run, TrainingResult landmarks, TrainingResult training, AuPredictions ensemble,
        IReadOnlyList<AuPredictions> peers, double nme)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(landmarks);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(peers);
        var evaluation = ensemble.Evaluate();
        return new QuickstartReport
        {
            Seed = run.Recipe.Seed,
            TestSubjects = run.Fold.TestSubjects,
            TestFrames = ensemble.Labels.Count,
            Nme = nme,
            MacroF1 = evaluation.MacroF1,
            MacroConstantF1 = evaluation.MacroConstantF1,
            PeerMacroF1 = [.. peers.Select(p => p.Evaluate().MacroF1)],
            Units = Rows(evaluation),
            LandmarkSeconds = Seconds(landmarks),
            TrainingSeconds = Seconds(training),
        };
    }

    /// <summary>The table of an evaluation, one row an action unit, rounded to three decimals.</summary>
    /// <param name="evaluation">The metrics.</param>
    public static IReadOnlyList<UnitRow> Rows(AuEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return [.. evaluation.Units.Select(unit => new UnitRow(
            FanTrans.ActionUnits.Get(unit.ActionUnit).ToString(), Round(unit.Counts.Positives / (double)unit.Counts.Known), Round(unit.F1),
            Round(unit.ConstantF1), Round(unit.Counts.Precision), Round(unit.Counts.Recall), Round(unit.Auc)))];
    }

    /// <summary>Writes the report as JSON, whole or not at all; the folder is made.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        WholeFile.Write(path, OptionsJson.Write(this) + "\n");
    }

    private static double? Round(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;

    private static double Seconds(TrainingResult result) => Math.Round(result.Epochs.Sum(e => e.TrainSeconds + e.ValidationSeconds), 1);
}
