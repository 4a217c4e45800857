using FanTrans.Evaluation;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>
    /// Landmark errors of groups of faces or parts of the face, a box a group: the middle half, the median, the mean as
    /// a dotted line, and whiskers from 5 to 95 % of the faces.
    /// </summary>
    /// <param name="groups">At least one; errors are shares of the distance of the outer eye corners.</param>
    /// <param name="title">What is compared.</param>
    /// <exception cref="ArgumentException">There is no group.</exception>
    public static Figure LandmarkErrors(IReadOnlyList<ErrorGroup> groups, string title = "Landmark error")
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0)
            throw new ArgumentException("groups: expected at least one, found none.", nameof(groups));

        var parts = new PlotlyParts(title, PageWidth, 44 + 62 + (40 * groups.Count));
        double?[] At(double share) => PlotlyParts.Finite(groups.Select(g => 100 * Quantile(g.Errors, share)));
        string[] names =
        [
            .. groups.Select(g =>
                PlotlyText.Escape(g.Name) + (g.Errors.Count == 0 ? " (no face)" : $" (mean {Fixed(100 * g.Mean, 1)} %)")
            ),
        ];
        parts.Add(
            "box",
            new
            {
                orientation = "h",
                y = names,
                q1 = At(0.25),
                median = At(0.5),
                q3 = At(0.75),
                lowerfence = At(0.05),
                upperfence = At(0.95),
                mean = PlotlyParts.Finite(groups.Select(g => 100 * g.Mean)),
                boxmean = true,
                marker = new { color = Palette.Blue },
                line = new { width = 1.5 },
                fillcolor = Palette.PaleBlue,
                whiskerwidth = 0.4,
                hoverinfo = "x",
            }
        );
        // An axis of categories forgets those without a box.
        parts.Set(
            "yaxis",
            new
            {
                type = "category",
                categoryorder = "array",
                categoryarray = names.Reverse(),
                range = new[] { -0.5, groups.Count - 0.5 },
                automargin = true,
                ticklen = 4,
                tickcolor = "white",
            }
        );
        parts.Set(
            "xaxis",
            new
            {
                title = new { text = ErrorAxis, standoff = 6 },
                rangemode = "tozero",
                gridcolor = "#E5E5E5",
                zeroline = true,
                zerolinecolor = "#888888",
                ticksuffix = " %",
            }
        );
        parts.Set("showlegend", false);
        parts.Margin(130, 24, 44, 52);
        return parts.Build();
    }

    /// <summary>
    /// The cumulative error curve of the face alignment literature: how many of the faces have at most an error.
    /// </summary>
    /// <param name="groups">At least one curve; errors are shares of the distance of the outer eye corners.</param>
    /// <param name="title">What was measured.</param>
    /// <exception cref="ArgumentException">There is no group.</exception>
    public static Figure CumulativeErrors(IReadOnlyList<ErrorGroup> groups, string title = "Cumulative landmark error")
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0)
            throw new ArgumentException("groups: expected at least one, found none.", nameof(groups));

        // Faces beyond the right end of the axis are those that the curve misses to 100 %.
        const double most = 0.15;
        var parts = new PlotlyParts(title, PageWidth, 420);
        double[] grid = [.. Enumerable.Range(0, 151).Select(i => most * i / 150)];
        foreach (var (i, group) in groups.Index())
        {
            parts.Add(
                "scatter",
                new
                {
                    x = PlotlyParts.Finite(grid.Select(e => 100 * e)),
                    y = PlotlyParts.Finite(
                        grid.Select(e =>
                            group.Errors.Count == 0
                                ? double.NaN
                                : 100.0 * group.Errors.Count(found => found <= e) / group.Errors.Count
                        )
                    ),
                    mode = "lines",
                    name = $"{PlotlyText.Escape(group.Name)}, {group.Errors.Count:N0} faces",
                    line = new { color = Palette.At(i), width = 2.5 },
                    hovertemplate = "%{y:.1f} % of the faces have at most %{x:.1f} %<extra></extra>",
                }
            );
        }
        parts.Set(
            "xaxis",
            new
            {
                title = new { text = ErrorAxis, standoff = 6 },
                range = new[] { 0, 100 * most },
                ticksuffix = " %",
                gridcolor = "#EEEEEE",
                showline = true,
                linecolor = "#888888",
                zeroline = false,
            }
        );
        parts.Set(
            "yaxis",
            new
            {
                title = new { text = "share of the faces" },
                range = new[] { 0, 102 },
                ticksuffix = " %",
                gridcolor = "#E5E5E5",
                showline = true,
                linecolor = "#888888",
                zeroline = false,
            }
        );
        parts.Set("showlegend", true);
        parts.Set(
            "legend",
            new
            {
                x = 0.99,
                xanchor = "right",
                y = 0.04,
                yanchor = "bottom",
                bgcolor = "rgba(255,255,255,0.8)",
            }
        );
        parts.Margin(70, 24, 44, 56);
        return parts.Build();
    }

    private const string ErrorAxis = "error in % of the distance of the outer eye corners";

    private static double Quantile(IReadOnlyList<double> values, double share) =>
        values.Count == 0 ? double.NaN : MathNet.Numerics.Statistics.Statistics.Quantile(values, share);
}
