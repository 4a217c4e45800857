using Plotly.NET;

namespace FanTrans.Charts;

/// <summary>Collects a figure's traces and layout; property names are those of plotly.js.</summary>
internal sealed class PlotlyParts
{
    private readonly string name;
    private readonly List<Trace> traces = [];
    private readonly List<object> annotations = [];
    private readonly List<object> images = [];
    private readonly List<object> shapes = [];
    private readonly Layout layout = new();

    /// <param name="name">What the figure shows, for its title and its page; not escaped yet.</param>
    /// <param name="width">Pixels of the page.</param>
    /// <param name="height">Pixels of the page.</param>
    public PlotlyParts(string name, int width, int height)
    {
        this.name = name;
        Set(
            "title",
            new
            {
                text = PlotlyText.Escape(name),
                font = new { size = 15 },
                x = 0,
                xanchor = "left",
                y = 1,
                yanchor = "top",
                pad = new { l = 12, t = 12 },
            }
        );
        Set("width", width);
        Set("height", height);
        Set(
            "font",
            new
            {
                family = "Segoe UI, Helvetica Neue, Arial, sans-serif",
                size = 12,
                color = Palette.Ink,
            }
        );
        Set("paper_bgcolor", "white");
        Set("plot_bgcolor", "white");
    }

    public static object? Get(Layout layout, string property) =>
        layout.GetProperties(false).FirstOrDefault(pair => pair.Key == property).Value;

    /// <summary>A missing number is null: JSON has no NaN, and plotly leaves a gap at null.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? Math.Round(value, 5) : null;

    public static double?[] Finite(IEnumerable<double> values) => [.. values.Select(Finite)];

    /// <summary>The bar of colours right of a matrix, as high as the plot.</summary>
    /// <param name="ticks">Its numbers, at most.</param>
    public static object ColorBar(int ticks) =>
        new
        {
            thickness = 12,
            len = 1,
            x = 1.0,
            xpad = 10,
            outlinewidth = 0,
            nticks = ticks,
        };

    public void Set(string property, object value) => layout.SetProperty(property, value);

    /// <summary>Pixels around the plot.</summary>
    public void Margin(int l, int r, int t, int b) =>
        Set(
            "margin",
            new
            {
                l,
                r,
                t,
                b,
            }
        );

    /// <summary>The names of the traces side by side, below the plot.</summary>
    /// <param name="y">How far, in heights of the plot; negative is below it.</param>
    public void LegendBelow(double y)
    {
        Set("showlegend", true);
        Set(
            "legend",
            new
            {
                orientation = "h",
                x = 0,
                y,
                yanchor = "top",
            }
        );
    }

    /// <param name="type">plotly.js's name of the trace type.</param>
    /// <param name="properties">An anonymous object of the trace's properties.</param>
    public void Add(string type, object properties)
    {
        var trace = new Trace(type);
        foreach (var property in properties.GetType().GetProperties())
            trace.SetProperty(property.Name, property.GetValue(properties));
        traces.Add(trace);
    }

    public void Annotate(object annotation) => annotations.Add(annotation);

    /// <summary>A small grey line below the plot that says how to read it.</summary>
    /// <param name="text">The line.</param>
    /// <param name="xshift">Pixels from the plot's left edge.</param>
    /// <param name="yshift">Pixels from its lower edge, negative below it.</param>
    public void Note(string text, int xshift, int yshift) =>
        Annotate(
            new
            {
                text,
                align = "left",
                xref = "paper",
                yref = "paper",
                x = 0,
                xanchor = "left",
                xshift,
                y = 0,
                yanchor = "top",
                yshift,
                showarrow = false,
                font = new { size = 11, color = "#666666" },
            }
        );

    public void Shape(object shape) => shapes.Add(shape);

    /// <summary>A dashed line from top to bottom, behind the marks:
    /// from here on an action unit counts as present.</summary>
    /// <param name="at">Its place on the axis of probabilities.</param>
    public void Threshold(double at) =>
        Shape(
            new
            {
                type = "line",
                x0 = at,
                x1 = at,
                yref = "paper",
                y0 = 0,
                y1 = 1,
                line = new
                {
                    color = Palette.Vermillion,
                    width = 1.5,
                    dash = "dash",
                },
                layer = "below",
            }
        );

    public void Image(object image) => images.Add(image);

    public Figure Build()
    {
        Set("annotations", annotations);
        Set("images", images);
        Set("shapes", shapes);
        var config = new Config();
        config.SetProperty("displaylogo", false);
        config.SetProperty("responsive", false);
        config.SetProperty("modeBarButtonsToRemove", new[] { "select2d", "lasso2d", "autoScale2d" });
        config.SetProperty("toImageButtonOptions", new { scale = 3 });
        var display = new DisplayOptions();
        display.SetProperty(nameof(PlotlyJSReference), PlotlyJSReference.Full);

        var chart = GenericChart.ofTraceObjects(false, traces);
        chart = GenericChart.setLayout(layout, chart);
        chart = GenericChart.setConfig(config, chart);
        return new Figure(GenericChart.setDisplayOptions(display, chart), name);
    }
}
