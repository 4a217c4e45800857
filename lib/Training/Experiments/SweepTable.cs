using System.Globalization;
using System.Text;
using FanTrans.Evaluation;
using FanTrans.Interop;
using Spectre.Console;

namespace FanTrans.Training.Experiments;

/// <summary>One variant of a sweep: what is the same but for fold and seed.</summary>
/// <param name="Name">What makes the variant, for example "AttentionDrop None".</param>
/// <param name="Seeds">Runs of the variant, each over the same folds.</param>
/// <param name="Folds">Folds that each run pools.</param>
/// <param name="F1">Mean over seeds of the pooled macro F1.</param>
/// <param name="F1Deviation">Its sample standard deviation over seeds; NaN for one.</param>
/// <param name="Interval">Of the macro F1 of the seed in the middle, by bootstrap over subjects.</param>
/// <param name="Auc">Mean over seeds of the pooled macro AUC.</param>
/// <param name="Against">The comparison with the first variant; null for that one, or where its runs do not pair up.</param>
public sealed record SweepRow(
    string Name, int Seeds, IReadOnlyList<int> Folds, double F1, double F1Deviation, Interval Interval, double Auc, SystemComparison? Against);

/// <summary>The finished experiments of a sweep as one table.</summary>
/// <param name="Rows">One a variant, in the sweep's order.</param>
/// <param name="Missing">Cells that are not done, by name.</param>
public sealed record SweepTable(IReadOnlyList<SweepRow> Rows, IReadOnlyList<string> Missing)
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
        var rows = new List<SweepRow>();
        AuPredictions[]? first = null;
        foreach (var variant in done.GroupBy(Variant))
        {
            var seeds = variant.GroupBy(c => c.Options.Seed).OrderBy(g => g.Key).ToArray();
            int[] folds = [.. seeds[0].Select(c => c.Options.Fold).Order()];
            if (seeds.FirstOrDefault(s => !s.Select(c => c.Options.Fold).Order().SequenceEqual(folds)) is { } other)
                throw new InvalidDataException(
                    $"{variant.Key}: seed {seeds[0].Key} has folds {string.Join(", ", folds)}, seed {other.Key} has {string.Join(", ", other.Select(c => c.Options.Fold).Order())}; wait for the rest.");
            AuPredictions[] runs =
            [
                .. seeds.Select(s => AuPredictions.Pooled(
                    [.. s.OrderBy(c => c.Options.Fold).Select(c => PredictionsFile.Load(Path.Combine(Sweep.FolderOf(output, c), "test.csv")))])),
            ];
            first ??= runs;
            rows.Add(Row(variant.Key, folds, runs, first));
        }
        return new SweepTable(rows, [.. sweep.Cells.Except(done).Select(c => c.Name)]);
    }

    /// <summary>The table for a terminal, F1 and AUC in percent.</summary>
    public Table Table()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("variant");
        foreach (var name in new[] { "seeds", "folds", "F1", "± over seeds", "95 % over subjects", "AUC", "against the first", "p" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in Rows)
            table.AddRow([.. Cells(row).Select(Markup.Escape)]);
        return table;
    }

    /// <summary>Writes "table.csv", "table.json" and "table.tex".</summary>
    /// <param name="folder">Where to.</param>
    public void Save(string folder)
    {
        var csv = new StringBuilder("variant,seeds,folds,f1,f1_sd_over_seeds,f1_low,f1_high,auc,difference,p\n");
        foreach (var row in Rows)
        {
            csv.AppendJoin(',',
                $"\"{row.Name}\"", row.Seeds, $"\"{string.Join(' ', row.Folds)}\"", Number(row.F1), Number(row.F1Deviation), Number(row.Interval.Low),
                Number(row.Interval.High), Number(row.Auc), Number(row.Against?.Difference ?? double.NaN), Number(row.Against?.PValue ?? double.NaN)).Append('\n');
        }
        Write("table.csv", csv.ToString());
        var json = new System.Text.Json.JsonSerializerOptions
        {
            WriteIndented = true,
            NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };
        Write("table.json", System.Text.Json.JsonSerializer.Serialize(this, json) + "\n");
        var latex = new StringBuilder("% Needs \\usepackage{booktabs}. Macro F1 and AUC in percent; intervals by bootstrap over subjects, p by permutation of subjects and seeds.\n")
            .Append("\\begin{tabular}{lrrrrr}\n\\toprule\nVariant & F1 & $\\pm$ seeds & 95\\,\\% & AUC & $p$ \\\\\n\\midrule\n");
        foreach (var row in Rows)
        {
            var cells = Cells(row);
            latex.AppendJoin(" & ", cells[0].Replace("_", "\\_", StringComparison.Ordinal), cells[3], cells[4], cells[5], cells[6], cells[8]).Append(" \\\\\n");
        }
        Write("table.tex", latex.Append("\\bottomrule\n\\end{tabular}\n").ToString());

        void Write(string name, string text) => AtomicFile.WriteText(Path.Combine(folder, name), text);
    }

    private static string[] Cells(SweepRow row) =>
    [
        row.Name, $"{row.Seeds}", string.Join(' ', row.Folds), Percent(row.F1), Percent(row.F1Deviation),
        $"{Percent(row.Interval.Low)} to {Percent(row.Interval.High)}", Percent(row.Auc),
        row.Against is { } a ? (100 * a.Difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) : "",
        row.Against is { } b ? b.PValue.ToString("0.0000", CultureInfo.InvariantCulture) : "",
    ];

    private static SweepRow Row(string name, int[] folds, AuPredictions[] runs, AuPredictions[] first)
    {
        AuEvaluation[] evaluations = [.. runs.Select(r => r.Evaluate())];
        var f1 = evaluations.Average(e => e.MacroF1);
        var deviation = runs.Length < 2 ? double.NaN : Math.Sqrt(evaluations.Sum(e => (e.MacroF1 - f1) * (e.MacroF1 - f1)) / (runs.Length - 1));
        var middle = runs[evaluations.Select((e, i) => (e.MacroF1, i)).OrderBy(e => e.MacroF1).ElementAt(runs.Length / 2).i];
        var pairs = !ReferenceEquals(runs, first) && runs.Length == first.Length && runs[0].Keys.SequenceEqual(first[0].Keys);
        return new SweepRow(
            name, runs.Length, folds, f1, deviation, SubjectBootstrap.Of(middle).Macro, evaluations.Average(e => e.MacroAuc),
            pairs ? PairedTest.Of(first, runs) : null);
    }

    /// <summary>What is varied but for fold and seed.</summary>
    private static string Variant(SweepCell cell)
    {
        var own = cell.Varied.Where(v => v.Key is not (nameof(ExperimentOptions.Seed) or nameof(ExperimentOptions.Fold)))
            .Select(v => $"{v.Key.Split('.')[^1]} {v.Value}").ToArray();
        return own.Length == 0 ? "all" : string.Join(", ", own);
    }

    private static string Percent(double value) => double.IsNaN(value) ? "" : (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("0.######", CultureInfo.InvariantCulture);
}
