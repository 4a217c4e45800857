using Microsoft.DotNet.Interactive.Formatting;
using NotebookHost.Core;

namespace FanTrans.Tests.Host;

/// <summary>Stopping a cell from outside, and what is left of the session.</summary>
public class InterruptTests
{
    private static readonly InterruptPatience Quick = new() { Wait = TimeSpan.FromSeconds(0.2), Leave = TimeSpan.FromSeconds(0.5) };

    public static TheoryData<string> Loops =>
    [
        "while (true) { }",
        "System.Threading.Thread.Sleep(-1);",
        "while (true) { try { System.Threading.Thread.Sleep(10); } catch { } }",
        "for (;;) ;",
        "do System.Threading.Thread.Yield(); while (true);",
        "foreach (var x in Enumerable.Range(0, int.MaxValue)) { Math.Sin(x); }",
        "void F() { while (true) { } }\nawait Task.Run(F);",
        "await Task.Yield();\nwhile (true) { Console.Write(\".\"); }",
        "while (true) { display(1); System.Threading.Thread.Sleep(1); }",
        "Task.Run(async () => { while (true) await Task.Delay(1); }).Wait();",
        "await Task.Delay(-1, Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken);",
        "Enumerable.Range(0, int.MaxValue).Select(i => { foreach (var x in (int[])[1]) { } return Math.Sin(i); }).Sum()",
    ];

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task ACellThatNeverEndsIsStoppedAndTheSessionGoesOn(string loop)
    {
        var output = new Recorded();
        using var session = new KernelSession(output, AppContext.BaseDirectory) { Patience = Quick };
        Assert.Null(await Run(session, 1, "var kept = 41;"));
        var running = Run(session, 2, "display(\"begun\");\n" + loop);
        await output.Shown("begun", running);
        session.Interrupt();
        var error = await running;
        Assert.Equal("Interrupted", error!.Name);
        Assert.Null(await Run(session, 3, "display(kept + 1);"));
        Assert.Contains("42", output.Texts);
    }

    [Fact]
    public async Task TheErrorSaysWhereTheCellWas()
    {
        var output = new Recorded();
        using var session = new KernelSession(output, AppContext.BaseDirectory) { Patience = Quick };
        var running = Run(session, 1, "display(\"begun\");\n\nwhile (true) System.Threading.Thread.Sleep(1);");
        await output.Shown("begun", running);
        session.Interrupt();
        session.Interrupt();
        var error = (await running)!;
        Assert.Equal("the cell was interrupted", error.Message);
        Assert.Equal(3, error.Line);
        Assert.Equal("Interrupted: the cell was interrupted", error.Traceback[0]);
        Assert.Contains("  at cell 1, line 3", error.Traceback);
    }

    [Fact]
    public async Task CodeThatFollowsTheTokenStopsAtItsNextStep()
    {
        var output = new Recorded();
        using var session = new KernelSession(output, AppContext.BaseDirectory);
        var running = Run(session, 1, """
            var steps = 0;
            var token = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken;
            display("begun");
            while (true)
            {
                token.ThrowIfCancellationRequested();
                System.Threading.Thread.Sleep(50);
                steps += 5;
            }
            """);
        await output.Shown("begun", running);
        session.Interrupt();
        var error = (await running)!;
        Assert.Equal(("Interrupted", 6), (error.Name, error.Line!.Value));
        Assert.Null(await Run(session, 2, "display(steps % 5);"));
        Assert.Contains("0", output.Texts);
    }

    [Fact]
    public async Task WhatCleansUpMayPrint()
    {
        var output = new Recorded();
        using var session = new KernelSession(output, AppContext.BaseDirectory) { Patience = Quick };
        var running = Run(session, 1, "try { display(\"begun\"); while (true) Console.Write(\".\"); } finally { display(\"closed\"); }");
        await output.Shown("begun", running);
        session.Interrupt();
        Assert.Equal("Interrupted", (await running)!.Name);
        Assert.Contains("closed", output.Texts);
    }

    [Fact]
    public async Task CodeThatDoesNotStopIsLeftBehindAtTheSecondInterrupt()
    {
        var output = new Recorded();
        using var session = new KernelSession(output, AppContext.BaseDirectory) { Patience = Quick };
        Assert.Null(await Run(session, 1, "var kept = 1;"));
        var running = Run(session, 2, "display(\"begun\");\nEnumerable.Range(0, 1_000_000_000).Select(i => Math.Sin(i)).Sum()");
        await output.Shown("begun", running);
        session.Interrupt();
        session.Interrupt();
        Assert.Contains("it was left behind", (await running)!.Message);
        Assert.Null(await Run(session, 3, "display(kept);"));
        Assert.Contains("1", output.Texts);
    }

    [Fact]
    public async Task WhatIsAwaitedIsLeftBehindAtTheSecondInterrupt()
    {
        var output = new Recorded();
        using var session = new KernelSession(output, AppContext.BaseDirectory) { Patience = Quick };
        var running = Run(session, 1, "display(\"begun\");\nawait Task.Delay(-1);");
        await output.Shown("begun", running);
        session.Interrupt();
        session.Interrupt();
        Assert.Contains("goes on in the background", (await running)!.Message);
        Assert.Null(await Run(session, 2, "1"));
    }

    [Fact]
    public async Task LoopsKeepTheirErrorsColumnsAndLines()
    {
        using var notebook = new TestNotebook().Code("for (var i = 0; i < 2; i++) { Unknown(i); }");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal((1, 31), (error.Line!.Value, error.Column!.Value));
        Assert.DoesNotContain("LoopTurn", string.Concat(error.Traceback));
        using var running = new TestNotebook().Code("var n = 0;\nwhile (n < 5)\n    n++;\nforeach (var (a, b) in new[] { (1, 2) })\n{\n    n += a;\n\n    throw new Exception($\"{n}\");\n}");
        error = (await running.RunAsync()).Error!;
        Assert.Equal((8, "6"), (error.Line!.Value, error.Message));
    }

    [Fact]
    public async Task AnInterruptBetweenCellsDoesNothing()
    {
        using var session = new KernelSession(new Recorded(), AppContext.BaseDirectory);
        session.Interrupt();
        Assert.Null(await Run(session, 1, "1"));
        session.Interrupt();
        Assert.Null(await Run(session, 2, "System.Threading.Thread.Sleep(20); 2"));
    }

    private static Task<CellError?> Run(KernelSession session, int number, string code) =>
        session.ExecuteAsync(new(number, code), TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    private sealed class Recorded : IKernelOutput
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private readonly List<string> _texts = [];

        public IReadOnlyList<string> Texts
        {
            get
            {
                lock (_gate) return [.. _texts];
            }
        }

        public async Task Shown(string text, Task<CellError?> running)
        {
            if (await Task.WhenAny(_begun.Task, running) == running)
                Assert.Fail($"the cell ended: {string.Join('\n', (await running)?.Traceback ?? [])}");
            Assert.Contains(text, Texts);
            await Task.Delay(50);
        }

        public void Display(IReadOnlyList<FormattedValue> bundle, string displayId)
        {
            lock (_gate) _texts.Add(bundle[^1].Value);
            _begun.TrySetResult();
        }

        public void Stream(StreamName name, string text)
        {
        }

        public void Update(IReadOnlyList<FormattedValue> bundle, string displayId)
        {
        }

        public void Result(IReadOnlyList<FormattedValue> bundle)
        {
        }

        public void NeedsPageHead(object formatter)
        {
        }

        public void Status(string message)
        {
        }
    }
}
