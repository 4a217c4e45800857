using System.Globalization;
using System.Text;
using FanTrans.Data;
using FanTrans.Evaluation;
using MathNet.Numerics.Statistics;
using Spectre.Console;

namespace FanTrans.Training.Experiments;

/// <summary>One variant of a sweep: what is the same but for fold and seed.</summary>
/// <param name="Name">What makes the variant, for example "AttentionDrop None".</param>
/// <param name="Folds">Folds that each run pools.</param>
/// <param name="Seeds">The pooled macro F1 of each run, in ascending order of seeds.</param>
/// <param name="F1">Of the macro F1, the mean over seeds, by bootstrap over subjects.</param>
/// <param name="Constant">Macro F1 of the best constant predictor of each action unit.</param>
/// <param name="Auc">Mean over seeds of the pooled macro AUC.</param>
/// <param name="Against">The comparison with the first variant; null for that one, or where its runs do not pair up.</param>
public sealed record SweepRow(
    string Name, IReadOnlyList<int> Folds, IReadOnlyList<double> Seeds, Interval F1, double Constant, double Auc, SweepComparison? Against)
{
    /// <summary>Sample standard deviation of the macro F1 over seeds; NaN for one.</summary>
    public double F1Deviation => Seeds.StandardDeviation();
}

/// <summary>A variant beside the first of its sweep.</summary>
/// <param name="Test">The paired permutation test of the difference.</param>
/// <param name="Difference">The difference of the macro F1, by bootstrap over subjects.</param>
/// <param name="Corrected">The test's p-value after Holm's correction for the number of variants that are compared.</param>
public sealed record SweepComparison(SystemComparison Test, Interval Difference, double Corrected);

