using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Data;
using Spectre.Console;

namespace FanTrans.Evaluation;

/// <summary>A cross-validation as a table on a terminal, and as CSV, JSON and LaTeX files.</summary>
public static class CrossValidationTables
{
    private static readonly (string Name, Func<AuMetrics, double> Value)[] Columns =
    [
        ("f1", m => m.F1), ("f1_constant", m => m.ConstantF1), ("precision", m => m.Counts.Precision), ("recall", m => m.Counts.Recall),
        ("accuracy", m => m.Counts.Accuracy), ("auc", m => m.Auc), ("average_precision", m => m.AveragePrecision),
        ("mcc", m => m.Counts.Mcc), ("calibration_error", m => m.CalibrationError),
    ];

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The pooled metrics, one row an action unit; F1 with its interval, in percent.</summary>
    /// <param name="result">The cross-validation.</param>
    public static Table Pooled(CrossValidation result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var table = new Table().Border(TableBorder.Simple).AddColumn("AU");
        string[] names =
        [
            "F1 at 0.5", $"{result.F1Intervals.Level:p0} interval", .. Tuned(result).Select(_ => "F1 tuned on validation"), "best constant",
            "precision", "recall", "accuracy", "AUC", "AP", "MCC", "ECE",
        ];
        foreach (var name in names)
            table.AddColumn(new TableColumn(name).RightAligned());
        for (var n = 0; n <= result.ActionUnits.Count; n++)
        {
            var row = n < result.ActionUnits.Count ? n : (int?)null;
            var interval = row is { } unit ? result.F1Intervals.Units[unit] : result.F1Intervals.Macro;
            string[] cells =
            [
                row is { } u ? $"{result.ActionUnits[u]}" : "mean", Percent(Value(result.Pooled, row, Columns[0].Value)),
                $"{Percent(interval.Low)} to {Percent(interval.High)}", .. Tuned(result).Select(t => Percent(row is { } k ? t[k] : SubjectCounts.Mean(t))),
                .. Columns.Skip(1).Select(c => Percent(Value(result.Pooled, row, c.Value))),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }
        return table;
    }

    /// <summary>Pooled F1 in percent beside the published rows for the same action units.</summary>
    /// <param name="result">The cross-validation.</param>
    /// <param name="system">The name of the own row.</param>
    public static Table BesidePublished(CrossValidation result, string system)
    {
        ArgumentNullException.ThrowIfNull(result);
        var table = new Table().Border(TableBorder.Simple).AddColumn("F1 (%)");
        foreach (var unit in result.ActionUnits)
            table.AddColumn(new TableColumn($"{unit}").RightAligned());
        table.AddColumn(new TableColumn("Avg").RightAligned());
        foreach (var (name, cells) in Rows(result, system))
            table.AddRow([Markup.Escape(name), .. cells]);
        return table;
    }

    /// <summary>The rows of <see cref="BesidePublished"/> as HTML, for a notebook's <c>HTML(…)</c>.</summary>
    /// <inheritdoc cref="BesidePublished" path="/param"/>
    public static string HtmlBesidePublished(CrossValidation result, string system)
    {
        ArgumentNullException.ThrowIfNull(result);
        const string number = "style=\"text-align:right;padding:0.25em 0.45em\"";
        var text = new StringBuilder("<table><thead><tr><th style=\"text-align:left\">F1 in %, AU</th>")
            .AppendJoin("", result.ActionUnits.Select(unit => $"<th {number}>{unit}</th>")).Append($"<th {number}>mean</th></tr></thead><tbody>");
        foreach (var (name, cells) in Rows(result, system))
        {
            text.Append(CultureInfo.InvariantCulture, $"<tr><td style=\"text-align:left\">{WebUtility.HtmlEncode(name)}</td>")
                .AppendJoin("", cells.Select(cell => $"<td {number}>{cell}</td>")).Append("</tr>");
        }
        return text.Append("</tbody></table>").ToString();
    }

    /// <summary>Every fold's and the pooled metrics: one line an action unit and part, and one for the macro mean ("macro").</summary>
    /// <param name="result">The cross-validation.</param>
    /// <param name="path">The file; written whole or not at all.</param>
    public static void SaveCsv(CrossValidation result, string path)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder("part,action_unit,thresholds,frames,positives,")
            .AppendJoin(',', Columns.Select(c => c.Name)).Append(",f1_low,f1_high\n");
        foreach (var (part, evaluation, intervals) in Parts(result))
        {
            for (var n = 0; n <= result.ActionUnits.Count; n++)
            {
                var row = n < result.ActionUnits.Count ? n : (int?)null;
                var interval = row is { } u ? intervals?.Units[u] : intervals?.Macro;
                string[] cells =
                [
                    part, row is { } unit ? $"{result.ActionUnits[unit]}" : "macro", evaluation.Thresholds.Origin,
                    row is { } k ? $"{evaluation.Units[k].Counts.Known}" : "", row is { } p ? $"{evaluation.Units[p].Counts.Positives}" : "",
                    .. Columns.Select(c => Number(Value(evaluation, row, c.Value))), Number(interval?.Low), Number(interval?.High),
                ];
                text.AppendJoin(',', cells).Append('\n');
            }
        }
        Write(path, text.ToString());
    }

