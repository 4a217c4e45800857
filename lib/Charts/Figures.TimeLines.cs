using FanTrans.Prediction;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>
    /// The probability of every action unit over a video, a strip an action unit: dark where it counts as present, a
    /// gap where no face was found; where the truth is known, the times of presence are shaded.
    /// </summary>
    /// <param name="line">One face's time line.</param>
    /// <param name="truth">N labels per frame, 0 absent, 1 present, 9 unknown; null where none is known.</param>
    /// <param name="threshold">A probability of at least this counts as present.</param>
    /// <param name="title">Which video it is.</param>
    /// <param name="other">The same face's time line from another tool;
    /// OpenFace's intensities are drawn as fifths.</param>
    /// <exception cref="ArgumentException">There is no frame, or another number of labels than
    /// of frames or action units.</exception>
    public static Figure TimeLines(
        AuTimeLine line,
        IReadOnlyList<sbyte[]>? truth = null,
        double threshold = 0.5,
        string title = "Action units over time",
        AuTimeLine? other = null
    )
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Frames.Count == 0)
            throw new ArgumentException("line: expected at least one frame, found none.", nameof(line));
        CheckMatches("truth", truth?.Count, line.Frames.Count);
        var units = line.ActionUnits;
        UnitAxis.Check(units);
        foreach (var labels in truth ?? [])
            UnitAxis.CheckCount("truth", labels.Length, units);

        const int strip = 46,
            gap = 8,
            top = 70,
            bottom = 52,
            left = 176,
            right = 44;
        var height = (units.Count * (strip + gap)) - gap;
        var parts = new PlotlyParts(title, PageWidth, top + height + bottom);
        double[] seconds = [.. line.Seconds];
        var step = seconds.Length > 1 ? (seconds[^1] - seconds[0]) / (seconds.Length - 1) : 1;
        var times = line.Frames.Zip(seconds).ToDictionary();
        var theirs = other?.Frames.Index().Where(f => times.ContainsKey(f.Item)).ToList();
        var names = UnitAxis.Names(units);
        for (var n = 0; n < units.Count; n++)
        {
            var axis = n == 0 ? "" : $"{n + 1}";
            var high = 1 - (n * (strip + gap) / (double)height);
            if (truth is not null)
            {
                foreach (var (from, to) in Presences(truth, n))
                    parts.Shape(
                        new
                        {
                            type = "rect",
                            xref = "x",
                            yref = $"y{axis}",
                            x0 = seconds[from] - (step / 2),
                            x1 = seconds[to] + (step / 2),
                            y0 = 0,
                            y1 = 1,
                            fillcolor = "#F3DDB0",
                            line = new { width = 0 },
                            layer = "below",
                        }
                    );
            }
            parts.Shape(
                new
                {
                    type = "line",
                    xref = "x domain",
                    yref = $"y{axis}",
                    x0 = 0,
                    x1 = 1,
                    y0 = threshold,
                    y1 = threshold,
                    line = new
                    {
                        color = Palette.Vermillion,
                        width = 1,
                        dash = "dot",
                    },
                    layer = "below",
                }
            );
            AddLine(n, axis, seconds, line.Values.Select(v => (double)v[n]), Palette.At(4), 1.5);
            AddLine(n, axis, seconds, line.Values.Select(v => v[n] >= threshold ? v[n] : double.NaN), Palette.Blue, 3);
            if (other is not null && other.ActionUnits.ToList().IndexOf(units[n]) is >= 0 and var unit)
            {
                var scale = other.Values.Any(v => v[unit] > 1) ? 5.0 : 1;
                AddLine(
                    n,
                    axis,
                    theirs!.Select(f => times[f.Item]),
                    theirs!.Select(f => other.Values[f.Index][unit] / scale),
                    Palette.Vermillion,
                    1.5
                );
            }
            parts.Set(
                $"yaxis{axis}",
                new
                {
                    domain = new[] { Math.Max(0, high - (strip / (double)height)), high },
                    range = new[] { -0.06, 1.06 },
                    tickvals = new[] { 0, 1 },
                    tickfont = new { size = 9 },
                    side = "right",
                    showgrid = false,
                    zeroline = false,
                    showline = true,
                    mirror = true,
                    linecolor = "#CCCCCC",
                }
            );
            parts.Annotate(
                new
                {
                    text = names[n],
                    xref = "paper",
                    yref = $"y{axis}",
                    x = 0,
                    xshift = -8,
                    xanchor = "right",
                    y = 0.5,
                    yanchor = "middle",
                    showarrow = false,
                }
            );
        }
        parts.Set(
            "xaxis",
            new
            {
                title = new { text = "seconds", standoff = 6 },
                range = new[] { seconds[0] - (step / 2), seconds[^1] + (step / 2) },
                anchor = units.Count == 1 ? "y" : $"y{units.Count}",
                gridcolor = "#EEEEEE",
                zeroline = false,
                hoverformat = ".2f",
            }
        );
        parts.Annotate(
            new
            {
                text = $"probability, dark from {Fixed(threshold, 2)} on"
                    + (truth is null ? "" : "; shaded: labelled as present")
                    + (other is null ? "" : $"; red: {PlotlyText.Escape(other.Name)}"),
                xref = "paper",
                yref = "paper",
                x = 0,
                xanchor = "left",
                y = 1,
                yanchor = "bottom",
                yshift = 4,
                showarrow = false,
                font = new { size = 11, color = "#666666" },
            }
        );
        parts.Set("showlegend", false);
        parts.Margin(left, right, top, bottom);
        return parts.Build();

        void AddLine(int n, string axis, IEnumerable<double> x, IEnumerable<double> y, string color, double width) =>
            parts.Add(
                "scatter",
                new
                {
                    x = PlotlyParts.Finite(x),
                    y = PlotlyParts.Finite(y),
                    mode = seconds.Length == 1 ? "markers" : "lines",
                    xaxis = "x",
                    yaxis = $"y{axis}",
                    line = new
                    {
                        color,
                        width,
                        shape = "linear",
                    },
                    marker = new { color },
                    connectgaps = false,
                    hovertemplate = $"{names[n]} at %{{x}} s: %{{y:.3f}}<extra></extra>",
                }
            );
    }

    /// <summary>The runs of frames that are labelled as present, first and last frame of each.</summary>
    private static IEnumerable<(int From, int To)> Presences(IReadOnlyList<sbyte[]> truth, int unit)
    {
        for (var from = 0; from < truth.Count; from++)
        {
            if (truth[from][unit] != 1)
                continue;
            var to = from;
            while (to + 1 < truth.Count && truth[to + 1][unit] == 1)
                to++;
            yield return (from, to);
            from = to;
        }
    }
}
