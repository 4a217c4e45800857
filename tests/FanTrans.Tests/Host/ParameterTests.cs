using NotebookHost;

namespace FanTrans.Tests.Host;

public class ParameterTests
{
    private const string Declarations = """
        int seed = 1;
        var rate = 0.1;
        float momentum = 0.9f;
        string root = null;
        bool smoke = false;
        long count = 5;
        int? limit = null;
        int[] folds = [0, 1, 2];
        var kind = DayOfWeek.Monday;
        """;

    private static async Task<string> ValueAsync(string set, string expression)
    {
        using var notebook = new TestNotebook().Code(Declarations, "parameters").Code(expression);
        return (await notebook.RunAsync(set)).Succeeded().Data(2);
    }

    [Theory]
    [InlineData("seed=7", "seed", "7")]
    [InlineData("seed=-1_000", "seed", "-1000")]
    [InlineData("seed=0x10", "seed", "16")]
    [InlineData("rate=1", "rate.GetType().Name + rate", "Double1")]
    [InlineData("rate=1e-3", "rate", "0.001")]
    [InlineData("rate=NaN", "rate", "NaN")]
    [InlineData("momentum=0.5", "momentum.GetType().Name + momentum", "Single0.5")]
    [InlineData("root=/data/with space", "root", "/data/with space")]
    [InlineData("root=a=b", "root", "a=b")]
    [InlineData("root=\"quoted \\\"x\\\"\"", "root", "quoted \"x\"")]
    [InlineData("root=null", "root is null", "True")]
    [InlineData("smoke=True", "smoke", "True")]
    [InlineData("count=9000000000", "count", "9000000000")]
    [InlineData("limit=3", "limit", "3")]
    [InlineData("folds=[2]", "folds.Length + folds[0]", "3")]
    [InlineData("kind=Friday", "kind", "Friday")]
    public async Task ValuesTakeTheTypeOfTheirVariable(string set, string expression, string expected) =>
        Assert.Equal(expected, await ValueAsync(set, expression));

    [Theory]
    [InlineData("seed=abc", "--set seed: expected int, found 'abc'")]
    [InlineData("seed=1.5", "--set seed: expected int, found '1.5'")]
    [InlineData("seed=3000000000", "--set seed: expected int, found '3000000000'")]
    [InlineData("smoke=1", "--set smoke: expected bool, found '1'")]
    [InlineData("kind=Someday", "--set kind: expected DayOfWeek, found 'Someday'")]
    [InlineData("sed=1", "--set sed: no such parameter; the notebook has seed, rate, momentum, root, smoke, count, limit, folds, kind")]
    [InlineData("seed", "--set seed: expected name=value")]
    public async Task MistakesAreNamedBeforeAnythingRuns(string set, string message)
    {
        using var notebook = new TestNotebook().Code("throw new Exception(\"ran\");").Code(Declarations, "parameters");
        Assert.Equal(message, (await Assert.ThrowsAsync<HostException>(() => notebook.RunAsync(set))).Message);
    }

    [Fact]
    public async Task ANotebookWithoutParametersTakesNone()
    {
        using var notebook = new TestNotebook().Code("var seed = 1;");
        Assert.Contains("no code cell is tagged 'parameters'", (await Assert.ThrowsAsync<HostException>(() => notebook.RunAsync("seed=1"))).Message);
    }

    [Fact]
    public async Task TheInjectedCellIsTaggedAndReplacedByTheNextRun()
    {
        using var notebook = new TestNotebook()
            .Code("enum Mode { Fast, Slow }")
            .Code("var mode = Mode.Fast; var seed = 1;", "parameters")
            .Code("seed = 1000;", "injected-parameters")
            .Code("$\"{mode} {seed}\"");
        var run = (await notebook.RunAsync("mode=Slow", "seed=2")).Succeeded();
        Assert.Equal(4, run.Cells.Count);
        Assert.Equal("injected-parameters", run.Cells[2]!["metadata"]!["tags"]![0]!.GetValue<string>());
        Assert.Equal("// Parameters from the command line.\nmode = Mode.Slow;\nseed = 2;", Executed.Text(run.Cells[2]!["source"]!));
        Assert.Equal("Slow 2", run.Data(3));
    }
}
