using System.Reflection;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.PackageManagement;
using NotebookHost.Cells;

namespace NotebookHost.Running;

/// <summary>
/// One run of a notebook's cells on .NET Interactive's kernels, set up as its own tool does: C#, HTML, JavaScript,
/// Markdown and values, and the magic commands that its packages have. Cells run one at a time.
/// </summary>
internal sealed class KernelSession : IDisposable
{
    /// <summary>How long a cell that was asked to stop is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CompositeKernel kernels = new();
    private readonly CSharpKernel csharp = new();
    private readonly string directory;
    private KernelInvocationContext? running;

    /// <param name="directory">The notebook's folder: imports are found from there.</param>
    /// <param name="onEvent">Takes what the kernels say, from any thread.</param>
    public KernelSession(string directory, Action<KernelEvent> onEvent)
    {
        this.directory = directory;
        csharp.UseKernelHelpers().UseWho().UseValueSharing().UseNugetDirective((kernel, packages) =>
        {
            kernel.AddAssemblyReferences(packages.SelectMany(package => package.AssemblyPaths));
            return Task.CompletedTask;
        });
        LetErrorsGiveLines(csharp);
        kernels.Add(csharp, ["c#", "C#"]);
        kernels.Add(new HtmlKernel());
        kernels.Add(new JavaScriptKernel(), ["js"]);
        kernels.Add(new MarkdownKernel(), ["md"]);
        kernels.Add(new KeyValueStoreKernel().UseWho());
        kernels.DefaultKernelName = Languages.CSharp;
        kernels.UseImportMagicCommand();
        kernels.AddDirective(new KernelActionDirective("#!time") { Description = "Time the execution of the cell." }, MeasureTime);
        kernels.AddMiddleware(async (command, context, next) =>
        {
            running = context;
            await next(command, context).ConfigureAwait(false);
        });
        new PackageExtensions(kernels).Use();
        kernels.RegisterForDisposal(kernels.KernelEvents.Subscribe(onEvent));

        // As in the tool: HTML. Text beside it is for terminals, and for programs that show no HTML.
        Formatter.DefaultMimeType = HtmlFormatter.MimeType;
        Formatter.SetPreferredMimeTypesFor(typeof(object), HtmlFormatter.MimeType, PlainTextFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(string), PlainTextFormatter.MimeType);
    }

    /// <summary>The last C# that ran, which knows what was declared up to then.</summary>
    public Script LastScript => csharp.ScriptState.Script;

    /// <summary>Runs a cell to its end. Null when it succeeded.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="timeout">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Asks the cell to stop, by its
    /// <c>KernelInvocationContext.Current.CancellationToken</c>.</param>
    public async Task<CellError?> RunAsync(CellSource cell, TimeSpan timeout, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(timeout);
        this.running = null;
        try
        {
            var submission = new Submission(cell, directory);
            if (cancellation.IsCancellationRequested)
                return Stopped(submission, timeout, cancellation, " before this cell");
            var running = kernels.SendAsync(new SubmitCode(submission.Code, cell.Language));
            if (!await EndsAsync(running, stop.Token).ConfigureAwait(false))
                return Stopped(submission, timeout, cancellation, "; it goes on in the background");
            var failed = (await running.ConfigureAwait(false)).Events.OfType<CommandFailed>().LastOrDefault();
            if (failed is null)
                return null;
            return stop.IsCancellationRequested
                ? Stopped(submission, timeout, cancellation, "")
                : CellErrors.Of(submission, failed);
        }
        catch (CellException e)
        {
            return e.Error;
        }
    }

    public void Dispose() => kernels.Dispose();

    /// <summary>Waits for a cell, and asks it to stop when that is wanted. False if it does not.</summary>
    private async Task<bool> EndsAsync(Task running, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stop.Register(stopped.SetResult);
        if (await Task.WhenAny(running, stopped.Task).ConfigureAwait(false) == running) return true;
        Cancel();
        return await Task.WhenAny(running, Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false)
            == running;
    }

    // The kernel's own Cancel command drops what a cell still prints: only the token is cancelled where that can be
    // had.
    private void Cancel()
    {
        var context = running;
        if (context is not null && Member<KernelInvocationContext>("_cancellationTokenSource")?.GetValue(context) is CancellationTokenSource token) _ = token.CancelAsync();
        else _ = kernels.SendAsync(new Cancel(), CancellationToken.None);
    }

    private CellError Stopped(Submission submission, TimeSpan timeout, CancellationToken cancellation, string more)
    {
        var (name, message) = cancellation.IsCancellationRequested
            ? (CellError.Interrupted, $"the run was stopped{more}")
            : ("CellTimeout", $"the cell has not ended within {timeout.TotalSeconds:0.###} s{more}");
        return CellErrors.Stopped(submission, name, message, more.Length > 0 ? null : csharp.ScriptState?.Exception);
    }

    /// <summary>Without debug information the stack trace of an exception has no lines;
    /// the kernel has no option for it.</summary>
    private static void LetErrorsGiveLines(CSharpKernel kernel)
    {
        var field = Member<CSharpKernel>("_scriptOptions");
        if (field?.GetValue(kernel) is ScriptOptions options)
            field.SetValue(kernel, options.WithEmitDebugInformation(true));
    }

    /// <summary>A private field of the kernel; null in a version that has none of the name.</summary>
    private static FieldInfo? Member<T>(string name) =>
        typeof(T).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);

    private static Task MeasureTime(KernelCommand command, KernelInvocationContext context)
    {
        var start = TimeProvider.System.GetTimestamp();
        context.OnComplete(ended => KernelInvocationContextExtensions.Display(
            ended, $"Wall time: {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0.0} ms", PlainTextFormatter.MimeType));
        return Task.CompletedTask;
    }

    /// <summary>Shows prose: the tool has this command in a package that is not published.</summary>
    private sealed class MarkdownKernel() : Kernel(Languages.Markdown), IKernelCommandHandler<SubmitCode>
    {
        Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context)
        {
            context.DisplayAs(command.Code, "text/markdown");
            return Task.CompletedTask;
        }
    }
}
