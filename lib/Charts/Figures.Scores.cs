using FanTrans.Evaluation;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>F1 of each action unit as bars beside the best constant predictor's,
    /// and the averages at the right.</summary>
    /// <param name="evaluation">The metrics of one model; the average leaves undefined values out.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="title">What was measured, and on what.</param>
    public static Figure F1ByUnit(AuEvaluation evaluation, string name = "model", string title = "F1 by action unit")
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        int[] units = [.. evaluation.Units.Select(unit => unit.ActionUnit)];
        UnitAxis.Check(units);
        var parts = new PlotlyParts(title, PageWidth, 400);
        AddBars("constant predictor", Palette.Grey, [.. evaluation.Units.Select(unit => unit.ConstantF1)]);
        AddBars(name, Palette.At(0), [.. evaluation.Units.Select(unit => unit.F1)]);

        // Between the last action unit and the average.
        parts.Shape(
            new
            {
                type = "line",
                x0 = units.Length - 0.5,
                x1 = units.Length - 0.5,
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

        void AddBars(string method, string color, double[] scores)
        {
            var average = scores.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
            double[] values = [.. scores.Append(average).Select(value => 100 * value)];
            parts.Add(
                "bar",
                new
                {
                    x = UnitAxis.Codes(units).Append("Avg"),
                    y = PlotlyParts.Finite(values),
                    name = $"{PlotlyText.Escape(method)}, average {Fixed(100 * average, 1)}",
                    marker = new { color },
                    text = values.Select(value => double.IsFinite(value) ? Fixed(value, 1) : ""),
                    textposition = "outside",
                    textangle = 0,
                    textfont = new { size = 9 },
                    cliponaxis = false,
                    hovertext = UnitAxis.Names(units).Append("average"),
                    hovertemplate = "%{hovertext}: %{y:.1f}<extra>%{fullData.name}</extra>",
                }
            );
        }
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

    private static string Fixed(double value, int digits) =>
        value.ToString($"F{digits}", System.Globalization.CultureInfo.InvariantCulture);
}
