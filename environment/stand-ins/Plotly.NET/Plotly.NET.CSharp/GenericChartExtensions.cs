namespace Plotly.NET.CSharp;

/// <summary>What C# code does with a finished chart.</summary>
public static class GenericChartExtensions
{
    public static Layout GetLayout(this GenericChart gChart) => GenericChart.getLayout(gChart);

    public static Trace[] GetTraces(this GenericChart gChart) => [.. gChart.Traces];

    /// <summary>Sets the size in pixels, in the chart's own layout.</summary>
    public static GenericChart WithSize(this GenericChart gChart, Optional<int> Width = default, Optional<int> Height = default)
    {
        var layout = GenericChart.getLayout(gChart);
        if (Width.IsSome)
            layout.SetValue("width", Width.Value);
        if (Height.IsSome)
            layout.SetValue("height", Height.Value);
        return gChart;
    }

    /// <summary>Writes a page; ".html" is added to a path without it.</summary>
    public static void SaveHtml(this GenericChart gChart, string path, Optional<bool> OpenInBrowser = default)
    {
        var file = path.EndsWith(".html", StringComparison.Ordinal) ? path : $"{path}.html";
        File.WriteAllText(file, GenericChart.toEmbeddedHTML(gChart));
        if (OpenInBrowser is { IsSome: true, Value: true })
            System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(file) { UseShellExecute = true });
    }
}
