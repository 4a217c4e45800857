/// <summary>Constants of the real package; its module lies in no namespace.</summary>
public static class Globals
{
    /// <summary>The version of plotly.js that the assembly carries.</summary>
    public const string PLOTLYJS_VERSION = "2.27.1";

    internal static string PlotlyJs()
    {
        using var resource = typeof(Globals).Assembly.GetManifestResourceStream($"Plotly.NET.plotly-{PLOTLYJS_VERSION}.min.js")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
