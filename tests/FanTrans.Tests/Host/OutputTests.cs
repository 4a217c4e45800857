namespace FanTrans.Tests.Host;

public class OutputTests
{
    [Fact]
    public async Task StreamsMergeAsInJupyter()
    {
        using var notebook = new TestNotebook().Code("""
            Console.Write("a");
            Console.WriteLine("b");
            Console.Error.Write("warning");
            Console.WriteLine("c");
            """);
        var outputs = (await notebook.RunAsync()).Succeeded().Outputs(0);
        Assert.Equal(["stdout:ab\n", "stderr:warning", "stdout:c\n"], outputs.Select(o => $"{o!["name"]}:{Executed.Text(o["text"]!)}"));
    }

    [Theory]
    [InlineData("step 1\rstep 2\rstep 3\n", "step 3\n")]
    [InlineData("a long line\rshort\n", "shortg line\n")]
    [InlineData("windows\r\nline\r\n", "windows\nline\n")]
    [InlineData("50 %\r", "50 %")]
    [InlineData("x\n50 %\r60 %", "x\n60 %")]
    public void RewrittenLinesCollapse(string written, string left)
    {
        var text = new NotebookHost.Notebooks.StreamText();
        foreach (var c in written) text.Append($"{c}");
        Assert.Equal(left, text.ToString());
    }

    [Fact]
    public async Task WhatTasksAndThreadsPrintBelongsToTheCell()
    {
        using var notebook = new TestNotebook().Code("""
            await Task.Run(() => Console.Write("task "));
            var thread = new System.Threading.Thread(() => Console.Write("thread"));
            thread.Start();
            thread.Join();
            """);
        Assert.Equal("task thread", Executed.Text((await notebook.RunAsync()).Succeeded().LastOutput(0)["text"]!));
    }

    [Fact]
    public async Task AnUpdatedDisplayStaysOneOutputWhereItWas()
    {
        using var notebook = new TestNotebook()
            .Code("var d = display(\"one\");\ndisplay(\"other\");\nd.Update(\"two\");")
            .Code("d.Update(HTML(\"<i>three</i>\"));")
            .Code("(d.IsUpdated, d.DisplayId)");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal(2, run.Outputs(0).Count);
        Assert.Equal("<i>three</i>", Executed.Text(run.Outputs(0)[0]!["data"]!["text/html"]!));
        Assert.Empty(run.Outputs(1));
        Assert.Equal("(True, display-1)", run.Data(2));
    }

    [Fact]
    public async Task DisplayTakesMimeTypes()
    {
        using var notebook = new TestNotebook()
            .Code("display(\"<b>x</b>\", \"text/html\");")
            .Code("\"<b>y</b>\".DisplayAs(\"text/html\");")
            .Code("display(new byte[] { 1, 2, 3 }, \"image/png\");")
            .Code("display(new { A = 1 }, \"application/json\");")
            .Code("display(1, \"image/svg+xml\");");
        var run = await notebook.RunAsync();
        // A text is not HTML until somebody says so.
        Assert.Equal("<pre>&lt;b&gt;x&lt;/b&gt;</pre>", run.Data(0, "text/html"));
        Assert.Equal("<b>y</b>", run.Data(1, "text/html"));
        Assert.Equal("AQID", run.Data(2, "image/png"));
        Assert.Equal(1, run.LastOutput(3)["data"]!["application/json"]!["A"]!.GetValue<int>());
        Assert.Contains("no way to show Int32 as image/svg+xml", run.Error!.Message);
    }
}
