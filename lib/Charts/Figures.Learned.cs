using FanTrans.Data;
using FanTrans.Training;

namespace FanTrans.Charts;

public static partial class Figures
{
    // Where an action unit shows, as a blend of two iBUG landmarks: first, second, share of the second. Units of both
    // sides of the face stand on one of them, so that their names do not meet.
    private static readonly Dictionary<int, (int First, int Second, double Share)> UnitPlaces = new()
    {
        [1] = (22, 21, 0.2),
        [2] = (25, 26, 0.3),
        [4] = (19, 20, 0.5),
        [5] = (44, 43, 0.3),
        [6] = (46, 54, 0.4),
        [7] = (41, 40, 0.3),
        [9] = (28, 29, 0.5),
        [10] = (31, 2, 0.3),
        [12] = (54, 12, 0.3),
        [14] = (48, 4, 0.35),
        [15] = (54, 9, 0.55),
        [16] = (58, 6, 0.3),
        [17] = (57, 8, 0.65),
        [18] = (50, 32, 0.3),
        [20] = (48, 5, 0.35),
        [23] = (51, 33, 0.15),
        [24] = (57, 8, 0.1),
        [25] = (62, 66, 0.5),
        [26] = (58, 7, 0.6),
        [27] = (56, 9, 0.6),
        [28] = (56, 55, 0.6),
        [43] = (37, 41, 0.5),
        [45] = (46, 47, 0.5),
    };

