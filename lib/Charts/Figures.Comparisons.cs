using FanTrans.Evaluation;
using FanTrans.Training.Experiments;

namespace FanTrans.Charts;

public static partial class Figures
{
    // Room left of the plot for the names of variants or tests.
    private const int VariantNamesWidth = 200;
    private const int LineHeight = 34;

    /// <summary>
    /// The variants of a sweep below each other: a macro metric with its interval over seeds and subjects and a small
    /// circle per seed, and the difference from the first variant with its interval and corrected p-value. A difference
    /// that the test finds is orange where the variant is higher and blue where it is lower, like the reds and blues of
    /// <see cref="DifferencesByUnit"/>; all others are grey.
    /// </summary>
    /// <param name="table">The comparison.</param>
    /// <param name="title">What was varied.</param>
    /// <param name="metric">One of the table's; null is F1.</param>
    /// <exception cref="ArgumentException">The table has no such metric.</exception>
    public static Figure Comparison(SweepTable table, string title = "Comparison of variants", Metric? metric = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        metric ??= Metric.F1;
        var rows = table.Rows.Select(r => (r.Name, Score: r.Of(metric))).ToArray();
        var parts = new PlotlyParts(title, PageWidth, 138 + (LineHeight * rows.Length));
        var seeds = rows.SelectMany((row, i) => row.Score.Mean.Runs.Select(value => (Place: i, Value: value)))
            .ToArray();
        parts.Add(
            "scatter",
            new
            {
                x = PlotlyParts.Finite(seeds.Select(s => 100 * s.Value)),
                y = seeds.Select(s => s.Place),
                mode = "markers",
                marker = new
                {
                    symbol = "circle-open",
                    size = 7,
                    color = Palette.Grey,
                    line = new { width = 1.2 },
                },
                hovertemplate = "one seed: %{x:.1f}<extra></extra>",
            }
        );
        AddIntervals(parts, "", [.. rows.Select((row, i) => (i, row.Score.Mean.Macro, Palette.Ink))]);
        AddIntervals(
            parts,
            "2",
            [
                .. rows.Index()
                    .Where(r => r.Item.Score.Difference is not null)
                    .Select(r => (r.Index, r.Item.Score.Difference!.Macro, Color(r.Item.Score))),
            ]
        );
        foreach (var (place, (_, score)) in rows.Index())
        {
            Beside(
                parts,
                "y2",
                place,
                score.Difference is null
                    ? place == 0
                        ? "the first"
                        : "other frames"
                    : double.IsNaN(score.Corrected)
                        ? "not tested"
                        : P(score.Corrected)
            );
        }
        Line(parts, "x2", 0, "solid");
        if (metric == Metric.F1)
        {
            Line(parts, "x", 100 * table.Rows[0].Constant, "dash");
            parts.Annotate(
                new
                {
                    text = "constant predictor",
                    xref = "x",
                    yref = "paper",
                    x = 100 * table.Rows[0].Constant,
                    y = 1,
                    yanchor = "bottom",
                    showarrow = false,
                    font = new { size = 10, color = "#666666" },
                }
            );
        }
        parts.Note(
            $"bars: 95 % over seeds and {table.Subjects} test subjects; circles: seeds; p corrected for all tests "
                + "of the table",
            -VariantNamesWidth + 12,
            -42
        );
        object Axis(string text, double from, double to, string anchor) =>
            new
            {
                title = new
                {
                    text,
                    standoff = 4,
                    font = new { size = 11 },
                },
                domain = new[] { from, to },
                anchor,
                gridcolor = "#EEEEEE",
                zeroline = false,
                nticks = 6,
            };
        double[] range = [rows.Length - 0.4, -0.6];
        parts.Set("xaxis", Axis($"macro {metric} (%)", 0, 0.52, "y"));
        parts.Set("xaxis2", Axis("difference from the first (points)", 0.58, 1, "y2"));
        parts.Set(
            "yaxis",
            new
            {
                tickvals = Enumerable.Range(0, rows.Length),
                ticktext = rows.Select(r => PlotlyText.Escape(PlotlyText.Shorten(r.Name, 30))),
                range,
                showgrid = false,
                zeroline = false,
            }
        );
        parts.Set(
            "yaxis2",
            new
            {
                range,
                anchor = "x2",
                showticklabels = false,
                showgrid = false,
                zeroline = false,
            }
        );
        parts.Set("showlegend", false);
        parts.Margin(VariantNamesWidth, 70, 66, 66);
        return parts.Build();
    }

