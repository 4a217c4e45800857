using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FanTrans.Tests.Charts;

namespace FanTrans.Tests.Host;

/// <summary>A series of small notebooks made into a site by the host's program.</summary>
public sealed partial class SiteTests : IDisposable
{
    private const string Figure = """"
        HTML("""<script data-embed-once="drawing">window.draw = id => document.getElementById(id).textContent = "dra" + "wn";</script><p id="figure"></p><script>draw("figure")</script>""")
        """";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fantrans-site-");

    private string Notebooks => Path.Combine(folder.FullName, "notebooks");

    private string Out => Path.Combine(folder.FullName, "out");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task FailedNotebooksAreShownAndTheOthersRun()
    {
        File.WriteAllText(Path.Combine(Folder(Notebooks), "README.md"), "# A series\n\nWhat it is.\n");
        Write(
            "00-first.ipynb",
            "# First & best\n\nSays *what* it does.\n\nMore.",
            "var smoke = false; var count = 3;",
            Figure,
            "$\"smoke is {smoke}\""
        );
        Write(
            "01-broken.ipynb",
            "# Broken",
            "var smoke = false;",
            "1",
            "throw new InvalidOperationException(\"no <data>\");"
        );
        Write("02-gone.ipynb", "# Gone", "var smoke = false;", "Environment.FailFast(\"the process ends here\");");
        Write("03-last.ipynb", "# Last", "var smoke = false;", "2", Figure);

        var (exitCode, output, errors) = await HostProgram.RunAsync(
            "site",
            Notebooks,
            "--out",
            Out,
            "--set",
            "smoke=true"
        );

        Assert.True(exitCode == 1, $"{exitCode}: {errors}\n{output}");
        Assert.Contains("01-broken failed: Cell 5: System.InvalidOperationException: no <data>", errors);
        var index = Page("index.html");
        Assert.Contains("<h1 id=\"a-series\">A series</h1>", index);
        Assert.Contains("4 notebooks · 2 failed", index);
        var first = Entry(index, "00-first");
        Assert.Contains("First &amp; best</a></h2>", first);
        Assert.Contains("<p>Says <em>what</em> it does.</p>", first);
        Assert.Contains("<span class=\"status\">done</span>", first);
        Assert.Contains("<code>smoke = true</code> <code>count = 3</code>", first);
        Assert.Contains("iframe src=\"00-first.cover.html\"", first);
        Assert.Contains(
            "<pre class=\"error\">Cell 5: System.InvalidOperationException: no &lt;data&gt;</pre>",
            Entry(index, "01-broken")
        );
        Assert.Matches(
            "<pre class=\"error\">The process ended with exit code \\d+.\n[^<]*the process ends here",
            Entry(index, "02-gone")
        );
        Assert.Contains("<span class=\"status\">done</span>", Entry(index, "03-last"));

        Assert.Contains("smoke is True", Page("00-first.html"));
        Assert.Contains("the process ends here", Page("02-gone.html"));
        Assert.Contains("<a rel=\"previous\" href=\"00-first.html\">", Page("01-broken.html"));
        Assert.Contains("<a rel=\"next\" href=\"02-gone.html\">", Page("01-broken.html"));
        AssertThatLinksResolve();
        Assert.Equal(["drawing.js"], Directory.GetFiles(Out, "*.js").Select(Path.GetFileName));
        Assert.All(
            Directory.GetFiles(Out, "*.html"),
            page => Assert.DoesNotContain("<script data-embed-once", File.ReadAllText(page))
        );

        Assert.All(
            Directory.GetFiles(Out, "*.html"),
            page =>
            {
                var rendered = Chromium.Open(page);
                Assert.Empty(rendered.Console);
                Assert.Equal(
                    File.ReadAllText(page).Contains("<p id=\"figure\">", StringComparison.Ordinal),
                    rendered.Elements.Contains("<p id=\"figure\">drawn</p>", StringComparison.Ordinal)
                );
            }
        );
    }

    [Fact]
    public async Task ASiteIsWrittenAnew()
    {
        Write("a.ipynb", "# A", "var n = 1;", "n");
        Write(
            "b.ipynb",
            "# B",
            "var n = 1;",
            "if (n == 1) throw new InvalidOperationException(\"n is 1\");",
            Figure,
            Figure.Replace("draw(\"figure\")", "draw(\"figure\") // chosen", StringComparison.Ordinal)
        );
        var b = Path.Combine(Notebooks, "b.ipynb");
        File.WriteAllText(
            b,
            File.ReadAllText(b).Replace("\"tags\":[\"cell-4\"]", "\"tags\":[\"cover\"]", StringComparison.Ordinal)
        );
        string[] series = [Path.Combine(Notebooks, "a.ipynb"), b];

        Assert.Equal(1, (await HostProgram.RunAsync(["site", .. series, "--out", Out])).ExitCode);
        Assert.False(File.Exists(Path.Combine(Out, "b.cover.html")));
        var (exitCode, _, errors) = await HostProgram.RunAsync(["site", .. series, "--out", Out, "--set", "n=2"]);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.DoesNotContain("failed", Entry(Page("index.html"), "b"));
        Assert.Contains("// chosen", Page("b.cover.html"));
        Assert.DoesNotContain("rel=\"next\"", Page("b.html"));
    }

    [Fact]
    public async Task NamesThatWouldMeetAreRefused()
    {
        Write("index.ipynb", "# I", "var n = 1;");
        var (exitCode, _, errors) = await HostProgram.RunAsync("site", Notebooks, "--out", Out);
        Assert.Equal(2, exitCode);
        Assert.Contains("its page would have the name of the site's index", errors);

        var path = Path.Combine(Notebooks, "index.ipynb");
        (exitCode, _, errors) = await HostProgram.RunAsync("site", path, path, "--out", Out);
        Assert.Equal(2, exitCode);
        Assert.Contains("the pages would have the same name", errors);

        (exitCode, _, errors) = await HostProgram.RunAsync(
            "site",
            Folder(Path.Combine(folder.FullName, "empty")),
            "--out",
            Out
        );
        Assert.Equal(2, exitCode);
        Assert.Contains("no notebook is there", errors);
    }

    /// <summary>Every file that a page names is there, and none comes from the network.</summary>
    private void AssertThatLinksResolve()
    {
        foreach (var page in Directory.GetFiles(Out, "*.html"))
        {
            var addresses = Address()
                .Matches(File.ReadAllText(page))
                .Select(m => m.Groups["address"].Value)
                .Where(a => !a.StartsWith('#'))
                .ToList();
            if (!page.EndsWith(".cover.html", StringComparison.Ordinal))
                Assert.NotEmpty(addresses);
            Assert.All(
                addresses,
                address =>
                    Assert.True(File.Exists(Path.Combine(Out, Uri.UnescapeDataString(address))), $"{page}: {address}")
            );
        }
    }

    private string Page(string name) => File.ReadAllText(Path.Combine(Out, name));

    private static string Entry(string index, string name) =>
        Regex
            .Match(
                index,
                $"<section class=\"entry [a-z]+\" id=\"{Regex.Escape(name)}\">.*?</section>",
                RegexOptions.Singleline
            )
            .Value;

    private void Write(string name, string prose, string parameters, params string[] cells)
    {
        string[] code = ["1", parameters, .. cells];
        JsonObject[] made =
        [
            new()
            {
                ["cell_type"] = "markdown",
                ["metadata"] = new JsonObject(),
                ["source"] = prose,
            },
            .. code.Select(
                (source, number) =>
                    new JsonObject
                    {
                        ["cell_type"] = "code",
                        ["execution_count"] = null,
                        ["metadata"] = new JsonObject
                        {
                            ["tags"] = new JsonArray(number == 1 ? "parameters" : $"cell-{number}"),
                        },
                        ["outputs"] = new JsonArray(),
                        ["source"] = source,
                    }
            ),
        ];
        var root = new JsonObject
        {
            ["cells"] = new JsonArray([.. made]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["language"] = "C#", ["name"] = ".net-csharp" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 4,
        };
        File.WriteAllText(Path.Combine(Folder(Notebooks), name), root.ToJsonString());
    }

    private static string Folder(string path) => Directory.CreateDirectory(path).FullName;

    [GeneratedRegex("""\b(href|src)="(?<address>[^"]+)""")]
    private static partial Regex Address();
}