    /// <summary>
    /// The matrix of every attention head, heads from left to right and a row per peer and transformer block, all on
    /// one scale from the lowest to the highest value between two action units. The diagonal is left out.
    /// </summary>
    /// <param name="learned">The matrices, of one to eight heads a block.</param>
    /// <param name="attention">Attention, or else keep probabilities.</param>
    /// <param name="title">Whose heads they are.</param>
    public static Figure Heads(LearnedCorrelations learned, bool attention, string title = "Attention heads")
    {
        ArgumentNullException.ThrowIfNull(learned);
        var units = learned.ActionUnits;
        var rows = learned.Heads.GroupBy(h => (h.Peer, h.Block)).Select(g => g.ToArray()).ToArray();
        var columns = rows.Max(r => r.Length);
        const int gap = 10,
            top = 64,
            bottom = 44,
            caption = 22;
        var panel = Math.Min((PageWidth - NamesWidth - ColorBarWidth - (gap * (columns - 1))) / columns, 190);
        var (width, height) = ((panel * columns) + (gap * (columns - 1)), ((panel + caption) * rows.Length) - caption);
        var parts = new PlotlyParts(title, NamesWidth + width + ColorBarWidth, height + top + bottom);
        double[,] Map(HeadCorrelations head) => attention ? head.Attention : head.Keep;
        double[] between =
        [
            .. learned.Heads.SelectMany(h => Evaluation.MatrixCorrelation.Between(Map(h))).Where(double.IsFinite),
        ];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < rows[row].Length; column++)
            {
                var head = rows[row][column];
                var axis = row + column == 0 ? "" : $"{(row * columns) + column + 1}";
                var left = column * (panel + gap) / (double)width;
                var high = 1 - (row * (panel + caption) / (double)height);
                parts.Add(
                    "heatmap",
                    new
                    {
                        x = UnitAxis.Codes(units),
                        y = UnitAxis.Names(units),
                        z = Rows(WithoutDiagonal(Map(head))),
                        xaxis = $"x{axis}",
                        yaxis = $"y{axis}",
                        zmin = between.Min(),
                        zmax = between.Max(),
                        colorscale = Palette.Share,
                        hoverongaps = false,
                        hovertemplate = "%{y} from %{x}: %{z:.3f}<extra></extra>",
                        showscale = row + column == 0,
                        colorbar = PlotlyParts.ColorBar(ticks: 6),
                    }
                );
                AddPanelAxes(
                    parts,
                    axis,
                    units.Count,
                    [left, left + (panel / (double)width)],
                    [Math.Max(0, high - (panel / (double)height)), high],
                    row == rows.Length - 1,
                    column == 0
                );
                parts.Annotate(
                    new
                    {
                        text = $"peer {head.Peer}, block {head.Block}, head {head.Head}",
                        xref = "paper",
                        yref = "paper",
                        x = left,
                        xanchor = "left",
                        y = high,
                        yanchor = "bottom",
                        showarrow = false,
                        font = new { size = 11 },
                    }
                );
            }
        }
        parts.Margin(NamesWidth, ColorBarWidth, top, bottom);
        return parts.Build();
    }

    /// <summary>
    /// The strongest pairs of action units as lines over a drawn face, a face a matrix: the wider, the stronger within
    /// its face; solid and orange above 0, dashed and blue below.
    /// </summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="matrices">One or two, N x N; both directions of a pair are averaged; 0 and NaN are no line.</param>
    /// <param name="face">136 landmarks of a face from the front: 68 x (x, y), iBUG order.</param>
    /// <param name="pairs">How many lines a face has, at least 1.</param>
    /// <param name="title">What is shown.</param>
    /// <exception cref="ArgumentException">A matrix is not N x N, there is none or more than two,
    /// or the face has not 68 landmarks.</exception>
    public static Figure Network(
        IReadOnlyList<int> units,
        IReadOnlyList<UnitMatrix> matrices,
        float[] face,
        int pairs = 12,
        string title = "Which action units go together"
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(matrices);
        ArgumentNullException.ThrowIfNull(face);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        if (matrices.Count is < 1 or > 2)
            throw new ArgumentException(
                $"matrices: expected one or two side by side, found {matrices.Count}.",
                nameof(matrices)
            );
        CheckMatches("face", face.Length, 2 * Ibug68.Count);

        const int side = 380,
            caption = 22;
        var width = (side * matrices.Count) + (SheetGap * (matrices.Count - 1));
        var page = Math.Max(width + 24, SmallestWidth);
        var parts = new PlotlyParts(title, page, side + caption + 54 + 24);
        SetCanvas(parts, width, side + caption, right: page - width - 12, bottom: 36);
        double[] xs = [.. face.Where((_, k) => k % 2 == 0).Select(v => (double)v)],
            ys = [.. face.Where((_, k) => k % 2 == 1).Select(v => (double)v)];
        var scale = (side - 30) / Math.Max(xs.Max() - xs.Min(), ys.Max() - ys.Min());
        for (var k = 0; k < matrices.Count; k++)
        {
            var (left, top) = ((k * (side + SheetGap)) + ((side - (scale * (xs.Max() - xs.Min()))) / 2), caption + 15);
            var points = new float[face.Length];
            for (var i = 0; i < Ibug68.Count; i++)
                (points[2 * i], points[(2 * i) + 1]) = (
                    (float)(left + (scale * (xs[i] - xs.Min()))),
                    (float)(top + (scale * (ys[i] - ys.Min())))
                );
            CheckSquare(matrices[k], units);
            AddNetwork(parts, units, matrices[k], points, pairs);
            parts.Annotate(
                new
                {
                    text = PlotlyText.Escape(PlotlyText.Shorten(matrices[k].Name, 60)),
                    x = (k * (side + SheetGap)) + (side / 2),
                    y = 0,
                    yanchor = "top",
                    showarrow = false,
                    font = new { size = 12 },
                }
            );
        }
        // One face is narrower than the line.
        parts.Note(
            $"the {pairs} strongest pairs of each, wide: strong;{(matrices.Count == 1 ? "<br>" : " ")}"
                + "orange: together, blue and dashed: apart",
            0,
            -6
        );
        return parts.Build();
    }

    private static void AddNetwork(
        PlotlyParts parts,
        IReadOnlyList<int> units,
        UnitMatrix matrix,
        float[] points,
        int pairs
    )
    {
        List<double?> lineX = [],
            lineY = [];
        foreach (var (first, last, closed) in Contours)
        {
            foreach (var i in Enumerable.Range(first, last - first + 1).Concat(closed ? [first] : []))
                (lineX, lineY).AddPoint(points[2 * i], points[(2 * i) + 1]);
            (lineX, lineY).AddPoint(null, null);
        }
        parts.Add(
            "scatter",
            new
            {
                x = lineX,
                y = lineY,
                mode = "lines",
                line = new { color = "#C8C8C8", width = 2 },
                hoverinfo = "skip",
            }
        );

        var values = LearnedCorrelations.Symmetric(matrix.Values);
        var strongest = Enumerable
            .Range(0, units.Count)
            .SelectMany(i => Enumerable.Range(0, i).Select(j => (i, j, Value: values[i, j])))
            .Where(p => Math.Abs(p.Value) > 0)
            .OrderByDescending(p => Math.Abs(p.Value))
            .Take(pairs)
            .ToArray();
        var (most, least) =
            strongest.Length == 0 ? (0, 0) : (Math.Abs(strongest[0].Value), Math.Abs(strongest[^1].Value));
        foreach (var (i, j, value) in strongest)
        {
            var ((x0, y0), (x1, y1)) = (Place(units[i]), Place(units[j]));
            parts.Add(
                "scatter",
                new
                {
                    x = new[] { x0, (x0 + x1) / 2, x1 },
                    y = new[] { y0, (y0 + y1) / 2, y1 },
                    mode = "lines",
                    line = new
                    {
                        width = 1.5 + (most > least ? 5 * (Math.Abs(value) - least) / (most - least) : 2),
                        color = value < 0 ? Palette.Blue : Palette.Vermillion,
                        dash = value < 0 ? "dash" : "solid",
                    },
                    opacity = 0.65,
                    hoverinfo = "text",
                    hovertext = FormattableString.Invariant(
                        $"{ActionUnits.Get(units[j])} and {ActionUnits.Get(units[i])}: {value:0.000}"
                    ),
                }
            );
        }
        parts.Add(
            "scatter",
            new
            {
                x = units.Select(u => Place(u).X),
                y = units.Select(u => Place(u).Y),
                mode = "markers+text",
                marker = new
                {
                    size = 26,
                    color = "white",
                    line = new { width = 1.5, color = Palette.Ink },
                },
                text = units.Select(u => $"{u}"),
                textfont = new { size = 12, color = Palette.Ink },
                hoverinfo = "text",
                hovertext = UnitAxis.Names(units),
            }
        );

        (double X, double Y) Place(int unit)
        {
            if (!UnitPlaces.TryGetValue(unit, out var place))
                return OnCheek(unit);
            var (first, second, share) = place;
            return (
                ((1 - share) * points[2 * first]) + (share * points[2 * second]),
                ((1 - share) * points[(2 * first) + 1]) + (share * points[(2 * second) + 1])
            );
        }

        // Units that have no place of their own here stand in a row on the cheek.
        (double X, double Y) OnCheek(int unit)
        {
            int[] others = [.. units.Where(u => !UnitPlaces.ContainsKey(u))];
            var share = (Array.IndexOf(others, unit) + 1.0) / (others.Length + 1);
            var (jaw, nose) = (points[2 * 2], points[2 * 31]);
            return (jaw + (share * (nose - jaw)), points[(2 * 30) + 1]);
        }
    }

    private static double[,] WithoutDiagonal(double[,] values)
    {
        var copy = (double[,])values.Clone();
        for (var i = 0; i < copy.GetLength(0); i++)
            copy[i, i] = double.NaN;
        return copy;
    }
}