    /// <summary>
    /// Each variant's difference of F1 from the first, in points, by action unit: blue is worse, white none, red
    /// better, on a scale that is symmetric about 0. A star marks a difference that the test finds, corrected for the
    /// number of action units.
    /// </summary>
    /// <param name="table">The comparison; at least two variants that pair up.</param>
    /// <param name="title">What was varied.</param>
    /// <exception cref="ArgumentException">No variant is compared with the first.</exception>
    public static Figure DifferencesByUnit(SweepTable table, string title = "Difference of F1 by action unit")
    {
        ArgumentNullException.ThrowIfNull(table);
        var compared = table
            .Rows.Select(r => (r.Name, r.Of(Metric.F1).Difference))
            .Where(r => r.Difference is not null)
            .Select(r => (r.Name, Difference: r.Difference!))
            .ToArray();
        if (compared.Length == 0)
            throw new ArgumentException("table: no variant is compared with the first.", nameof(table));
        double[][] values =
        [
            .. table.ActionUnits.Select((_, n) => compared.Select(r => 100 * r.Difference.Units[n].Estimate).ToArray()),
        ];
        var most = values.SelectMany(v => v).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        most = Math.Max(1, Math.Ceiling(most));
        string[] columns =
        [
            .. compared.Select(r => PlotlyText.Escape(PlotlyText.Shorten(r.Name, 560 / compared.Length / 7))),
        ];
        var names = UnitAxis.Names(table.ActionUnits);
        var parts = new PlotlyParts(title, PageWidth, 120 + (26 * names.Length));
        parts.Add(
            "heatmap",
            new
            {
                x = Enumerable.Range(0, columns.Length),
                y = names,
                z = values.Select(PlotlyParts.Finite),
                zmin = -most,
                zmax = most,
                colorscale = Palette.Signed,
                xgap = 2,
                ygap = 2,
                hoverongaps = false,
                text = values.Select(row => compared.Select(c => PlotlyText.Escape(c.Name))),
                hovertemplate = "%{text}, %{y}: %{z:.1f} points<extra></extra>",
                colorbar = new
                {
                    thickness = 12,
                    len = 1,
                    outlinewidth = 0,
                    nticks = 5,
                    title = new
                    {
                        text = "points",
                        side = "right",
                        font = new { size = 11 },
                    },
                },
            }
        );
        var cells = names
            .SelectMany(
                (name, n) => compared.Select((row, k) => (name, k, Value: values[n][k], P: row.Difference.Corrected[n]))
            )
            .Where(c => double.IsFinite(c.Value))
            .ToArray();
        parts.Add(
            "scatter",
            new
            {
                x = cells.Select(c => c.k),
                y = cells.Select(c => c.name),
                text = cells.Select(c =>
                    c.Value.ToString("+0.0;-0.0;0.0", System.Globalization.CultureInfo.InvariantCulture)
                    + (c.P < 0.05 ? " ★" : "")
                ),
                mode = "text",
                textfont = new
                {
                    size = 11,
                    color = cells.Select(c => Palette.InkOn(Palette.Signed, (c.Value + most) / (2 * most))),
                },
                hoverinfo = "skip",
                showlegend = false,
            }
        );
        parts.Set(
            "xaxis",
            new
            {
                tickvals = Enumerable.Range(0, columns.Length),
                ticktext = columns,
                title = new
                {
                    text = $"less {PlotlyText.Escape(table.Rows[0].Name)}; ★ p below 0.05, corrected for the number "
                        + "of action units",
                    standoff = 8,
                    font = new { size = 11 },
                },
                range = new[] { -0.5, columns.Length - 0.5 },
                showgrid = false,
                zeroline = false,
            }
        );
        parts.Set(
            "yaxis",
            new
            {
                type = "category",
                range = new[] { names.Length - 0.5, -0.5 },
                showgrid = false,
                dtick = 1,
            }
        );
        parts.Margin(NamesWidth, ColorBarWidth, 48, 62);
        return parts.Build();
    }

