using NotebookHost.Core;

namespace Microsoft.DotNet.Interactive;

/// <summary>
/// The running cell, by .NET Interactive's name: a long computation gets <c>KernelInvocationContext.Current.CancellationToken</c>
/// and stops when somebody interrupts the kernel.
/// </summary>
public sealed class KernelInvocationContext
{
    private readonly CellRun _run;

    private KernelInvocationContext(CellRun run) => _run = run;

    /// <summary>The running cell; null in code that no cell has started.</summary>
    public static KernelInvocationContext? Current => CellRun.Current is { } run ? new(run) : null;

    /// <summary>Cancelled when the cell is interrupted.</summary>
    public CancellationToken CancellationToken => _run.Interruption;
}
