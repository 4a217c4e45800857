using NotebookHost;

namespace FanTrans.Tests.Host;

[Collection(HostCollection.Name)]
public class ParameterTests
{
    private const string Declarations = """
        int seed = 1;
        var rate = 0.1;
        float momentum = 0.9f;
        decimal price = 1m;
        string root = null, other = "x";
        bool smoke = false;
        char letter = 'a';
        long count = 5;
        int? limit = null;
        int[] folds = [0, 1, 2];
        var kind = DayOfWeek.Monday;
        """;

    [Theory]
    [InlineData(
        "-1000 0.001 0.5 1.5 /data/with space=b x True y 9000000000 3 1 Friday",
        "seed=-1_000",
        "rate=1e-3",
        "momentum=0.5",
        "price=1.5",
        "root=/data/with space=b",
        "smoke=True",
        "letter=y",
        "count=9000000000",
        "limit=3",
        "folds=[2]",
        "kind=Friday"
    )]
    [InlineData(
        "16 NaN 1 1 quoted \"x\"  False a 5  3 Sunday",
        "seed=0x10",
        "rate=NaN",
        "momentum=1",
        "root=\"quoted \\\"x\\\"\"",
        "other=null",
        "limit=null",
        "kind=DayOfWeek.Sunday"
    )]
    public async Task ValuesTakeTheTypeOfTheirVariable(string expected, params string[] set)
    {
        using var notebook = new TestNotebook()
            .Code(Declarations, "parameters")
            .Code(
                "$\"{seed} {rate} {momentum} {price} {root} {other} {smoke} {letter} {count} {limit} "
                    + "{folds.Length} {kind}\""
            );
        Assert.Equal(expected, (await notebook.RunAsync(set)).Succeeded().Data(2));
    }

    [Theory]
    [InlineData("seed=abc", "--set seed: expected int, found 'abc'")]
    [InlineData("seed=1.5", "--set seed: expected int, found '1.5'")]
    [InlineData("seed=3000000000", "--set seed: expected int, found '3000000000'")]
    [InlineData("seed=1; Environment.Exit(3)", "--set seed: expected int, found '1; Environment.Exit(3)'")]
    [InlineData("smoke=1", "--set smoke: expected bool, found '1'")]
    [InlineData("kind=Someday", "--set kind: expected DayOfWeek, found 'Someday'")]
    [InlineData(
        "sed=1",
        "--set sed: no such parameter; the notebook has seed, rate, momentum, price, root, other, smoke, letter, "
            + "count, limit, folds, kind"
    )]
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
        Assert.Contains(
            "no code cell is tagged 'parameters'",
            (await Assert.ThrowsAsync<HostException>(() => notebook.RunAsync("seed=1"))).Message
        );
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
        Assert.EndsWith("Mode.Slow;\nseed = 2;", Executed.Text(run.Cells[2]!["source"]!));
        Assert.Equal("Slow 2", run.Data(3));
    }
}