    /// <summary>
    /// Agreements of matrices of action units below each other: a point at Spearman's ρ, filled where the corrected
    /// p-value is below 0.05, over a grey bar that ends where 95 of 100 shuffles of the action units stay below.
    /// </summary>
    /// <param name="tests">At least one; those that are not defined have no point.</param>
    /// <param name="title">What is compared.</param>
    /// <exception cref="ArgumentException">There is no test.</exception>
    public static Figure Agreement(IReadOnlyList<MatrixTest> tests, string title = "Agreement with the labels")
    {
        ArgumentNullException.ThrowIfNull(tests);
        if (tests.Count == 0)
            throw new ArgumentException("tests: expected at least one, found none.", nameof(tests));
        // Many tests, such as one a head, stand closer.
        var line = tests.Count > 16 ? 17 : 26;
        var parts = new PlotlyParts(title, PageWidth, 116 + (line * tests.Count));
        int[] places = [.. Enumerable.Range(0, tests.Count)];
        parts.Add(
            "bar",
            new
            {
                orientation = "h",
                x = PlotlyParts.Finite(tests.Select(t => t.NullBound)),
                y = places,
                marker = new { color = "#DDDDDD" },
                hovertemplate = "95 of 100 shuffles stay below %{x:.2f}<extra></extra>",
            }
        );
        parts.Add(
            "scatter",
            new
            {
                x = PlotlyParts.Finite(tests.Select(t => t.Rho)),
                y = places,
                mode = "markers",
                marker = new
                {
                    size = tests.Count > 16 ? 8 : 10,
                    color = Palette.Blue,
                    symbol = tests.Select(t => t.Corrected < 0.05 ? "circle" : "circle-open"),
                    line = new { width = 1.5, color = Palette.Blue },
                },
                hovertext = tests.Select(t =>
                    double.IsNaN(t.Rho)
                        ? ""
                        : PlotlyText.Escape(
                            FormattableString.Invariant(
                                $"{t.Name}: ρ {t.Rho:0.00}, p {t.PValue:0.0000}, corrected {t.Corrected:0.0000}"
                            )
                        )
                ),
                hoverinfo = "text",
            }
        );
        foreach (var (place, test) in tests.Index())
            Beside(parts, "y", place, double.IsNaN(test.Rho) ? "not defined" : P(test.Corrected));
        Line(parts, "x", 0, "solid");
        parts.Set(
            "xaxis",
            new
            {
                title = new
                {
                    text = "Spearman's ρ; grey: what shuffled action units reach; filled: p below 0.05, corrected for "
                        + "the number of tests",
                    standoff = 6,
                    font = new { size = 11 },
                },
                range = new[] { -1, 1 },
                dtick = 0.25,
                gridcolor = "#EEEEEE",
                zeroline = false,
            }
        );
        parts.Set(
            "yaxis",
            new
            {
                tickvals = places,
                ticktext = tests.Select(t => PlotlyText.Escape(PlotlyText.Shorten(t.Name, 40))),
                range = new[] { tests.Count - 0.4, -0.6 },
                tickfont = new { size = 11 },
                showgrid = false,
                zeroline = false,
            }
        );
        parts.Set("bargap", 0.3);
        parts.Set("showlegend", false);
        parts.Margin(250, 78, 48, 56);
        return parts.Build();
    }

    private static string Color(SweepScore score) =>
        !(score.Corrected < 0.05) ? Palette.Grey
        : score.Difference!.Macro.Estimate > 0 ? Palette.Vermillion
        : Palette.Blue;

    private static void AddIntervals(
        PlotlyParts parts,
        string axis,
        IReadOnlyList<(int Place, Interval Interval, string Color)> intervals
    )
    {
        // A trace each: plotly gives all error bars of a trace one colour.
        foreach (var (place, interval, color) in intervals)
        {
            parts.Add(
                "scatter",
                new
                {
                    x = PlotlyParts.Finite([100 * interval.Estimate]),
                    y = new[] { place },
                    xaxis = $"x{axis}",
                    yaxis = $"y{axis}",
                    mode = "markers",
                    marker = new
                    {
                        symbol = "square",
                        size = 9,
                        color,
                    },
                    error_x = new
                    {
                        type = "data",
                        symmetric = false,
                        array = PlotlyParts.Finite([100 * (interval.High - interval.Estimate)]),
                        arrayminus = PlotlyParts.Finite([100 * (interval.Estimate - interval.Low)]),
                        thickness = 2,
                        width = 5,
                        color,
                    },
                    hovertemplate = FormattableString.Invariant(
                        $"%{{x:.1f}}, 95 %: {100 * interval.Low:0.0} to {100 * interval.High:0.0}<extra></extra>"
                    ),
                }
            );
        }
    }

    /// <summary>A word to the right of a row.</summary>
    private static void Beside(PlotlyParts parts, string yref, int row, string text) =>
        parts.Annotate(
            new
            {
                text,
                xref = "paper",
                yref,
                x = 1,
                y = row,
                xanchor = "left",
                xshift = 8,
                showarrow = false,
                font = new { size = 11 },
            }
        );

    private static string P(double value) =>
        FormattableString.Invariant($"p {(value < 0.001 ? "< .001" : $"= {value:.000}")}");

    private static void Line(PlotlyParts parts, string axis, double at, string dash) =>
        parts.Shape(
            new
            {
                type = "line",
                xref = axis,
                x0 = at,
                x1 = at,
                yref = "paper",
                y0 = 0,
                y1 = 1,
                line = new
                {
                    color = "#888888",
                    width = 1,
                    dash,
                },
                layer = "below",
            }
        );
}
