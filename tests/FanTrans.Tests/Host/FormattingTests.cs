namespace FanTrans.Tests.Host;

public class FormattingTests
{
    [Theory]
    [InlineData("1.0 / 3", "0.3333333333333333")]
    [InlineData("1e21", "1E+21")]
    [InlineData("true", "True")]
    [InlineData("'x'", "x")]
    [InlineData("DayOfWeek.Friday", "Friday")]
    [InlineData("new DateTime(2026, 3, 27, 1, 2, 3)", "2026-03-27 01:02:03Z")]
    [InlineData("new[] { 1, 2, 3 }", "[ 1, 2, 3 ]")]
    [InlineData("Enumerable.Range(0, 60)", "49, … (10 more) ]")]
    [InlineData("Enumerable.Range(0, 60).Where(i => true)", "49, … (more) ]")]
    [InlineData("(1, \"a\")", "(1, a)")]
    [InlineData("typeof(List<int>)", "List<Int32>")]
    [InlineData("Task.Delay(100000)", "await it")]
    public async Task OneLineValuesAreText(string code, string expected)
    {
        using var notebook = new TestNotebook().Code(code);
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.EndsWith(expected, code.Contains("Delay") ? expected : run.Data(0));
        Assert.Null(run.LastOutput(0)["data"]!["text/html"]);
    }

    [Fact]
    public async Task RecordsAreTablesWithTheirPropertiesAsColumns()
    {
        using var notebook = new TestNotebook().Code("""
            record Score(string Unit, double F1);
            new[] { new Score("AU1 <x>", 0.123456789), new Score(null, double.NaN) }
            """);
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("   Unit           F1\n0  AU1 <x>  0.123457\n1  <null>        NaN", run.Data(0));
        var html = run.Data(0, "text/html");
        Assert.Contains("<th>Unit</th>", html);
        Assert.Contains("AU1 &lt;x&gt;", html);
        Assert.Contains("title=\"0.123456789\">0.123457<", html);
        Assert.DoesNotContain("EqualityContract", html);
    }

    [Theory]
    [InlineData("new Dictionary<string, int> { [\"a\"] = 1 }", "key  value\na        1")]
    [InlineData("new { A = 1, B = \"x\" }", "A  1\nB  x")]
    [InlineData("new double[,] { { 1, 0.5 }, { 2, 3 } }", "   0    1\n0  1  0.5\n1  2    3")]
    [InlineData("new List<(string, int)> { (\"a\", 1) }", "   Item1  Item2\n0  a          1")]
    [InlineData("new object[] { new int[0], new { Bad = 1 } }", "   value  Bad\n0")]
    public async Task RowsAndColumnsAreTables(string code, string expected)
    {
        using var notebook = new TestNotebook().Code(code);
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.StartsWith(expected, run.Data(0));
        Assert.StartsWith("<table>", run.Data(0, "text/html"));
    }

    [Fact]
    public async Task LongTablesEndWithTheCountOfTheRest()
    {
        using var notebook = new TestNotebook().Code("Enumerable.Range(0, 70).Select(i => new { I = i }).ToList()").Code("Enumerable.Range(0, 70).Select(i => new { I = i }).DisplayTable();");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.EndsWith("(20 more)", run.Data(0));
        Assert.EndsWith("69  69", run.Data(1));
    }

    [Fact]
    public async Task LazySequencesAreComputedOnce()
    {
        using var notebook = new TestNotebook()
            .Code("var calls = 0;\nEnumerable.Range(0, 3).Select(i => { calls++; return new { I = i }; })")
            .Code("calls");
        Assert.Equal("3", (await notebook.RunAsync()).Succeeded().Data(1));
    }

    [Fact]
    public async Task AClassThatSaysHowItLooksIsBelieved()
    {
        using var notebook = new TestNotebook()
            .Code("class Tensor { public Tensor Self => this; public int Bad => throw new Exception(\"no\"); public override string ToString() => \"[2x3]\"; }\nnew Tensor()")
            .Code("class Plain { public int Good => 1; public int Bad => throw new Exception(\"no\"); public Plain Self => this; }\nnew Plain()")
            .Code("new Exception(\"shown\")");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("[2x3]", run.Data(0));
        Assert.Contains("Bad   (Exception: no)", run.Data(1));
        Assert.Equal("System.Exception: shown", run.Data(2));
    }

    private const string Figure = """
        internal class TypeFormatterSourceAttribute(Type type) : Attribute
        {
            public Type FormatterSourceType { get; } = type;
            public string[] PreferredMimeTypes { get; set; }
        }
        public class FigureFormatters { public IEnumerable<object> CreateTypeFormatters() => [new FigureHtml(), new FigureText()]; }
        public class FigureHtml
        {
            public string MimeType => "text/html";
            public bool Format(object value, System.IO.TextWriter writer) { writer.Write($"<figure>{((Figure)value).Name}</figure>"); return true; }
        }
        public class FigureText
        {
            public string MimeType => "text/plain";
            public bool Format(object value, System.IO.TextWriter writer)
            {
                if (((Figure)value).Name == "") return false;
                writer.Write("figure " + ((Figure)value).Name);
                return true;
            }
        }
        [TypeFormatterSource(typeof(FigureFormatters))]
        public class Figure(string name) { public string Name => name; }
        public class BarChart(string name) : Figure(name);
        """;

    [Fact]
    public async Task TypesShowThemselvesByTheConvention()
    {
        using var notebook = new TestNotebook().Code(Figure)
            .Code("new Figure(\"loss\")")
            .Code("new BarChart(\"f1\")")
            .Code("new[] { new { Title = \"t\", Picture = new Figure(\"small\") } }")
            .Code("new Figure(\"\")");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("<figure>loss</figure>", run.Data(1, "text/html"));
        Assert.Equal("figure loss", run.Data(1));
        Assert.Equal("<figure>f1</figure>", run.Data(2, "text/html"));
        Assert.Contains("<figure>small</figure>", run.Data(3, "text/html"));
        Assert.Contains("Figure", run.Data(4));
    }

    [Fact]
    public async Task PreferredMimeTypesAreHonoured()
    {
        using var notebook = new TestNotebook()
            .Code(Figure.Replace("[TypeFormatterSource(typeof(FigureFormatters))]", "[TypeFormatterSource(typeof(FigureFormatters), PreferredMimeTypes = new[] { \"text/plain\" })]"))
            .Code("new Figure(\"loss\")");
        var data = (await notebook.RunAsync()).Succeeded().LastOutput(1)["data"]!.AsObject();
        Assert.Equal(["text/plain"], data.Select(d => d.Key));
    }

    [Fact]
    public async Task CellsMayRegisterFormatters()
    {
        using var notebook = new TestNotebook()
            .Code("using Microsoft.DotNet.Interactive.Formatting;\nclass Angle { public double Degrees; }\nFormatter.Register<Angle>(a => $\"<b>{a.Degrees}°</b>\", \"text/html\");")
            .Code("new Angle { Degrees = 30 }")
            .Code("new Angle { Degrees = 5 }.ToDisplayString(\"text/html\")");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("<b>30°</b>", run.Data(1, "text/html"));
        Assert.Equal("<b>5°</b>", run.Data(2));
    }
}
