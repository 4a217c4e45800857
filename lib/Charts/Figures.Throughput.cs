using System.Globalization;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>Images a second by the size of batches: training and prediction, both axes logarithmic.</summary>
    /// <param name="rows">At least one, by batch size.</param>
    /// <param name="title">The model and the device.</param>
    /// <exception cref="ArgumentException">There is no row.</exception>
    public static Figure ImagesPerSecond(
        IReadOnlyList<(int BatchSize, double Training, double Prediction)> rows,
        string title = "Images a second"
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
            throw new ArgumentException("rows: expected at least one, found none.", nameof(rows));
        var parts = new PlotlyParts(title, PageWidth, 380);
        Add("prediction", Palette.At(0), row => row.Prediction);
        Add("training", Palette.At(1), row => row.Training);
        var sizes = rows.Select(row => row.BatchSize).ToArray();
        // Plotly's own labels between powers of ten are a single digit, without the power.
        double[] rates =
        [
            .. Enumerable
                .Range(-2, 9)
                .SelectMany(power => new[] { 1, 2, 5 }.Select(digit => digit * Math.Pow(10, power))),
        ];
        parts.Set(
            "xaxis",
            new
            {
                title = new { text = "images in a batch", standoff = 6 },
                type = "log",
                tickvals = sizes,
                ticktext = sizes.Select(size => $"{size}"),
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
                title = new { text = "images per second" },
                type = "log",
                tickvals = rates,
                ticktext = rates.Select(rate => rate.ToString("#,0.##", CultureInfo.InvariantCulture)),
                automargin = true,
                gridcolor = "#E5E5E5",
                showline = true,
                linecolor = "#888888",
            }
        );
        parts.LegendBelow(-0.18);
        parts.Margin(60, 16, 44, 82);
        return parts.Build();

        void Add(string name, string color, Func<(int BatchSize, double Training, double Prediction), double> value) =>
            parts.Add(
                "scatter",
                new
                {
                    x = rows.Select(row => row.BatchSize),
                    y = PlotlyParts.Finite(rows.Select(value)),
                    mode = "lines+markers",
                    name,
                    line = new { color, width = 2.5 },
                    marker = new { color, size = 7 },
                    hovertemplate = "batches of %{x}: %{y:.4g} images per second<extra>%{fullData.name}</extra>",
                }
            );
    }
}
