namespace Plotly.NET.Interactive;

/// <summary>A chart as the HTML of a notebook's output.</summary>
public static class Formatters
{
    /// <summary>The chart's element and script, after a script element that loads plotly.js.</summary>
    public static string toInteractiveHTML(GenericChart gChart) =>
        $"<script src=\"https://cdn.plot.ly/plotly-{Globals.PLOTLYJS_VERSION}.min.js\" charset=\"utf-8\"></script>"
        + GenericChart.toChartHTML(gChart);
}
