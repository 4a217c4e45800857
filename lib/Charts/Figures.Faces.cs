using FanTrans.Data;

namespace FanTrans.Charts;

public static partial class Figures
{
    private const int SheetGap = 8;
    private const int CaptionHeight = 18;
    private const int WidestUnasked = 8;
    private const int MostSheetColumns = 12;
    private const int LargestSheetSide = 200;

    // Narrower than this a title does not fit beside plotly's buttons.
    private const int SmallestWidth = 480;

    // A picture is shown at up to twice its pixels' density, as sharp as most screens can show it.
    private const int PixelDensity = 2;

    private const string Predicted = "#00FF7F",
        Annotated = "#FFD92F";

    // The lines of the iBUG annotation: from, to, and whether the last point joins the first.
    private static readonly (int First, int Last, bool Closed)[] Contours =
    [
        (0, 16, false),
        (17, 21, false),
        (22, 26, false),
        (27, 30, false),
        (31, 35, false),
        (36, 41, true),
        (42, 47, true),
        (48, 59, true),
        (60, 67, true),
    ];

    /// <summary>A contact sheet: pictures in rows, each with its caption below.</summary>
    /// <param name="images">One to some hundred pictures of any size.</param>
    /// <param name="captions">One line per picture, or none at all; what does not fit is shown when pointed at.</param>
    /// <param name="landmarks">Points to draw, (x, y) pairs in pixels of each picture (any even count; NaN is skipped),
    /// or none at all.</param>
    /// <param name="title">What the sheet shows.</param>
    /// <param name="columns">Pictures in a row, 1 to 12; null for as many as suit their number.</param>
    /// <param name="truth">Annotated points to draw in yellow below the others, likewise, or none at all.</param>
    /// <exception cref="ArgumentException">There is no picture, or another number
    /// of captions or landmark arrays.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of columns is out of range.</exception>
    public static Figure ContactSheet(
        IReadOnlyList<RgbImage> images,
        IReadOnlyList<string>? captions = null,
        IReadOnlyList<float[]>? landmarks = null,
        string title = "Faces",
        int? columns = null,
        IReadOnlyList<float[]>? truth = null
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
            throw new ArgumentException("images: expected at least one picture, found none.", nameof(images));
        CheckMatches("captions", captions?.Count, images.Count);
        CheckMatches("landmarks", landmarks?.Count, images.Count);
        CheckMatches("truth", truth?.Count, images.Count);

        if (columns is < 1 or > MostSheetColumns)
            throw new ArgumentOutOfRangeException(nameof(columns), columns, $"expected 1 to {MostSheetColumns}.");
        var across = Math.Min(
            images.Count,
            columns ?? Math.Clamp((int)Math.Ceiling(Math.Sqrt(images.Count * 1.6)), 4, WidestUnasked)
        );
        var inner = PageWidth - 24;
        var side = Math.Min((inner - (SheetGap * (across - 1))) / across, LargestSheetSide);
        var pitchY = side + SheetGap + (captions is null ? 0 : CaptionHeight);
        var rows = (images.Count + across - 1) / across;
        var (width, height) = ((across * (side + SheetGap)) - SheetGap, (rows * pitchY) - SheetGap);

        var page = Math.Max(width + 24, SmallestWidth);
        var parts = new PlotlyParts(title, page, height + 54);
        SetCanvas(parts, width, height, right: page - width - 12);
        (List<double?> X, List<double?> Y) points = ([], []),
            truths = ([], []);
        List<double> centerX = [],
            centerY = [];
        for (var i = 0; i < images.Count; i++)
        {
            var (left, top) = ((i % across) * (side + SheetGap), (i / across) * pitchY);
            var scale = PlaceImage(parts, images[i], left, top, side);
            (centerX, centerY).AddPoint(left + (side / 2.0), top + (side / 2.0));
            if (captions is not null)
            {
                parts.Annotate(
                    new
                    {
                        x = left + (side / 2.0),
                        y = top + side,
                        yanchor = "top",
                        text = PlotlyText.Escape(PlotlyText.Shorten(captions[i], 2 * side / 13)),
                        showarrow = false,
                        font = new { size = 11 },
                        borderpad = 1,
                    }
                );
            }
            var (offsetX, offsetY) = Inset(images[i], left, top, side, scale);
            Collect(truth?[i], truths, offsetX, offsetY, scale);
            Collect(landmarks?[i], points, offsetX, offsetY, scale);
        }
        foreach (var ((x, y), color) in new[] { (truths, Annotated), (points, Predicted) })
        {
            if (x.Count > 0)
                parts.Add(
                    "scatter",
                    new
                    {
                        x,
                        y,
                        mode = "markers",
                        marker = new { size = 3, color },
                        hoverinfo = "skip",
                    }
                );
        }

        // An invisible point in each picture's middle carries the whole caption.
        parts.Add(
            "scatter",
            new
            {
                x = centerX,
                y = centerY,
                mode = "markers",
                marker = new { size = side / 2, opacity = 0 },
                hoverinfo = captions is null ? "skip" : "text",
                hovertext = captions?.Select(PlotlyText.Escape),
            }
        );
        return parts.Build();
    }

