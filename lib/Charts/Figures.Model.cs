namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>
    /// An attention drop head by head: keep probabilities, masks as training draws them, and the evaluation's mask;
    /// white is 0, dropped, and dark blue 1, kept.
    /// </summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="heads">One to eight heads: keep probabilities, as many draws in each, at most five, and the
    /// evaluation's mask; N x N all.</param>
    /// <param name="title">Whose masks they are.</param>
    /// <exception cref="ArgumentException">There is no head, more than eight, another number of draws, or a matrix is
    /// not N x N.</exception>
    public static Figure Masks(
        IReadOnlyList<int> units,
        IReadOnlyList<(double[,] Keep, IReadOnlyList<double[,]> Draws, double[,] Evaluation)> heads,
        string title = "Masks of the attention drop"
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(heads);
        if (heads.Count is < 1 or > 8 || heads.Any(h => h.Draws.Count != heads[0].Draws.Count || h.Draws.Count > 5))
            throw new ArgumentException(
                $"heads: expected one to eight of the same number of draws, at most five, found {heads.Count}.",
                nameof(heads)
            );

        string[] captions =
        [
            "keep probability",
            .. Enumerable.Range(1, heads[0].Draws.Count).Select(k => $"training draw {k}"),
            "evaluation",
        ];
        return Panels(
            units,
            [.. heads.Select((h, i) => ($"head {i + 1}", (double[][,])[h.Keep, .. h.Draws, h.Evaluation]))],
            captions,
            1,
            title
        );
    }

    /// <summary>
    /// The attention of every head, a row per transformer block: what the row's action unit takes from the column's.
    /// One scale, from white at 0 to dark blue at the largest value.
    /// </summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="blocks">For each block a matrix a head, N x N, 0 to 1;
    /// one to eight blocks of one to eight heads.</param>
    /// <param name="title">Whose attention it is.</param>
    /// <exception cref="ArgumentException">There is no block or more than eight, their heads differ, or a matrix is not
    /// N x N.</exception>
    public static Figure Attention(
        IReadOnlyList<int> units,
        IReadOnlyList<IReadOnlyList<double[,]>> blocks,
        string title = "Attention"
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(blocks);
        if (blocks.Count is < 1 or > 8 || blocks.Any(b => b.Count != blocks[0].Count || b.Count is < 1 or > 8))
            throw new ArgumentException(
                $"blocks: expected one to eight of the same number of heads, at most eight, found {blocks.Count}.",
                nameof(blocks)
            );
        string[] captions = [.. Enumerable.Range(1, blocks[0].Count).Select(h => $"head {h}")];
        var largest = Math.Max(blocks.SelectMany(b => b).Max(map => map.Cast<double>().Max()), 1e-9);
        return Panels(units, [.. blocks.Select((b, i) => ($"block {i + 1}", b.ToArray()))], captions, largest, title);
    }

    /// <summary>What every peer and the teacher say about one face: one row per action unit,
    /// one dot per peer or teacher.</summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="peers">N probabilities of each peer.</param>
    /// <param name="teacher">N probabilities of the teacher.</param>
    /// <param name="labels">N annotated labels, 0 absent, 1 present, 9 unknown,
    /// whose rows with 1 are shaded; or null.</param>
    /// <param name="title">Which face it is.</param>
    /// <exception cref="ArgumentException">There is another number of labels than of action units.</exception>
    public static Figure PeerProbabilities(
        IReadOnlyList<int> units,
        IReadOnlyList<float[]> peers,
        float[] teacher,
        IReadOnlyList<sbyte>? labels = null,
        string title = "Peers and teacher"
    )
    {
        ArgumentNullException.ThrowIfNull(peers);
        UnitAxis.Check(units);
        UnitAxis.CheckCount("labels", labels?.Count ?? units.Count, units);

        var names = UnitAxis.Names(units);
        var parts = new PlotlyParts(title, 720, 44 + 86 + (26 * names.Length));
        for (var n = 0; n < names.Length && labels is not null; n++)
        {
            if (labels[n] == 1)
                parts.Shape(
                    new
                    {
                        type = "rect",
                        xref = "paper",
                        x0 = 0,
                        x1 = 1,
                        y0 = n - 0.5,
                        y1 = n + 0.5,
                        fillcolor = "#F3E3C3",
                        line = new { width = 0 },
                        layer = "below",
                    }
                );
        }
        parts.Threshold(0.5);
        for (var m = 0; m < peers.Count; m++)
            AddDots($"peer {m + 1}", peers[m], Palette.At(m == 0 ? 0 : m + 1), "circle", 10);
        AddDots("teacher", teacher, "black", "line-ns-open", 16);
        parts.Set(
            "xaxis",
            new
            {
                title = new
                {
                    text = "probability" + (labels is null ? "" : "; shaded: labelled as present"),
                    standoff = 4,
                },
                range = new[] { -0.02, 1.02 },
                tickvals = new[] { 0, 0.25, 0.5, 0.75, 1 },
                gridcolor = "#EEEEEE",
                zeroline = false,
            }
        );
        parts.Set(
            "yaxis",
            new
            {
                type = "category",
                range = new[] { names.Length - 0.5, -0.5 },
                gridcolor = "#EEEEEE",
                ticklen = 4,
                tickcolor = "white",
            }
        );
        parts.LegendBelow(-52.0 / (26 * names.Length));
        parts.Margin(175, 24, 44, 86);
        return parts.Build();

        void AddDots(string name, float[] values, string color, string symbol, int size) =>
            parts.Add(
                "scatter",
                new
                {
                    x = PlotlyParts.Finite(values.Select(v => (double)v)),
                    y = names,
                    mode = "markers",
                    name,
                    marker = new
                    {
                        color,
                        symbol,
                        size,
                        line = new { width = symbol == "circle" ? 0 : 2.5, color },
                    },
                    hovertemplate = "%{y}: %{x:.3f}<extra>%{fullData.name}</extra>",
                }
            );
    }

    /// <summary>Small matrices in rows, on one scale from 0.</summary>
    private static Figure Panels(
        IReadOnlyList<int> units,
        IReadOnlyList<(string Name, double[][,] Maps)> rows,
        IReadOnlyList<string> captions,
        double largest,
        string title
    )
    {
        var columns = captions.Count;
        const int gap = 8,
            top = 66,
            bottom = 46,
            left = 92;
        var panel = Math.Min((PageWidth - left - ColorBarWidth - (gap * (columns - 1))) / columns, 160);
        var (width, height) = (
            (panel * columns) + (gap * (columns - 1)),
            (panel * rows.Count) + (gap * (rows.Count - 1))
        );
        var parts = new PlotlyParts(title, left + width + ColorBarWidth, height + top + bottom);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                Check(new UnitMatrix($"{rows[row].Name}, {captions[column]}", rows[row].Maps[column]), units, 0);
                var axis = row + column == 0 ? "" : $"{(row * columns) + column + 1}";
                var (x, y) = (column * (panel + gap) / (double)width, 1 - (row * (panel + gap) / (double)height));
                parts.Add(
                    "heatmap",
                    new
                    {
                        x = UnitAxis.Codes(units),
                        y = UnitAxis.Codes(units),
                        z = Rows(rows[row].Maps[column]),
                        xaxis = $"x{axis}",
                        yaxis = $"y{axis}",
                        zmin = 0,
                        zmax = largest,
                        colorscale = Palette.Share,
                        hovertemplate = "%{y} from %{x}: %{z:.3f}<extra></extra>",
                        showscale = row + column == 0,
                        colorbar = PlotlyParts.ColorBar(ticks: 5),
                    }
                );
                AddPanelAxes(
                    parts,
                    axis,
                    units.Count,
                    [x, x + (panel / (double)width)],
                    [Math.Max(0, y - (panel / (double)height)), y],
                    row == rows.Count - 1,
                    column == 0
                );
                if (row == 0)
                    AddPanelTitle(parts, x + (panel / 2.0 / width), captions[column]);
            }
            parts.Annotate(
                new
                {
                    text = rows[row].Name,
                    xref = "paper",
                    yref = "paper",
                    x = 0,
                    xshift = -54,
                    y = 1 - (((row * (panel + gap)) + (panel / 2.0)) / height),
                    textangle = -90,
                    xanchor = "right",
                    yanchor = "middle",
                    showarrow = false,
                }
            );
        }
        parts.Margin(left, ColorBarWidth, top, bottom);
        return parts.Build();
    }

    /// <summary>The two axes of a panel with a matrix of action units in it, the first unit at the top left.</summary>
    private static void AddPanelAxes(
        PlotlyParts parts,
        string axis,
        int units,
        double[] across,
        double[] up,
        bool namesBelow,
        bool namesLeft
    )
    {
        parts.Set($"xaxis{axis}", PanelAxis(across, $"y{axis}", [-0.5, units - 0.5], namesBelow, -90));
        parts.Set($"yaxis{axis}", PanelAxis(up, $"x{axis}", [units - 0.5, -0.5], namesLeft, 0));
    }

    private static object PanelAxis(
        double[] domain,
        string anchor,
        double[] range,
        bool showticklabels,
        int tickangle
    ) =>
        new
        {
            domain,
            anchor,
            type = "category",
            range,
            showticklabels,
            tickangle,
            tickfont = new { size = 9 },
            showgrid = false,
            showline = true,
            mirror = true,
            linecolor = "#BBBBBB",
            ticks = "",
            dtick = 1,
        };

    private static void AddPanelTitle(PlotlyParts parts, double x, string text) =>
        parts.Annotate(
            new
            {
                text,
                xref = "paper",
                yref = "paper",
                x,
                xanchor = "center",
                y = 1,
                yanchor = "bottom",
                yshift = 4,
                showarrow = false,
                font = new { size = 11 },
            }
        );
}
