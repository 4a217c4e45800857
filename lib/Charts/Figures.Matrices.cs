using FanTrans.Evaluation;

namespace FanTrans.Charts;

public static partial class Figures
{
    private const int NamesWidth = 170;
    private const int ColorBarWidth = 64;
    private const int PanelGap = 26;

    // Below this a number does not fit its cell.
    private const double SmallestCellWithNumber = 19;

    /// <summary>
    /// Correlations of action units side by side, for example of the labels and of what the attention drop learned:
    /// blue is -1, white 0, red 1, on one scale for all.
    /// </summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="matrices">One to three matrices, N x N, -1 to 1.</param>
    /// <param name="title">What is compared.</param>
    /// <exception cref="ArgumentException">A matrix is not N x N or leaves its range,
    /// or there is none or more than three.</exception>
    public static Figure Correlations(
        IReadOnlyList<int> units,
        IReadOnlyList<UnitMatrix> matrices,
        string title = "Correlation of action units"
    ) => Matrices(units, matrices, title, -1, Palette.Signed, Short);

    /// <summary>Probabilities between action units side by side, such as the attention drop's keep probabilities: white
    /// is 0, dark blue 1.</summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="matrices">One to three matrices, N x N, 0 to 1.</param>
    /// <param name="title">What is compared.</param>
    /// <exception cref="ArgumentException">A matrix is not N x N or leaves its range,
    /// or there is none or more than three.</exception>
    public static Figure ProbabilityMatrices(
        IReadOnlyList<int> units,
        IReadOnlyList<UnitMatrix> matrices,
        string title = "Probabilities between action units"
    ) => Matrices(units, matrices, title, 0, Palette.Share, Short);

    /// <summary>
    /// How often the column's action unit is present where the row's is, in percent, over the frames that know both.
    /// </summary>
    /// <param name="units">The FACS numbers of the N action units.</param>
    /// <param name="labels">One row per frame: N labels of 0 absent, 1 present, 9 unknown.</param>
    /// <param name="title">Whose labels they are.</param>
    /// <exception cref="ArgumentException">A row has another length, or a label is none of 0, 1 and 9.</exception>
    public static Figure CoOccurrence(
        IReadOnlyList<int> units,
        IReadOnlyList<sbyte[]> labels,
        string title = "Co-occurrence of action units"
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(labels);
        for (var frame = 0; frame < labels.Count; frame++)
            UnitAxis.CheckCount($"labels of frame {frame}", labels[frame].Length, units);
        var shares = LabelCorrelation.Conditional(labels);
        return Matrices(
            units,
            [new UnitMatrix("share of the row's frames that also show the column's (%)", shares)],
            title,
            0,
            Palette.Share,
            value => Fixed(100 * value, 0),
            tickformat: ".0%"
        );
    }

