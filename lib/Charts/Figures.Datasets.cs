using FanTrans.Data;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>
    /// What a prepared set holds: frames of each subject beside the published count, the share of frames with each
    /// action unit by subject, and over all subjects beside the published share.
    /// </summary>
    /// <param name="summary">The counts.</param>
    /// <param name="title">Which set it is; null names the dataset.</param>
    public static Figure DatasetSummary(PreparationSummary summary, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var units = summary.ActionUnits;
        var parts = new PlotlyParts(
            title ?? $"{summary.Dataset}: {summary.All.Frames:N0} frames",
            PageWidth,
            350 + (26 * units.Count)
        );
        var places = Places(summary);
        AddFrames(parts, summary, places);
        AddSubjectRates(parts, summary, places);
        AddRates(parts, summary);

        var ticks = new
        {
            tickvals = places.Values,
            ticktext = places.Keys,
            tickangle = -90,
            tickfont = new { size = 10 },
            range = new[] { -0.8, places.Values.Max() + 0.8 },
        };
        double[] left = [0, 0.78];
        parts.Set("barmode", "overlay");
        parts.Set(
            "xaxis",
            new
            {
                domain = left,
                ticks.tickvals,
                ticks.range,
                showticklabels = false,
                showgrid = false,
                zeroline = false,
            }
        );
        parts.Set(
            "yaxis",
            new
            {
                domain = new[] { 0.66, 1 },
                title = new { text = "frames" },
                gridcolor = "#E5E5E5",
                rangemode = "tozero",
                tickformat = ",d",
            }
        );
        parts.Set(
            "xaxis2",
            new
            {
                domain = left,
                ticks.tickvals,
                ticks.ticktext,
                ticks.tickangle,
                ticks.tickfont,
                ticks.range,
                anchor = "y2",
                showgrid = false,
                zeroline = false,
                matches = "x",
            }
        );
        parts.Set(
            "yaxis2",
            new
            {
                domain = new[] { 0, 0.6 },
                autorange = "reversed",
                anchor = "x2",
                showgrid = false,
                zeroline = false,
                type = "category",
            }
        );
        parts.Set(
            "xaxis3",
            new
            {
                domain = new[] { 0.82, 1 },
                anchor = "y3",
                rangemode = "tozero",
                ticksuffix = " %",
                nticks = 4,
                gridcolor = "#E5E5E5",
                zeroline = true,
                title = new { text = "all frames", standoff = 4 },
            }
        );
        parts.Set(
            "yaxis3",
            new
            {
                domain = new[] { 0, 0.6 },
                autorange = "reversed",
                anchor = "x3",
                showticklabels = false,
                showgrid = false,
                type = "category",
                matches = "y2",
            }
        );
        parts.Set(
            "legend",
            new
            {
                orientation = "h",
                x = 0,
                y = 1.01,
                yanchor = "bottom",
                traceorder = "normal",
                font = new { size = 11 },
            }
        );
        parts.Margin(60, 16, 86, 56);
        return parts.Build();
    }

    /// <summary>Subjects from left to right, a gap between the parts.</summary>
    private static Dictionary<string, int> Places(PreparationSummary summary) =>
        summary
            .Parts.SelectMany(
                (part, k) => summary.Subjects.Where(s => s.Part == part.Name).Select(s => (s.Name, Gap: k))
            )
            .Index()
            .ToDictionary(p => p.Item.Name, p => p.Index + p.Item.Gap);

    private static void AddFrames(PlotlyParts parts, PreparationSummary summary, Dictionary<string, int> places)
    {
        for (var k = 0; k < summary.Parts.Count; k++)
        {
            var part = summary.Parts[k];
            var subjects = summary.Subjects.Where(s => s.Part == part.Name).ToArray();
            parts.Add(
                "bar",
                new
                {
                    x = subjects.Select(s => places[s.Name]),
                    y = subjects.Select(s => s.Frames),
                    name = $"{PlotlyText.Escape(part.Name)}: {part.Frames:N0}"
                        + (part.Missing is > 0 and var missing ? $", {missing:N0} missing" : ""),
                    marker = new { color = Palette.At(k) },
                    hovertext = subjects.Select(s => s.Name),
                    hovertemplate = "%{hovertext}: %{y:,d} frames<extra></extra>",
                    textposition = "none",
                }
            );
        }
        var expected = summary.Subjects.Where(s => s.Expected is not null).ToArray();
        parts.Add(
            "scatter",
            new
            {
                x = expected.Select(s => places[s.Name]),
                y = expected.Select(s => s.Expected),
                mode = "markers",
                name = $"published ({PlotlyText.Escape(summary.Against)}): {summary.All.Expected:N0}",
                marker = new
                {
                    symbol = "line-ew",
                    size = 12,
                    line = new { width = 2, color = "black" },
                },
                hovertext = expected.Select(s => s.Name),
                hovertemplate = "%{hovertext}: %{y:,d} published<extra></extra>",
            }
        );
    }

    private static void AddSubjectRates(PlotlyParts parts, PreparationSummary summary, Dictionary<string, int> places)
    {
        // Behind the cells, so that a cell without a value is grey and one at 0 is white.
        parts.Shape(
            new
            {
                type = "rect",
                xref = "x2",
                yref = "y2 domain",
                x0 = -0.5,
                x1 = places.Values.Max() + 0.5,
                y0 = 0,
                y1 = 1,
                fillcolor = "#DDDDDD",
                line = new { width = 0 },
                layer = "below",
            }
        );
        // A column for every place, the gaps between the parts too.
        var columns = Enumerable
            .Range(0, places.Values.Max() + 1)
            .Select(x => summary.Subjects.FirstOrDefault(s => places[s.Name] == x))
            .ToArray();
        parts.Add(
            "heatmap",
            new
            {
                x = Enumerable.Range(0, columns.Length),
                y = UnitAxis.Codes(summary.ActionUnits),
                z = summary
                    .ActionUnits.Select((_, n) => columns.Select(s => s is null ? null : Share(s, n)).ToArray())
                    .ToArray(),
                text = summary.ActionUnits.Select(_ => columns.Select(s => s?.Name ?? "").ToArray()).ToArray(),
                zmin = 0,
                zmax = 100,
                colorscale = Palette.Share,
                showscale = false,
                xgap = 1,
                ygap = 1,
                hoverongaps = false,
                hovertemplate = "%{text} %{y}: %{z:.1f} % of its frames<extra></extra>",
                xaxis = "x2",
                yaxis = "y2",
            }
        );
        parts.Annotate(
            new
            {
                text = "share of each subject's coded frames with the action unit: white 0, dark 100 %, "
                    + "grey none coded",
                xref = "x2 domain",
                yref = "y2 domain",
                x = 0,
                xanchor = "left",
                y = 1,
                yanchor = "bottom",
                showarrow = false,
                font = new { size = 11 },
            }
        );
    }

    private static void AddRates(PlotlyParts parts, PreparationSummary summary)
    {
        var codes = UnitAxis.Codes(summary.ActionUnits);
        parts.Add(
            "bar",
            new
            {
                orientation = "h",
                y = codes,
                x = codes.Select((_, n) => Share(summary.All, n)),
                marker = new { color = Palette.Grey },
                showlegend = false,
                hovertext = UnitAxis.Names(summary.ActionUnits),
                hovertemplate = "%{hovertext}: %{x:.1f} %<extra></extra>",
                textposition = "none",
                xaxis = "x3",
                yaxis = "y3",
            }
        );
        if (summary.All is not { ExpectedPositives: { } positives, Expected: { } frames and > 0 })
            return;
        parts.Add(
            "scatter",
            new
            {
                y = codes,
                x = positives.Select(p => PlotlyParts.Finite(100.0 * p / frames)),
                mode = "markers",
                marker = new
                {
                    symbol = "line-ns",
                    size = 12,
                    line = new { width = 2, color = "black" },
                },
                showlegend = false,
                hovertemplate = "%{y}: %{x:.1f} % published<extra></extra>",
                xaxis = "x3",
                yaxis = "y3",
            }
        );
    }

    /// <summary>Percent of the coded frames; null where none is coded.</summary>
    private static double? Share(GroupCounts group, int unit) =>
        PlotlyParts.Finite(100.0 * group.Positives[unit] / group.Known[unit]);
}
