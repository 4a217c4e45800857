using FanTrans.Prediction;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>
    /// The probability of every action unit over a video, a strip an action unit: dark where it counts as present, a gap
    /// where no face was found; where the truth is known, the times of presence are shaded.
    /// </summary>
    /// <param name="frames">The frames of one video in order.</param>
    /// <param name="truth">N labels a frame, 0 absent, 1 present, 9 unknown; null where none is known.</param>
    /// <param name="threshold">A probability of at least this counts as present.</param>
    /// <param name="title">Which video it is.</param>
    /// <exception cref="ArgumentException">There is no frame, or another number of labels than of frames or action units.</exception>
    public static Figure TimeLines(
        IReadOnlyList<FramePrediction> frames, IReadOnlyList<sbyte[]>? truth = null, double threshold = 0.5, string title = "Action units over time")
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new ArgumentException("frames: expected at least one, found none.", nameof(frames));
        CheckMatches("truth", truth?.Count, frames.Count);
        var units = frames[0].Prediction.ActionUnits;
        UnitAxis.Check(units);
        foreach (var labels in truth ?? [])
            UnitAxis.CheckCount("truth", labels.Length, units);

        const int strip = 46, gap = 8, top = 70, bottom = 52, left = 176, right = 44;
        var height = (units.Count * (strip + gap)) - gap;
        var parts = new PlotlyParts(title, PageWidth, top + height + bottom);
        double[] seconds = [.. frames.Select(f => f.Seconds)];
        var step = frames.Count > 1 ? (seconds[^1] - seconds[0]) / (frames.Count - 1) : 1;
        var names = UnitAxis.Names(units);
        for (var n = 0; n < units.Count; n++)
        {
            var axis = n == 0 ? "" : $"{n + 1}";
            var high = 1 - (n * (strip + gap) / (double)height);
            if (truth is not null)
            {
                foreach (var (from, to) in Presences(truth, n))
                    parts.Shape(new { type = "rect", xref = "x", yref = $"y{axis}", x0 = seconds[from] - (step / 2), x1 = seconds[to] + (step / 2), y0 = 0, y1 = 1, fillcolor = "#F3DDB0", line = new { width = 0 }, layer = "below" });
            }
            parts.Shape(new { type = "line", xref = "x domain", yref = $"y{axis}", x0 = 0, x1 = 1, y0 = threshold, y1 = threshold, line = new { color = Palette.Vermillion, width = 1, dash = "dot" }, layer = "below" });
            AddLine(n, axis, f => true, Palette.At(4), 1.5);
            AddLine(n, axis, f => f.Prediction.Probabilities[n] >= threshold, Palette.Blue, 3);
            parts.Set($"yaxis{axis}", new { domain = new[] { Math.Max(0, high - (strip / (double)height)), high }, range = new[] { -0.06, 1.06 }, tickvals = new[] { 0, 1 }, tickfont = new { size = 9 }, side = "right", showgrid = false, zeroline = false, showline = true, mirror = true, linecolor = "#CCCCCC" });
            parts.Annotate(new { text = names[n], xref = "paper", yref = $"y{axis}", x = 0, xshift = -8, xanchor = "right", y = 0.5, yanchor = "middle", showarrow = false });
        }
        parts.Set("xaxis", new { title = new { text = "seconds", standoff = 6 }, range = new[] { seconds[0] - (step / 2), seconds[^1] + (step / 2) }, anchor = units.Count == 1 ? "y" : $"y{units.Count}", gridcolor = "#EEEEEE", zeroline = false, hoverformat = ".2f" });
        parts.Annotate(new
        {
            text = $"probability, dark from {Fixed(threshold, 2)} on{(truth is null ? "" : "; shaded: labelled as present")}",
            xref = "paper",
            yref = "paper",
            x = 0,
            xanchor = "left",
            y = 1,
            yanchor = "bottom",
            yshift = 4,
            showarrow = false,
            font = new { size = 11, color = "#666666" },
        });
        parts.Set("showlegend", false);
        parts.Set("margin", new { l = left, r = right, t = top, b = bottom });
        return parts.Build();

        void AddLine(int n, string axis, Func<FramePrediction, bool> shown, string color, double width) => parts.Add("scatter", new
        {
            x = PlotlyParts.Finite(seconds),
            y = PlotlyParts.Finite(frames.Select(f => f.Success && shown(f) ? f.Prediction.Probabilities[n] : double.NaN)),
            mode = frames.Count == 1 ? "markers" : "lines",
            xaxis = "x",
            yaxis = $"y{axis}",
            line = new { color, width, shape = "linear" },
            marker = new { color },
            connectgaps = false,
            hovertemplate = $"{names[n]} at %{{x}} s: %{{y:.3f}}<extra></extra>",
        });
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