    /// <summary>The same as <see cref="SaveCsv"/>, as JSON with the published rows.</summary>
    /// <param name="result">The cross-validation.</param>
    /// <param name="path">The file; written whole or not at all.</param>
    public static void SaveJson(CrossValidation result, string path)
    {
        ArgumentNullException.ThrowIfNull(result);
        var (mean, deviation) = result.MacroF1OverFolds;
        Write(path, JsonSerializer.Serialize(
            new
            {
                intervals = new { result.F1Intervals.Level, result.F1Intervals.Subjects, method = "bootstrap over subjects" },
                macroF1OverFolds = new { mean, deviation },
                parts = Parts(result).ToDictionary(p => p.Part, p => new
                {
                    thresholds = new { p.Evaluation.Thresholds.Origin, p.Evaluation.Thresholds.Values },
                    units = p.Evaluation.Units.ToDictionary(u => $"{u.ActionUnit}", u => Columns.ToDictionary(c => c.Name, c => c.Value(u))),
                    macro = Columns.ToDictionary(c => c.Name, c => Value(p.Evaluation, null, c.Value)),
                    f1Intervals = p.Intervals is null ? null : new { p.Intervals.Units, p.Intervals.Macro },
                }),
                published = PublishedResults.For(result.ActionUnits),
            },
            Json) + "\n");
    }

    /// <summary>A booktabs table of pooled F1 in percent beside the published rows, the interval under the own row.</summary>
    /// <param name="result">The cross-validation.</param>
    /// <param name="path">The file; written whole or not at all.</param>
    /// <param name="system">The name of the own row.</param>
    public static void SaveLatex(CrossValidation result, string path, string system)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"% Needs \\usepackage{{booktabs}}. F1 in percent at 0.5 by protocol, {result.Folds.Count} folds pooled, {result.F1Intervals.Level:p0} intervals by bootstrap over {result.F1Intervals.Subjects} subjects.\n");
        text.Append(CultureInfo.InvariantCulture, $"\\begin{{tabular}}{{l{new string('r', result.ActionUnits.Count + 1)}}}\n\\toprule\nAU & {string.Join(" & ", result.ActionUnits)} & Avg \\\\\n\\midrule\n");
        foreach (var (name, cells) in Rows(result, system))
            text.Append(CultureInfo.InvariantCulture, $"{Latex(name)} & {string.Join(" & ", cells.Select(Latex))} \\\\\n");
        text.Append("\\bottomrule\n\\end{tabular}\n");
        Write(path, text.ToString());
    }

    /// <summary>Published rows, then the own row, its interval's two ends, and the row at tuned thresholds.</summary>
    private static IEnumerable<(string Name, string[] Cells)> Rows(CrossValidation result, string system)
    {
        foreach (var row in PublishedResults.For(result.ActionUnits))
            yield return (row.System, [.. row.F1.Append(row.Average).Select(v => v.ToString("f1", CultureInfo.InvariantCulture))]);
        Interval[] intervals = [.. result.F1Intervals.Units, result.F1Intervals.Macro];
        yield return (system, [.. intervals.Select(i => Percent(i.Estimate))]);
        yield return ("  interval, low", [.. intervals.Select(i => Percent(i.Low))]);
        yield return ("  interval, high", [.. intervals.Select(i => Percent(i.High))]);
        foreach (var tuned in Tuned(result))
            yield return ($"{system}, thresholds tuned on validation", [.. tuned.Append(SubjectCounts.Mean(tuned)).Select(v => Percent(v))]);
    }

    private static IEnumerable<(string Part, AuEvaluation Evaluation, MetricIntervals? Intervals)> Parts(CrossValidation result)
    {
        for (var k = 0; k < result.Folds.Count; k++)
            yield return ($"fold {k + 1}", result.Folds[k], null);
        for (var k = 0; k < result.TunedFolds.Count; k++)
            yield return ($"fold {k + 1} (tuned)", result.TunedFolds[k], null);
        yield return ("pooled", result.Pooled, result.F1Intervals);
    }

    private static IEnumerable<IReadOnlyList<double>> Tuned(CrossValidation result) => result.TunedF1.Count == 0 ? [] : [result.TunedF1];

    /// <summary>An action unit's value, or the mean over all that define it.</summary>
    private static double Value(AuEvaluation evaluation, int? unit, Func<AuMetrics, double> value) =>
        unit is { } n ? value(evaluation.Units[n]) : SubjectCounts.Mean(evaluation.Units.Select(value));

    private static string Percent(double value) => double.IsNaN(value) ? "-" : (100 * value).ToString("f1", CultureInfo.InvariantCulture);

    private static string Number(double? value) => value is { } v && double.IsFinite(v) ? v.ToString("0.######", CultureInfo.InvariantCulture) : "";

    private static string Latex(string text) => text.Replace("&", "\\&", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal).Replace("#", "\\#", StringComparison.Ordinal).Replace("  ", "\\quad ", StringComparison.Ordinal);

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        WholeFile.Write(path, text);
    }
}
