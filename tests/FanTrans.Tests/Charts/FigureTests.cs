using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plotly.NET;

namespace FanTrans.Tests.Charts;

using Plotly.NET.CSharp;
using Figure = FanTrans.Charts.Figure;

public class FigureTests
{
    public static TheoryData<string> Names => SampleFigures.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void NoTextFromOutsideEndsTheScriptOrStartsATag(string name)
    {
        var html = SampleFigures.All[name](SampleFigures.Hostile).ToHtml();

        Assert.Single(Regex.Matches(html, "</script>"));
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;/script&gt;&lt;b&gt;a &amp; &#34;b&#34;&lt;/b&gt;", html, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NoMissingNumberBecomesText(string name)
    {
        var json = SampleFigures.Json(SampleFigures.All[name]("title"));

        Assert.DoesNotContain("NaN", json, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", json, StringComparison.Ordinal);
        using var parsed = JsonDocument.Parse(json);
        Assert.True(parsed.RootElement.GetProperty("data").GetArrayLength() > 0);
    }

    [Fact]
    public void EveryFigureDrawsItselfInABrowserWithoutANetwork()
    {
        // The library comes last, so the figures also pass through the waiting list.
        var figures = SampleFigures.All.Values.Select(make => make("title").ToHtml()).ToList();
        var page =
            "<!DOCTYPE html><html><meta "
            + $"charset=\"utf-8\"><body>{string.Join('\n', figures)}{Figure.PlotlyScript}</body></html>";

        var elements = Chromium.RenderedElements(page);

        foreach (var figure in figures)
        {
            var id = Regex.Match(figure, "id=\"([^\"]+)\"").Groups[1].Value;
            var drawn = Regex.Match(
                elements,
                $"<div id=\"{id}\"[^>]*>(.*?)<svg class=\"main-svg\"",
                RegexOptions.Singleline
            );
            Assert.True(
                drawn.Success && !drawn.Value.Contains("<script>", StringComparison.Ordinal),
                $"{figure[..120]} was not drawn"
            );
        }
    }

    [Fact]
    public void AFigureDrawsWhereAModuleLoaderWaitsForLibraries()
    {
        const string loader =
            "<script>window.define = function () { throw new Error(); }; window.define.amd = {};</script>";
        var figure = SampleFigures.All["F1"]("title").ToHtml();

        var elements = Chromium.RenderedElements(
            $"<!DOCTYPE html><html><body>{loader}{Figure.PlotlyScript}{figure}</body></html>"
        );

        Assert.Contains("<svg class=\"main-svg\"", elements, StringComparison.Ordinal);
    }

    [Fact]
    public void AFigureThatFindsNoLibrarySaysSo()
    {
        var elements = Chromium.RenderedElements(
            $"<!DOCTYPE html><html><body>{SampleFigures.All["F1"]("title").ToHtml()}</body></html>"
        );

        Assert.Contains("This figure waits for plotly.js", elements, StringComparison.Ordinal);
    }

    [Fact]
    public void ANotebookShowsAFigureThroughTheAttributeThatItKnowsByName()
    {
        var shown = Shown(SampleFigures.All["F1"]("title"));
        Assert.StartsWith("<div id=\"fantrans-figure-", shown, StringComparison.Ordinal);
        Assert.True(shown.Length < 20_000, "an output carries no library");
        Assert.StartsWith(
            "<table>",
            Shown(
                new FanTrans.Evaluation.ResultTable(
                    ["a"],
                    [
                        ["1"],
                    ],
                    []
                )
            ),
            StringComparison.Ordinal
        );
    }

    /// <summary>What a notebook does: everything by name, on whatever type the value has.</summary>
    private static string Shown(object value)
    {
        var attribute = value
            .GetType()
            .GetCustomAttributes()
            .Single(one => one.GetType().Name == "TypeFormatterSourceAttribute");
        var source = (Type)attribute.GetType().GetProperty("FormatterSourceType")!.GetValue(attribute)!;
        var made = Activator.CreateInstance(source)!;
        var formatter = ((System.Collections.IEnumerable)source.GetMethod("CreateTypeFormatters")!.Invoke(made, null)!)
            .Cast<object>()
            .Single();
        using var output = new StringWriter();
        var shown = formatter.GetType().GetMethod("Format")!.Invoke(formatter, [value, output]);
        Assert.Equal("text/html", formatter.GetType().GetProperty("MimeType")!.GetValue(formatter));
        Assert.Equal(true, shown);
        return output.ToString();
    }

    [Fact]
    public void AFigureShownTwiceHasTwoElements()
    {
        var figure = SampleFigures.All["F1"]("title");
        string Id(string html) => Regex.Match(html, "id=\"([^\"]+)\"").Groups[1].Value;

        Assert.NotEqual(Id(figure.ToHtml()), Id(figure.ToHtml()));
    }

    [Fact]
    public void ASavedPageCarriesTheLibraryOnceAndNamesNoOtherFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"fantrans-figure-{System.Environment.ProcessId}.html");
        try
        {
            SampleFigures.All["F1"](SampleFigures.Hostile).SaveHtml(path);
            var page = File.ReadAllText(path);

            Assert.Single(Regex.Matches(page, "data-embed-once=\"plotly.js\""));
            Assert.Contains("plotly.js v2.28.0", page, StringComparison.Ordinal);
            Assert.Empty(Regex.Matches(page, "<(script|img|link)[^>]*(src|href)="));
            Assert.Contains("<title>&lt;/script&gt;", page, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void TheChartGoesOnWithPlotlyNet()
    {
        var figure = SampleFigures.All["learning curves"]("title");
        var both = Chart.Combine([figure.Chart, SampleFigures.All["F1"]("other").Chart]);

        Assert.Equal(figure.Chart.GetTraces().Length + 2, both.GetTraces().Length);
        Assert.Equal("scatter", both.GetTraces()[0].type);
        Assert.Contains("plotly.js v2.28.0", GenericChart.toEmbeddedHTML(both), StringComparison.Ordinal);
    }
}
