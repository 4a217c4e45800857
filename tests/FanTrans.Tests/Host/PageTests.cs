using System.Text.RegularExpressions;
using NotebookHost.Pages;

namespace FanTrans.Tests.Host;

[Collection(HostCollection.Name)]
public partial class PageTests
{
    [Fact]
    public async Task ThePageHoldsEverythingItShows()
    {
        using var notebook = new TestNotebook()
            .Markdown(
                "Intro\n\n## The *title* &amp; more\n\nA [link](https://example.org/) and ![dot](dot.png).\n\n| "
                    + "a |\n|---|\n| 1 |"
            )
            .Code("var s = \"<script>\"; // text\ns");
        File.WriteAllBytes(Path.Combine(notebook.Folder, "dot.png"), [1, 2, 3]);
        var page = (await notebook.RunAsync()).Succeeded().Page;
        Assert.StartsWith("<!DOCTYPE html>", page);
        Assert.Contains("<meta charset=\"utf-8\">", page);
        Assert.Contains("<title>The title", page);
        Assert.Contains("src=\"data:image/png;base64,AQID\"", page);
        Assert.Contains("<td>1</td>", page);
        Assert.Contains("<span class=\"k\">var</span>", page);
        Assert.Contains("<span class=\"c\">// text</span>", page);
        Assert.Contains("&lt;script&gt;", page);
        Assert.Empty(ExternalResources.In(page));
        Assert.DoesNotMatch(Loading(), page);
    }

    [Fact]
    public async Task ScriptsMarkedOnceAreEmbeddedOnce()
    {
        const string figure = "HTML(\"<script data-embed-once=\\\"lib\\\">window.lib = 1;</script><p>figure</p>\")";
        using var notebook = new TestNotebook().Code($"display({figure});").Code(figure);
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Single(Regex.Matches(run.Page, "window\\.lib = 1;</script>"));
        Assert.Equal(2, Regex.Matches(run.Page, "<p>figure</p></div>").Count);
        Assert.Contains("window.lib", run.Data(0, "text/html"));
        Assert.Equal("<p>figure</p>", run.Data(1, "text/html"));
    }

    [Fact]
    public async Task AFormattersPageHeadStandsOnceInThePage()
    {
        using var notebook = new TestNotebook()
            .Code(
                """
                internal class TypeFormatterSourceAttribute(Type type) : Attribute { public Type FormatterSourceType => type; }
                class Source { public IEnumerable<object> CreateTypeFormatters() => [new Formatter()]; }
                class Formatter
                {
                    public string MimeType => "text/html";
                    public string PageHead => "<script data-embed-once=\"lib\">window.lib = 1;</script>";
                    public bool Format(object value, System.IO.TextWriter writer) { writer.Write("<p>figure</p>"); return true; }
                }
                [TypeFormatterSource(typeof(Source))] class Figure;
                """
            )
            .Code("display(new Figure());\nnew Figure()")
            .Code("HTML(\"<script data-embed-once=\\\"lib\\\">window.lib = 1;</script>\")");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Single(Regex.Matches(run.Page, "window\\.lib = 1;</script>"));
        Assert.True(
            run.Page.IndexOf("window.lib = 1;</script>", StringComparison.Ordinal)
                < run.Page.IndexOf("</head>", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("window.lib", run.Data(1, "text/html"));
    }

    [Fact]
    public async Task WhatStillComesFromTheNetworkIsTold()
    {
        using var notebook = new TestNotebook().Code("HTML(\"<script src='https://example.org/x.js'></script>\")");
        Assert.Contains(
            "the page loads https://example.org/x.js from the network",
            (await notebook.RunAsync()).Succeeded().Terminal
        );
    }

    [Theory]
    [InlineData("plain <b>", "plain &lt;b&gt;")]
    [InlineData("\u001b[1;31mred\u001b[0m done", "red done")]
    [InlineData("a\u001b[2Kb", "ab")]
    public void TerminalSequencesAreLeftOut(string text, string html) =>
        Assert.Equal(html, OutputHtml.WithoutSequences(text));

    [GeneratedRegex("""(src|href)="(https?:)?//(?!example\.org/")""")]
    private static partial Regex Loading();
}
