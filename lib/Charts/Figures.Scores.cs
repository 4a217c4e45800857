using FanTrans.Data;
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
        parts.Set("showlegend", true);
        parts.Set(
            "legend",
            new
            {
                orientation = "h",
                x = 0,
                y = -0.1,
                yanchor = "top",
                traceorder = "normal",
            }
        );
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

    /// <summary>The predicted probabilities of one photograph as bars, with the photograph at their left.</summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="probabilities">N probabilities, 0 to 1; NaN leaves a bar out.</param>
    /// <param name="image">The photograph, or null for the bars alone.</param>
    /// <param name="labels">N annotated labels (0 absent, 1 present, 9 unknown)
    /// to mark beside the bars, or null.</param>
    /// <param name="threshold">From here on an action unit counts as present, and its bar is dark.</param>
    /// <param name="title">Which photograph it is.</param>
    /// <exception cref="ArgumentException">There is another number of values than of action units.</exception>
    public static Figure Probabilities(
        IReadOnlyList<int> units,
        IReadOnlyList<float> probabilities,
        RgbImage? image = null,
        IReadOnlyList<sbyte>? labels = null,
        double threshold = 0.5,
        string title = "Action units"
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(probabilities);
        UnitAxis.CheckCount("probabilities", probabilities.Count, units);
        UnitAxis.CheckCount("labels", labels?.Count ?? units.Count, units);

        const int names = 175;
        const int photograph = 290;
        var bars = Math.Max(24 * units.Count, image is null ? 0 : photograph);
        var height = bars + 42 + 66;
        var left = names + (image is null ? 0 : photograph + 20);
        var parts = new PlotlyParts(title, image is null ? 620 : PageWidth, height);
        const int right = 40;
        parts.Margin(left, right, 42, 66);
        if (image is not null)
        {
            // In shares of the plot, whose left edge is 0: the photograph lies in the margin.
            var plot = (double)PageWidth - left - right;
            parts.Image(
                new
                {
                    source = $"data:image/png;base64,{Convert.ToBase64String(Reduce(image, PixelDensity * photograph).ToPng())}",
                    xref = "paper",
                    yref = "paper",
                    x = -(left - 12) / plot,
                    y = 1,
                    sizex = photograph / plot,
                    sizey = (double)photograph / bars,
                    sizing = "contain",
                    xanchor = "left",
                    yanchor = "top",
                }
            );
        }

        var codes = UnitAxis.Names(units);
        parts.Add(
            "bar",
            new
            {
                orientation = "h",
                y = codes,
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
        if (labels is not null)
            AddLabels(parts, codes, labels);
        parts.Threshold(threshold);
        parts.Set(
            "xaxis",
            new
            {
                title = new { text = "probability", standoff = 4 },
                range = new[] { 0, labels is null ? 1.08 : 1.24 },
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

    // A column of marks right of the bars, and their meaning below.
    private static void AddLabels(PlotlyParts parts, string[] codes, IReadOnlyList<sbyte> labels)
    {
        string Symbol(sbyte label) =>
            label switch
            {
                1 => "circle",
                0 => "circle-open",
                _ => "x-thin-open",
            };
        string Meaning(sbyte label) =>
            label switch
            {
                1 => "present",
                0 => "absent",
                _ => "unknown",
            };
        parts.Add(
            "scatter",
            new
            {
                x = codes.Select(_ => 1.18),
                y = codes,
                mode = "markers",
                marker = new
                {
                    symbol = labels.Select(Symbol),
                    size = 11,
                    color = "#333333",
                    line = new { width = 2, color = "#333333" },
                },
                hovertext = labels.Select(label => $"annotated: {Meaning(label)}"),
                hovertemplate = "%{y}<br>%{hovertext}<extra></extra>",
                showlegend = false,
            }
        );
        parts.Annotate(
            new
            {
                text = "annotated:  ● present   ○ absent   × unknown",
                xref = "paper",
                yref = "paper",
                x = 1,
                xanchor = "right",
                y = 0,
                yanchor = "top",
                yshift = -42,
                xshift = 20,
                showarrow = false,
                font = new { size = 11 },
            }
        );
    }

    private static RgbImage Reduce(RgbImage image, int side)
    {
        var scale = Math.Min(1, (double)side / Math.Max(image.Width, image.Height));
        return scale < 1
            ? image.Resize(Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)))
            : image;
    }

    private static string Fixed(double value, int digits) =>
        value.ToString($"F{digits}", System.Globalization.CultureInfo.InvariantCulture);
}
