using Spectre.Console;

namespace FanTrans.Data;

/// <summary>Shows how far counted work is: a bar on a terminal, and ten lines elsewhere, such as in a cluster's log.</summary>
public static class ConsoleProgress
{
    /// <summary>Runs work that reports its steps, and shows them.</summary>
    /// <typeparam name="TResult">What the work gives.</typeparam>
    /// <typeparam name="TStep">What it reports; from any thread and in any order.</typeparam>
    /// <param name="what">What is done, for example "cropping".</param>
    /// <param name="total">How many things there are to do.</param>
    /// <param name="work">The work.</param>
    /// <param name="read">How many are done at a step, and a name to show for it.</param>
    public static TResult Show<TResult, TStep>(
        string what, int total, Func<IProgress<TStep>, TResult> work, Func<TStep, (int Done, string Where)> read)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(read);
        var most = 0;
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            return work(new Listener<TStep>(step =>
            {
                var (done, where) = read(step);
                if (10L * done / Math.Max(1, total) > 10L * most / Math.Max(1, total))
                    Console.WriteLine($"{what}: {done:N0} of {total:N0} {where}".TrimEnd());
                most = Math.Max(most, done);
            }));
        }
        return AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(context =>
        {
            var bar = context.AddTask(what, maxValue: Math.Max(1, total));
            return work(new Listener<TStep>(step =>
            {
                var (done, where) = read(step);
                bar.Description = Markup.Escape($"{what} {where}".TrimEnd());
                bar.Value = most = Math.Max(most, done);
            }));
        });
    }

    /// <summary>Passes steps on, one at a time.</summary>
    private sealed class Listener<T>(Action<T> tell) : IProgress<T>
    {
        private readonly Lock _gate = new();

        public void Report(T value)
        {
            lock (_gate)
                tell(value);
        }
    }
}
