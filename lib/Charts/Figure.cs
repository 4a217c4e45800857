using System.Globalization;
using System.Text;
using Plotly.NET;

namespace FanTrans.Charts;

using Plotly.NET.CSharp;

/// <summary>
/// A finished figure: a Plotly.NET chart that shows itself in a notebook and saves itself as a page that opens
/// without a network.
/// </summary>
/// <remarks>
/// How a figure finds plotly.js (3.6 MB), which must not stand in every output of a notebook:
/// <list type="bullet">
/// <item>A figure's HTML is its data and a small script. The script draws at once where the window has plotly.js
/// already. Otherwise it puts itself on the window's waiting list, and the first on the list asks the CDN, as
/// Plotly.NET.Interactive does.</item>
/// <item><see cref="PlotlyScript"/> brings plotly.js itself and then draws the whole waiting list. So it may stand
/// before or after the figures, once or often, and outputs may be shown in any order: an editor that draws an
/// output only when it is scrolled to still finds either the library or the list in its window.</item>
/// <item>A page of many figures (the notebook host's, or <see cref="ToHtmlPage"/>) carries the script once and
/// needs no network: the host takes it from the formatter's PageHead, and drops repeats by the script's
/// data-embed-once. A notebook that must open without a network has a cell <c>HTML(Figure.PlotlyScript)</c>.</item>
/// </list>
/// </remarks>
[TypeFormatterSource(typeof(FigureFormatterSource))]
public sealed class Figure
{
    private const string CssClass = "fantrans-figure";

    private static readonly Lazy<string> LibraryScript = new(MakeLibraryScript);
    private static int shown;

    private readonly string name;

    internal Figure(GenericChart chart, string name) => (Chart, this.name) = (chart, name);

    /// <summary>The chart, for whatever Plotly.NET can do with it.</summary>
    public GenericChart Chart { get; }

    /// <summary>
    /// A script element with plotly.js, 3.6 MB, that draws every figure of the window that waits for it, and lets
    /// the later ones draw at once. It takes care not to register with a module loader (require.js in Jupyter),
    /// which would keep the library from the window.
    /// </summary>
    public static string PlotlyScript => LibraryScript.Value;

    /// <summary>An HTML fragment: one element, and the script that draws into it once plotly.js is there.</summary>
    public string ToHtml()
    {
        // Ids count the fragments of this process, so that a figure may be shown twice on a page.
        var id = $"{CssClass}-{Interlocked.Increment(ref shown).ToString(CultureInfo.InvariantCulture)}";
        var layout = Chart.GetLayout();
        var (width, height) = (PlotlyParts.Get(layout, "width"), PlotlyParts.Get(layout, "height"));
        // In a string of JSON "<" may be written as an escape, and then no text can end the script element.
        var json = GenericChart.toJson(Chart).Replace("<", "\\u003c", StringComparison.Ordinal);
        return $$"""
            <div id="{{id}}" class="{{CssClass}}" role="img" aria-label="{{PlotlyText.Escape(
                name
            )}}" style="width:{{width}}px;height:{{height}}px;max-width:100%;overflow-x:auto;overflow-y:hidden"></div>
            <script>
            (function () {
              var figure = {{json}};
              function draw() {
                var element = document.getElementById("{{id}}");
                if (!element) return;
                element.textContent = "";
                window.Plotly.newPlot(element, figure.data, figure.layout, figure.config);
              }
              if (window.Plotly) { draw(); return; }
              var waiting = window.fantransFigures = window.fantransFigures || [];
              waiting.push(draw);
              document.getElementById("{{id}}").textContent = "This figure waits for plotly.js; without a network, a cell HTML(Figure.PlotlyScript) brings it.";
              if (waiting.length > 1) return;
              var loader = window.define, script = document.createElement("script");
              if (loader && loader.amd) window.define = undefined;
              script.onload = script.onerror = function () {
                if (loader && loader.amd) window.define = loader;
                if (window.Plotly) waiting.splice(0).forEach(function (draw) { draw(); });
              };
              script.src = "https://cdn.plot.ly/plotly-{{Globals.PLOTLYJS_VERSION}}.min.js";
              document.head.appendChild(script);
            })();
            </script>
            """;
    }

    /// <summary>A whole page that needs no network.</summary>
    public string ToHtmlPage() =>
        $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>{PlotlyText.Escape(name)}</title>
            {PlotlyScript}
            </head>
            <body>
            {ToHtml()}
            </body>
            </html>

            """;

    /// <summary>Writes <see cref="ToHtmlPage"/> to a file.</summary>
    /// <param name="path">The file to write or replace.</param>
    public void SaveHtml(string path) => File.WriteAllText(path, ToHtmlPage());

    /// <summary>What it shows, for a terminal.</summary>
    public override string ToString() => $"figure: {name}";

    private static string MakeLibraryScript()
    {
        // The resource that Plotly.NET takes for PlotlyJSReference.Full.
        var resource = $"Plotly.NET.plotly-{Globals.PLOTLYJS_VERSION}.min.js";
        using var stream =
            typeof(GenericChart).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException(
                $"{typeof(GenericChart).Assembly.GetName()} carries no {resource}; expected Plotly.NET 6.0.0."
            );
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return $$"""
            <script data-embed-once="plotly.js">
            (function (define, exports, module) {
            {{reader.ReadToEnd()}}
            })();
            (window.fantransFigures || []).splice(0).forEach(function (draw) { draw(); });
            </script>
            """;
    }
}
