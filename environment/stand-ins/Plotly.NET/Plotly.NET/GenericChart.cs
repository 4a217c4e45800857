using Newtonsoft.Json;

namespace Plotly.NET;

/// <summary>A chart: its traces, its layout, and how it behaves and is shown. A changed one is a new one.</summary>
public sealed class GenericChart
{
    private readonly Layout layout;
    private readonly Config config;
    private readonly DisplayOptions displayOptions;

    private GenericChart(IReadOnlyList<Trace> traces, Layout layout, Config config, DisplayOptions displayOptions) =>
        (Traces, this.layout, this.config, this.displayOptions) = (traces, layout, config, displayOptions);

    internal IReadOnlyList<Trace> Traces { get; }

    public static GenericChart ofTraceObject(bool useDefaults, Trace trace) =>
        ofTraceObjects<Trace[]>(useDefaults, [trace]);

    /// <param name="useDefaults">A size of 600 x 600; otherwise an empty layout.</param>
    /// <param name="traces">At least one trace.</param>
    public static GenericChart ofTraceObjects<@d>(bool useDefaults, @d traces)
        where @d : IEnumerable<Trace>
    {
        var layout = new Layout();
        if (useDefaults)
        {
            layout.SetValue("width", 600);
            layout.SetValue("height", 600);
        }
        return new GenericChart([.. traces], layout, new Config(), DisplayOptions.initCDNOnly());
    }

    /// <summary>All traces in one chart; a layout's property that several set is the last one's.</summary>
    public static GenericChart combine(IEnumerable<GenericChart> gCharts) =>
        gCharts.Aggregate((first, second) => new GenericChart(
            [.. first.Traces, .. second.Traces],
            Layout.combine(first.layout, second.layout),
            Config.combine(first.config, second.config),
            second.displayOptions));

    public static int countTrace(GenericChart gChart) => gChart.Traces.Count;

    public static Layout getLayout(GenericChart gChart) => gChart.layout;

    public static GenericChart setLayout(Layout layout, GenericChart gChart) =>
        new(gChart.Traces, layout, gChart.config, gChart.displayOptions);

    public static GenericChart addLayout(Layout layout, GenericChart gChart) =>
        setLayout(Layout.combine(gChart.layout, layout), gChart);

    public static Config getConfig(GenericChart gChart) => gChart.config;

    public static GenericChart setConfig(Config config, GenericChart gChart) =>
        new(gChart.Traces, gChart.layout, config, gChart.displayOptions);

    public static DisplayOptions getDisplayOptions(GenericChart gChart) => gChart.displayOptions;

    public static GenericChart setDisplayOptions(DisplayOptions displayOpts, GenericChart gChart) =>
        new(gChart.Traces, gChart.layout, gChart.config, displayOpts);

    /// <summary>The JSON object {data, layout, config}.</summary>
    public static string toJson(GenericChart gChart) =>
        Json(new { data = gChart.Traces, gChart.layout, gChart.config });

    /// <summary>The JSON object {data, layout, frames}, plotly's own file format of a figure.</summary>
    public static string toFigureJson(GenericChart gChart) =>
        Json(new { data = gChart.Traces, gChart.layout, frames = Array.Empty<object>() });

    /// <summary>The chart's element and the script that draws it, for a page that has plotly.js.</summary>
    public static string toChartHTML(GenericChart gChart)
    {
        var id = Guid.NewGuid();
        return $"<div><div id=\"{id}\"></div><script type=\"text/javascript\">Plotly.newPlot('{id}', {Json(gChart.Traces)}, "
            + $"{Json(gChart.layout)}, {Json(gChart.config)});</script></div>";
    }

    /// <summary>A whole page, with plotly.js as the display options say.</summary>
    public static string toEmbeddedHTML(GenericChart gChart)
    {
        var reference = DisplayOptions.getPlotlyReference(gChart.displayOptions);
        var library = reference.IsFull ? $"<script type=\"text/javascript\">{Globals.PlotlyJs()}</script>"
            : reference.IsCDN ? $"<script src=\"{reference.Source}\" charset=\"utf-8\"></script>"
            : "";
        return $"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">{library}</head><body>{toChartHTML(gChart)}</body></html>";
    }

    private static string Json(object value) => JsonConvert.SerializeObject(value);
}