/// <summary>The finished experiments of a sweep as one table.</summary>
/// <param name="ActionUnits">The FACS numbers that the figures are means of.</param>
/// <param name="Subjects">How many test subjects they rest on.</param>
/// <param name="Rows">One a variant, in the sweep's order.</param>
/// <param name="Missing">Cells that are not done, by name.</param>
public sealed record SweepTable(IReadOnlyList<int> ActionUnits, int Subjects, IReadOnlyList<SweepRow> Rows, IReadOnlyList<string> Missing)
{
    /// <summary>Pools the folds of each variant and seed, and compares every variant with the first.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="output">Its folder.</param>
    /// <exception cref="InvalidDataException">Nothing is done, a file is damaged, or a variant has other folds for one seed than for another.</exception>
    public static SweepTable Collect(Sweep sweep, string output)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var done = sweep.Cells.Where(c => Sweep.IsDone(output, c)).ToArray();
        if (done.Length == 0)
            throw new InvalidDataException($"{output}: none of the {sweep.Cells.Count} experiments is done.");
        var table = Of(
        [
            .. done.GroupBy(Variant).Select(v => VariantRuns.Pool(v.Key, v.Select(c => (
                c.Options.Fold, c.Options.Seed, PredictionsFile.Load(Path.Combine(Sweep.FolderOf(output, c), "test.csv")))))),
        ]);
        return table with { Missing = [.. sweep.Cells.Except(done).Select(c => c.Name)] };
    }

    /// <summary>Compares every variant with the first.</summary>
    /// <param name="variants">At least one.</param>
    /// <exception cref="ArgumentException">There is no variant, or fewer than two test subjects.</exception>
    public static SweepTable Of(IReadOnlyList<VariantRuns> variants)
    {
        ArgumentNullException.ThrowIfNull(variants);
        if (variants.Count == 0)
            throw new ArgumentException("no variant to compare.", nameof(variants));
        var first = variants[0].Runs;
        SweepRow[] rows = [.. variants.Select(v => Row(v, first))];
        var corrected = PairedTest.Holm([.. rows.Select(r => r.Against?.Corrected ?? double.NaN)]);
        rows = [.. rows.Zip(corrected, (row, p) => row.Against is { } a ? row with { Against = a with { Corrected = p } } : row)];
        return new SweepTable(first[0].ActionUnits, first[0].Keys.Select(k => k.Subject).Distinct().Count(), rows, []);
    }

    /// <summary>The table for a terminal, F1 and AUC in percent.</summary>
    public Table Table()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("variant");
        foreach (var name in new[] { "seeds", "F1 (95 % over subjects)", "± over seeds", "AUC", "against the first (95 %)", "p, corrected" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var line in Lines())
            table.AddRow([.. new[] { line.Variant, $"{line.Seeds}", line.F1, line.SeedSd, line.Auc, line.Difference, line.P }.Select(Markup.Escape)]);
        return table;
    }

    /// <summary>The table for a notebook: F1, AUC and differences in percent, as text.</summary>
    public IReadOnlyList<SweepLine> Lines() =>
    [
        .. Rows.Select(row => new SweepLine(
            row.Name, row.Seeds.Count, WithEnds(row.F1, Percent), Percent(row.F1Deviation), Percent(row.Auc),
            row.Against is { } against ? WithEnds(against.Difference, Signed) : "",
            row.Against?.Corrected.ToString("0.0000", CultureInfo.InvariantCulture) ?? "")),
    ];

    /// <summary>Writes "table.csv", "table.json" and "table.tex".</summary>
    /// <param name="folder">Where to.</param>
    public void Save(string folder)
    {
        var csv = new StringBuilder("variant,seeds,folds,f1,f1_sd_over_seeds,f1_low,f1_high,auc,difference,difference_low,difference_high,p,p_corrected\n");
        foreach (var row in Rows)
        {
            double[] against = row.Against is { } a
                ? [a.Difference.Estimate, a.Difference.Low, a.Difference.High, a.Test.PValue, a.Corrected]
                : [.. Enumerable.Repeat(double.NaN, 5)];
            double[] numbers = [row.F1.Estimate, row.F1Deviation, row.F1.Low, row.F1.High, row.Auc, .. against];
            csv.AppendJoin(',', [$"\"{row.Name}\"", $"{row.Seeds.Count}", $"\"{string.Join(' ', row.Folds)}\"", .. numbers.Select(Number)]).Append('\n');
        }
        Write("table.csv", csv.ToString());
        var json = new System.Text.Json.JsonSerializerOptions
        {
            WriteIndented = true,
            NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };
        Write("table.json", System.Text.Json.JsonSerializer.Serialize(this, json) + "\n");
        var latex = new StringBuilder("% Needs \\usepackage{booktabs}. Macro F1 and AUC in percent; intervals by bootstrap over subjects, p by permutation of subjects and seeds, corrected by Holm for the variants.\n")
            .Append("\\begin{tabular}{lrrrrr}\n\\toprule\nVariant & F1 (95\\,\\%) & $\\pm$ seeds & AUC & difference (95\\,\\%) & $p$ \\\\\n\\midrule\n");
        foreach (var line in Lines())
        {
            latex.AppendJoin(
                " & ", line.Variant.Replace("_", "\\_", StringComparison.Ordinal), line.F1, line.SeedSd, line.Auc, line.Difference, line.P)
                .Append(" \\\\\n");
        }
        Write("table.tex", latex.Append("\\bottomrule\n\\end{tabular}\n").ToString());

        void Write(string name, string text) => WholeFile.Write(Path.Combine(folder, name), text);
    }

    private static SweepRow Row(VariantRuns variant, IReadOnlyList<AuPredictions> first)
    {
        AuEvaluation[] evaluations = [.. variant.Runs.Select(r => r.Evaluate())];
        var pairs = !ReferenceEquals(variant.Runs, first) && variant.Runs.Count == first.Count && variant.Runs[0].Keys.SequenceEqual(first[0].Keys);
        SweepComparison? against = null;
        if (pairs)
        {
            var test = PairedTest.Of(first, variant.Runs);
            against = new SweepComparison(test, SubjectBootstrap.OfDifference(first, variant.Runs).Macro, test.PValue);
        }
        return new SweepRow(
            variant.Name, variant.Folds, [.. evaluations.Select(e => e.MacroF1)], SubjectBootstrap.OfMean(variant.Runs).Macro,
            evaluations[0].MacroConstantF1, evaluations.Average(e => e.MacroAuc), against);
    }

    /// <summary>What is varied but for fold and seed.</summary>
    private static string Variant(SweepCell cell)
    {
        var own = cell.Varied.Where(v => v.Key is not (nameof(ExperimentOptions.Seed) or nameof(ExperimentOptions.Fold)))
            .Select(v => $"{v.Key.Split('.')[^1]} {v.Value}").ToArray();
        return own.Length == 0 ? "all" : string.Join(", ", own);
    }

    private static string Percent(double value) => double.IsNaN(value) ? "" : (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    internal static string Signed(double value) => (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string WithEnds(Interval interval, Func<double, string> write) =>
        $"{write(interval.Estimate)} ({write(interval.Low)} to {write(interval.High)})";

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>A row of <see cref="SweepTable"/> to read, figures in percent.</summary>
/// <param name="Variant">What makes the variant.</param>
/// <param name="Seeds">Runs.</param>
/// <param name="F1">Mean macro F1 over seeds, and its 95 % interval over subjects.</param>
/// <param name="SeedSd">Its standard deviation over seeds.</param>
/// <param name="Auc">Mean macro AUC over seeds.</param>
/// <param name="Difference">F1 less the first variant's, and its 95 % interval over subjects.</param>
/// <param name="P">The paired test's p-value, corrected for the number of variants.</param>
public sealed record SweepLine(string Variant, int Seeds, string F1, string SeedSd, string Auc, string Difference, string P);