    /// <summary>One face with its 68 landmarks as points and contours; an invisible landmark is hollow.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="landmarks">136 values: 68 x (x, y) in pixels of the picture, iBUG order; NaN is skipped.</param>
    /// <param name="visible">68 flags, or null where all can be seen.</param>
    /// <param name="truth">136 annotated values to compare with, or null.</param>
    /// <param name="title">What the picture shows.</param>
    /// <exception cref="ArgumentException">An array has another length.</exception>
    public static Figure Landmarks(
        RgbImage image,
        float[] landmarks,
        IReadOnlyList<bool>? visible = null,
        float[]? truth = null,
        string title = "Landmarks"
    )
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(landmarks);
        CheckMatches("landmarks", landmarks.Length, 2 * Ibug68.Count);
        CheckMatches("visible", visible?.Count, Ibug68.Count);
        CheckMatches("truth", truth?.Length, 2 * Ibug68.Count);

        const int side = 520;
        var scale = Math.Min((double)side / image.Width, (double)side / image.Height);
        var (width, height) = ((int)(image.Width * scale), (int)(image.Height * scale));
        var page = Math.Max(width + 24, SmallestWidth);
        var legend = truth is null ? 0 : 26;
        var parts = new PlotlyParts(title, page, height + 54 + legend);
        SetCanvas(parts, width, height, right: page - width - 12, bottom: 12 + legend);
        PlaceImage(parts, image, (width - side) / 2.0, (height - side) / 2.0, side);
        if (truth is not null)
            AddShape(parts, truth, null, scale, "annotated", Annotated);
        AddShape(parts, landmarks, visible, scale, truth is null ? "landmarks" : "predicted", Predicted);
        parts.Set("showlegend", truth is not null);
        parts.Set(
            "legend",
            new
            {
                orientation = "h",
                x = 0,
                y = 0,
                yanchor = "top",
                bgcolor = "#555555",
                font = new { color = "white" },
            }
        );
        return parts.Build();
    }

    /// <summary>A face with a map laid over it, such as the sum of the landmark heatmaps or an attention map.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="heat">Rows x columns, spread evenly over the picture; the darkest colour is the largest value, none
    /// is 0 or below.</param>
    /// <param name="title">What the map shows.</param>
    /// <exception cref="ArgumentException">The map is empty or has no finite value above 0.</exception>
    public static Figure HeatOverFace(RgbImage image, double[,] heat, string title = "Heat over the face")
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(heat);
        var largest = heat.Cast<double>().Where(double.IsFinite).DefaultIfEmpty(0).Max();
        if (largest <= 0)
            throw new ArgumentException(
                $"heat: expected a value above 0, found none in {heat.GetLength(0)} x {heat.GetLength(1)}.",
                nameof(heat)
            );

        const int side = 480;
        var scale = Math.Min((double)side / image.Width, (double)side / image.Height);
        var (width, height) = ((int)(image.Width * scale), (int)(image.Height * scale));
        var page = Math.Max(width + 110, SmallestWidth);
        var parts = new PlotlyParts(title, page, height + 54);
        SetCanvas(parts, width, height, right: page - width - 12);
        PlaceImage(parts, image, (width - side) / 2.0, (height - side) / 2.0, side);
        var (stepX, stepY) = ((double)width / heat.GetLength(1), (double)height / heat.GetLength(0));
        parts.Add(
            "heatmap",
            new
            {
                z = Rows(heat),
                x0 = stepX / 2,
                dx = stepX,
                y0 = stepY / 2,
                dy = stepY,
                zmin = 0,
                zmax = largest,
                colorscale = Palette.Heat,
                zsmooth = "best",
                hovertemplate = "%{z:.3g}<extra></extra>",
                colorbar = new
                {
                    thickness = 14,
                    len = 0.9,
                    tickformat = ".2g",
                    outlinewidth = 0,
                },
            }
        );
        return parts.Build();
    }

    private static void Collect(
        float[]? landmarks,
        (List<double?> X, List<double?> Y) points,
        double offsetX,
        double offsetY,
        double scale
    )
    {
        for (var k = 0; k + 1 < (landmarks?.Length ?? 0); k += 2)
        {
            if (float.IsFinite(landmarks![k]) && float.IsFinite(landmarks[k + 1]))
                points.AddPoint(Pixel(offsetX + (landmarks[k] * scale)), Pixel(offsetY + (landmarks[k + 1] * scale)));
        }
    }

    // One unit of both axes is one pixel of the page, y downwards, so pictures and points are placed in pixels.
    private static void SetCanvas(PlotlyParts parts, int width, int height, int right, int bottom = 12)
    {
        parts.Set("xaxis", new { range = new[] { 0, width }, visible = false });
        parts.Set(
            "yaxis",
            new
            {
                range = new[] { height, 0 },
                visible = false,
                scaleanchor = "x",
            }
        );
        parts.Margin(12, right, 42, bottom);
        parts.Set("hovermode", "closest");
        parts.Set("showlegend", false);
    }

    // Fits a picture into a square; gives page pixels per picture pixel.
    private static double PlaceImage(PlotlyParts parts, RgbImage image, double left, double top, int side)
    {
        var scale = Math.Min((double)side / image.Width, (double)side / image.Height);
        var (x, y) = Inset(image, left, top, side, scale);
        var reduction = Math.Min(1, PixelDensity * scale);
        var sent =
            reduction < 1
                ? image.Resize(
                    Math.Max(1, (int)(image.Width * reduction)),
                    Math.Max(1, (int)(image.Height * reduction))
                )
                : image;
        parts.Image(
            new
            {
                source = $"data:image/png;base64,{Convert.ToBase64String(sent.ToPng())}",
                xref = "x",
                yref = "y",
                x,
                y,
                sizex = image.Width * scale,
                sizey = image.Height * scale,
                sizing = "stretch",
                layer = "below",
            }
        );
        return scale;
    }

    private static (double X, double Y) Inset(RgbImage image, double left, double top, int side, double scale) =>
        (left + ((side - (image.Width * scale)) / 2), top + ((side - (image.Height * scale)) / 2));

    private static void AddShape(
        PlotlyParts parts,
        float[] landmarks,
        IReadOnlyList<bool>? visible,
        double scale,
        string name,
        string color
    )
    {
        double? X(int i) => Pixel(landmarks[2 * i] * scale);
        double? Y(int i) => Pixel(landmarks[(2 * i) + 1] * scale);

        List<double?> lineX = [],
            lineY = [];
        foreach (var (first, last, closed) in Contours)
        {
            for (var i = first; i <= last; i++)
                (lineX, lineY).AddPoint(X(i), Y(i));
            if (closed)
                (lineX, lineY).AddPoint(X(first), Y(first));
            (lineX, lineY).AddPoint(null, null);
        }
        parts.Add(
            "scatter",
            new
            {
                x = lineX,
                y = lineY,
                mode = "lines",
                name,
                legendgroup = name,
                line = new { color, width = 1.5 },
                opacity = 0.8,
                hoverinfo = "skip",
            }
        );
        var all = Enumerable.Range(0, Ibug68.Count).ToArray();
        parts.Add(
            "scatter",
            new
            {
                x = all.Select(X),
                y = all.Select(Y),
                mode = "markers",
                legendgroup = name,
                showlegend = false,
                marker = new
                {
                    size = 5,
                    color,
                    symbol = all.Select(i => visible is null || visible[i] ? "circle" : "circle-open"),
                },
                hovertext = all.Select(i => $"{name} {i}{(visible is null || visible[i] ? "" : ", not visible")}"),
                hoverinfo = "text",
            }
        );
    }

    private static double? Pixel(double value) => double.IsFinite(value) ? Math.Round(value, 2) : null;

    private static double?[][] Rows(double[,] values) =>
        [
            .. Enumerable
                .Range(0, values.GetLength(0))
                .Select(row =>
                    PlotlyParts.Finite(Enumerable.Range(0, values.GetLength(1)).Select(column => values[row, column]))
                ),
        ];

    private static void AddPoint<T>(this (List<T> X, List<T> Y) points, T x, T y)
    {
        points.X.Add(x);
        points.Y.Add(y);
    }

    private static void CheckMatches(string what, int? found, int expected)
    {
        if (found is not null && found != expected)
            throw new ArgumentException($"{what}: expected {expected}, found {found}.", what);
    }
}
