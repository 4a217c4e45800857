using FanTrans.Evaluation;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>F1 of each action unit as bars, a group an action unit, and the average at the right.</summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="scores">The methods, N values each, 0 to 1; the average leaves undefined values out.</param>
    /// <param name="constant">The F1 of the best constant predictor, N values,
    /// drawn grey behind the methods; or null.</param>
    /// <param name="title">What was measured, and on what.</param>
    /// <exception cref="ArgumentException">There is no method, or another number
    /// of values than of action units.</exception>
    public static Figure F1ByUnit(
        IReadOnlyList<int> units,
        IReadOnlyList<UnitScores> scores,
        IReadOnlyList<double>? constant = null,
        string title = "F1 by action unit"
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0)
            throw new ArgumentException("scores: expected at least one method, found none.", nameof(scores));

        var parts = new PlotlyParts(title, PageWidth, 400);
        string[] groups = [.. UnitAxis.Codes(units), "Avg"];
        string[] names = [.. UnitAxis.Names(units), "average"];
        if (constant is not null)
            AddBars(
                parts,
                units,
                new UnitScores("constant predictor", constant),
                Palette.Grey,
                withText: scores.Count == 1,
                groups,
                names
            );
        for (var i = 0; i < scores.Count; i++)
            AddBars(parts, units, scores[i], Palette.At(i), withText: scores.Count == 1, groups, names);

        // Between the last action unit and the average.
        parts.Shape(
            new
            {
                type = "line",
                x0 = units.Count - 0.5,
                x1 = units.Count - 0.5,
                yref = "paper",
                y0 = 0,
                y1 = 1,
                line = new
                {
                    color = "#888888",
                    width = 1,
                    dash = "dot",
                },
            }
        );
        parts.Set("barmode", "group");
        parts.Set("bargap", 0.22);
        parts.Set("xaxis", new { tickangle = 0, tickfont = new { size = 11 } });
        parts.Set(
            "yaxis",
            new
            {
                title = new { text = "F1 (%)" },
                range = new[] { 0, 105 },
                dtick = 20,
                gridcolor = "#E5E5E5",
                zeroline = true,
            }
        );
        parts.LegendBelow(-0.1);
        parts.Margin(56, 12, 44, 70);
        return parts.Build();
    }

    /// <summary>F1 of each action unit as bars, beside the best constant predictor's.</summary>
    /// <param name="evaluation">The metrics of one model.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="title">What was measured, and on what.</param>
    public static Figure F1ByUnit(AuEvaluation evaluation, string name = "model", string title = "F1 by action unit")
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return F1ByUnit(
            [.. evaluation.Units.Select(unit => unit.ActionUnit)],
            [new UnitScores(name, [.. evaluation.Units.Select(unit => unit.F1)])],
            [.. evaluation.Units.Select(unit => unit.ConstantF1)],
            title
        );
    }

    /// <summary>The predicted probabilities of one face as bars, dark from 0.5 on.</summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="probabilities">N probabilities, 0 to 1; NaN leaves a bar out.</param>
    /// <param name="title">Whose face it is.</param>
    /// <exception cref="ArgumentException">There is another number of values than of action units.</exception>
    public static Figure Probabilities(
        IReadOnlyList<int> units,
        IReadOnlyList<float> probabilities,
        string title = "Action units"
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(probabilities);
        UnitAxis.CheckCount("probabilities", probabilities.Count, units);

        const double threshold = 0.5;
        var parts = new PlotlyParts(title, 620, (24 * units.Count) + 108);
        parts.Margin(175, 40, 42, 66);
        parts.Add(
            "bar",
            new
            {
                orientation = "h",
                y = UnitAxis.Names(units),
                x = PlotlyParts.Finite(probabilities.Select(value => (double)value)),
                text = probabilities.Select(value => float.IsFinite(value) ? Fixed(value, 2) : "none"),
                textposition = "outside",
                cliponaxis = false,
                marker = new
                {
                    color = probabilities.Select(value => value >= threshold ? Palette.Blue : Palette.PaleBlue),
                },
                hovertemplate = "%{y}: %{x:.3f}<extra></extra>",
                showlegend = false,
            }
        );
        parts.Threshold(threshold);
        parts.Set(
            "xaxis",
            new
            {
                title = new { text = "probability", standoff = 4 },
                range = new[] { 0, 1.08 },
                tickvals = new[] { 0, 0.25, 0.5, 0.75, 1 },
                showgrid = false,
                zeroline = true,
                zerolinecolor = "#888888",
            }
        );
        parts.Set(
            "yaxis",
            new
            {
                autorange = "reversed",
                ticklen = 4,
                tickcolor = "white",
                type = "category",
            }
        );
        parts.Set("bargap", 0.3);
        parts.Set("showlegend", false);
        return parts.Build();
    }

    private static void AddBars(
        PlotlyParts parts,
        IReadOnlyList<int> units,
        UnitScores scores,
        string color,
        bool withText,
        string[] groups,
        string[] names
    )
    {
        UnitAxis.CheckCount($"scores of {scores.Name}", scores.Values.Count, units);
        UnitAxis.CheckCount($"lower ends of {scores.Name}", scores.Lower?.Count ?? units.Count, units);
        UnitAxis.CheckCount($"upper ends of {scores.Name}", scores.Upper?.Count ?? units.Count, units);
        var average = scores.Values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
        double[] values = [.. scores.Values.Append(average).Select(value => 100 * value)];
        var hasErrors = scores is { Lower: not null, Upper: not null };
        parts.Add(
            "bar",
            new
            {
                x = groups,
                y = PlotlyParts.Finite(values),
                name = $"{PlotlyText.Escape(scores.Name)}, average {Fixed(100 * average, 1)}",
                marker = new { color },
                text = withText && !hasErrors
                    ? values.Select(value => double.IsFinite(value) ? Fixed(value, 1) : "")
                    : null,
                textposition = "outside",
                textangle = 0,
                textfont = new { size = 9 },
                cliponaxis = false,
                hovertext = names,
                hovertemplate = "%{hovertext}: %{y:.1f}<extra>%{fullData.name}</extra>",
                error_y = hasErrors
                    ? new
                    {
                        type = "data",
                        symmetric = false,
                        array = scores.Upper!.Select(
                            (upper, i) => PlotlyParts.Finite(100 * (upper - scores.Values[i]))
                        ),
                        arrayminus = scores.Lower!.Select(
                            (lower, i) => PlotlyParts.Finite(100 * (scores.Values[i] - lower))
                        ),
                        thickness = 1,
                        width = 2,
                        color = "#333333",
                    }
                    : null,
            }
        );
    }

    private static string Fixed(double value, int digits) =>
        value.ToString($"F{digits}", System.Globalization.CultureInfo.InvariantCulture);
}
