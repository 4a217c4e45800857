namespace Plotly.NET;

/// <summary>Where a page takes plotly.js from.</summary>
public sealed class PlotlyJSReference
{
    private PlotlyJSReference(string? source, bool isFull) => (Source, IsFull) = (source, isFull);

    /// <summary>plotly.js itself stands in the page.</summary>
    public static PlotlyJSReference Full { get; } = new(null, true);

    /// <summary>The page has it already.</summary>
    public static PlotlyJSReference NoReference { get; } = new(null, false);

    public bool IsCDN => Source is not null;

    public bool IsFull { get; }

    internal string? Source { get; }

    /// <summary>The page loads it from an address.</summary>
    public static PlotlyJSReference NewCDN(string item) => new(item, false);
}

/// <summary>How the page around a chart is made.</summary>
public class DisplayOptions : DynamicObj.DynamicObj
{
    public static DisplayOptions initCDNOnly()
    {
        var options = new DisplayOptions();
        options.SetValue(
            nameof(PlotlyJSReference),
            PlotlyJSReference.NewCDN($"https://cdn.plot.ly/plotly-{Globals.PLOTLYJS_VERSION}.min.js"));
        return options;
    }

    public static PlotlyJSReference getPlotlyReference(DisplayOptions displayOpts) =>
        displayOpts.GetProperties(false).FirstOrDefault(property => property.Key == nameof(PlotlyJSReference)).Value
            as PlotlyJSReference ?? PlotlyJSReference.NoReference;
}
