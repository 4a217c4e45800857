using System.Text.RegularExpressions;
using FanTrans.Charts;
using FanTrans.Tests.Host;

namespace FanTrans.Tests.Charts;

/// <summary>Figures in a notebook that the kit's runner runs.</summary>
[Collection(HostCollection.Name)]
public class NotebookFigureTests
{
    private const string Cell = """
        Figures.LearningCurves([new EpochSeries("model", [0.25, 0.5])], "F1")
        """;

    [Fact]
    public async Task APageOfSeveralFiguresCarriesPlotlyOnceAndDrawsThemAll()
    {
        using var notebook = new TestNotebook()
            .Code($"#r \"{typeof(Figures).Assembly.Location}\"\nusing FanTrans.Charts;")
            .Code(Cell)
            .Code($"display({Cell});\n{Cell}");

        var run = (await notebook.RunAsync()).Succeeded();

        Assert.Single(Regex.Matches(run.Page, @"plotly\.js v2\.28\.0"));
        Assert.DoesNotContain("plotly.js v2", run.Notebook.ToJsonString(), StringComparison.Ordinal);
        Assert.StartsWith("<div id=\"fantrans-figure-", run.Data(1, "text/html"), StringComparison.Ordinal);
        Assert.DoesNotContain("from the network", run.Terminal, StringComparison.Ordinal);
        var drawn = Regex.Matches(Chromium.RenderedElements(run.Page), "class=\"plot-container plotly\"");
        Assert.Equal(3, drawn.Count);
    }

    [Fact]
    public async Task ANotebookCanBringPlotlyAlong()
    {
        using var notebook = new TestNotebook()
            .Code($"#r \"{typeof(Figures).Assembly.Location}\"\nusing FanTrans.Charts;\nHTML(Figure.PlotlyScript)")
            .Code(Cell);

        var run = (await notebook.RunAsync()).Succeeded();

        Assert.Contains("plotly.js v2.28.0", run.Data(0, "text/html"), StringComparison.Ordinal);
        Assert.Single(Regex.Matches(run.Page, @"plotly\.js v2\.28\.0"));
    }
}
