namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>Learning curves: one line per series, by epoch; validation solid,
    /// training dotted in the same colour.</summary>
    /// <param name="series">At least one.</param>
    /// <param name="measure">The name of the vertical axis, for example "F1" or "loss".</param>
    /// <param name="title">What was trained.</param>
    /// <exception cref="ArgumentException">There is no series, or two lines have the same name and part.</exception>
    public static Figure LearningCurves(
        IReadOnlyList<EpochSeries> series,
        string measure,
        string title = "Learning curves"
    )
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Count == 0)
            throw new ArgumentException("series: expected at least one, found none.", nameof(series));
        if (series.DistinctBy(one => (one.Name, one.Validation)).Count() != series.Count)
            throw new ArgumentException("series: two have the same name and part.", nameof(series));

        var names = series.Select(one => one.Name).Distinct().ToList();
        var rowsOfLegend = (series.Sum(one => one.Name.Length + 16) / 110) + 1;
        var parts = new PlotlyParts(title, PageWidth, 380 + (22 * rowsOfLegend));
        foreach (var one in series)
        {
            var color = Palette.At(names.IndexOf(one.Name));
            parts.Add(
                "scatter",
                new
                {
                    x = Enumerable.Range(1, one.Values.Count),
                    y = PlotlyParts.Finite(one.Values),
                    mode = one.Values.Count == 1 ? "markers"
                    : one.Validation ? "lines+markers"
                    : "lines",
                    name = $"{PlotlyText.Escape(one.Name)}, {(one.Validation ? "validation" : "training")}",
                    line = new
                    {
                        color,
                        width = one.Validation ? 2.5 : 1.5,
                        dash = one.Validation ? "solid" : "dot",
                    },
                    marker = new { color, size = 6 },
                    hovertemplate = "epoch %{x}: %{y:.4g}<extra>%{fullData.name}</extra>",
                }
            );
        }
        var longest = series.Max(one => one.Values.Count);
        parts.Set(
            "xaxis",
            new
            {
                title = new { text = "epoch", standoff = 6 },
                range = new[] { 0.5, longest + 0.5 },
                dtick = Math.Max(1, longest / 15),
                tick0 = 1,
                showline = true,
                linecolor = "#888888",
                gridcolor = "#EEEEEE",
                zeroline = false,
            }
        );
        parts.Set(
            "yaxis",
            new
            {
                title = new { text = PlotlyText.Escape(measure) },
                automargin = true,
                gridcolor = "#E5E5E5",
                zeroline = false,
                showline = true,
                linecolor = "#888888",
            }
        );
        parts.LegendBelow(-0.17);
        parts.Margin(60, 16, 44, 60 + (22 * rowsOfLegend));
        return parts.Build();
    }
}

/// <summary>One line of a learning curve.</summary>
/// <param name="Name">What was trained, for example "learnable drop";
/// training and validation share it, and a colour.</param>
/// <param name="Values">One value per epoch, from epoch 1; NaN leaves a gap.</param>
/// <param name="Validation">Whether it was measured on the validation frames (solid) or
/// the training ones (dotted).</param>
public sealed record EpochSeries(string Name, IReadOnlyList<double> Values, bool Validation = true);