    private static Figure Matrices(
        IReadOnlyList<int> units,
        IReadOnlyList<UnitMatrix> matrices,
        string title,
        double lowest,
        object[][] scale,
        Func<double, string> write,
        string tickformat = ""
    )
    {
        UnitAxis.Check(units);
        ArgumentNullException.ThrowIfNull(matrices);
        if (matrices.Count is < 1 or > 3)
            throw new ArgumentException(
                $"matrices: expected one to three side by side, found {matrices.Count}.",
                nameof(matrices)
            );

        var inner = PageWidth - NamesWidth - ColorBarWidth;
        var panel = Math.Min((inner - (PanelGap * (matrices.Count - 1))) / matrices.Count, 36 * units.Count);
        var width = (panel * matrices.Count) + (PanelGap * (matrices.Count - 1));
        var cell = (double)panel / units.Count;
        var parts = new PlotlyParts(title, NamesWidth + width + ColorBarWidth, panel + 70 + 50);
        parts.Margin(NamesWidth, ColorBarWidth, 70, 50);
        for (var i = 0; i < matrices.Count; i++)
        {
            Check(matrices[i], units, lowest);
            var axis = i == 0 ? "" : $"{i + 1}";
            var from = i * (panel + PanelGap) / (double)width;
            var to = ((i * (panel + PanelGap)) + panel) / (double)width;
            parts.Add(
                "heatmap",
                new
                {
                    x = UnitAxis.Codes(units),
                    y = UnitAxis.Names(units),
                    z = Rows(matrices[i].Values),
                    xaxis = $"x{axis}",
                    yaxis = $"y{axis}",
                    zmin = lowest,
                    zmax = 1,
                    colorscale = scale,
                    xgap = 1,
                    ygap = 1,
                    hoverongaps = false,
                    hovertemplate = "%{y}, %{x}: %{z:.3f}<extra></extra>",
                    showscale = i == matrices.Count - 1,
                    colorbar = new
                    {
                        thickness = 12,
                        len = 1,
                        x = 1.0,
                        xpad = 10,
                        outlinewidth = 0,
                        nticks = 5,
                        tickformat,
                    },
                }
            );
            if (cell >= SmallestCellWithNumber)
                AddNumbers(parts, units, matrices[i].Values, axis, lowest, scale, write, size: cell >= 26 ? 10 : 9);
            parts.Set(
                $"xaxis{axis}",
                new
                {
                    range = new[] { -0.5, units.Count - 0.5 },
                    domain = new[] { from, to },
                    anchor = $"y{axis}",
                    type = "category",
                    tickangle = -90,
                    tickfont = new { size = 11 },
                    showgrid = false,
                    ticks = "outside",
                    ticklen = 3,
                    tickcolor = "white",
                    dtick = 1,
                }
            );
            parts.Set(
                $"yaxis{axis}",
                new
                {
                    anchor = $"x{axis}",
                    type = "category",
                    range = new[] { units.Count - 0.5, -0.5 },
                    showticklabels = i == 0,
                    tickfont = new { size = 11 },
                    showgrid = false,
                    ticks = "outside",
                    ticklen = 3,
                    tickcolor = "white",
                    dtick = 1,
                }
            );
            parts.Annotate(
                new
                {
                    text = PlotlyText.Escape(PlotlyText.Shorten(matrices[i].Name, panel / 6)),
                    xref = "paper",
                    yref = "paper",
                    x = from,
                    xanchor = "left",
                    y = 1,
                    yanchor = "bottom",
                    yshift = 4,
                    showarrow = false,
                    font = new { size = 12 },
                }
            );
        }
        return parts.Build();
    }

    private static void CheckSquare(UnitMatrix matrix, IReadOnlyList<int> units)
    {
        var (rows, columns) = (matrix.Values.GetLength(0), matrix.Values.GetLength(1));
        if (rows != units.Count || columns != units.Count)
            throw new ArgumentException(
                $"{matrix.Name}: expected {units.Count} x {units.Count} values, found {rows} x {columns}."
            );
    }

    private static void Check(UnitMatrix matrix, IReadOnlyList<int> units, double lowest)
    {
        CheckSquare(matrix, units);
        var outside = matrix.Values.Cast<double>().Where(value => value < lowest - 1e-6 || value > 1 + 1e-6).ToList();
        if (outside.Count > 0)
            throw new ArgumentException(
                FormattableString.Invariant($"{matrix.Name}: expected {lowest} to 1, found {outside[0]}.")
            );
    }

    // Plotly's own numbers on a heatmap are dark grey, too faint on the middle blues and reds.
    private static void AddNumbers(
        PlotlyParts parts,
        IReadOnlyList<int> units,
        double[,] values,
        string axis,
        double lowest,
        object[][] scale,
        Func<double, string> write,
        int size
    )
    {
        List<string> x = [],
            y = [],
            text = [],
            color = [];
        var (codes, names) = (UnitAxis.Codes(units), UnitAxis.Names(units));
        for (var i = 0; i < units.Count; i++)
        {
            for (var j = 0; j < units.Count; j++)
            {
                if (!double.IsFinite(values[i, j]))
                    continue;
                x.Add(codes[j]);
                y.Add(names[i]);
                text.Add(write(values[i, j]));
                color.Add(Palette.InkOn(scale, (values[i, j] - lowest) / (1 - lowest)));
            }
        }
        parts.Add(
            "scatter",
            new
            {
                x,
                y,
                text,
                mode = "text",
                textfont = new { size, color },
                xaxis = $"x{axis}",
                yaxis = $"y{axis}",
                hoverinfo = "skip",
                showlegend = false,
            }
        );
    }

    // ".45" and "-.12": the zero before the point, or a wide minus sign, would not fit.
    private static string Short(double value)
    {
        var text = Fixed(Math.Abs(value), 2);
        var sign = value < 0 && text.Any(c => c is > '0' and <= '9') ? "-" : "";
        return sign + (text[0] == '0' ? text[1..] : text);
    }
}

/// <summary>One value for every pair of action units.</summary>
/// <param name="Name">What it is, for example "labels" or "learned keep probability".</param>
/// <param name="Values">N x N, rows and columns in the figure's order of action units; NaN leaves a cell empty.</param>
public sealed record UnitMatrix(string Name, double[,] Values);
