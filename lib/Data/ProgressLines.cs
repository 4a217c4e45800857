using System.Diagnostics;

namespace FanTrans.Data;

/// <summary>
/// Writes what long work reports as plain lines, at most one every half a minute but for those that must not be missed.
/// Work may report from any thread.
/// </summary>
/// <typeparam name="T">What the work reports.</typeparam>
/// <param name="line">The line of a report.</param>
/// <param name="always">Which reports are written at once, such as the last one; null is none.</param>
/// <param name="writer">Where to; null is the console of the moment,
/// which a notebook changes from cell to cell.</param>
/// <param name="seconds">Between two lines.</param>
public sealed class ProgressLines<T>(
    Func<T, string> line,
    Func<T, bool>? always = null,
    TextWriter? writer = null,
    double seconds = 30
) : IProgress<T>
{
    private readonly Lock gate = new();
    private readonly Stopwatch sinceLine = Stopwatch.StartNew();

    /// <inheritdoc/>
    public void Report(T value)
    {
        lock (gate)
        {
            if (always?.Invoke(value) != true && sinceLine.Elapsed.TotalSeconds < seconds)
                return;
            // Not kept: a console that was taken before a notebook's cell began writes nowhere.
            var to = writer ?? Console.Out;
            to.WriteLine(line(value));
            to.Flush();
            sinceLine.Restart();
        }
    }
}
