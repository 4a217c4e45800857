using System.Globalization;

namespace NotebookHost.Running;

/// <summary>Tells the terminal where a run is, and passes on what cells print.</summary>
internal sealed class RunProgress(TextWriter output, TextWriter errors, bool quiet)
{
    private const int CodeWidth = 70;
    private readonly Lock gate = new();
    private bool isLineOpen;

    public void Begin(int number, int total, string code)
    {
        var first = code.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "";
        if (first.Length > CodeWidth) first = first[..(CodeWidth - 1)] + "…";
        Line($"cell {number}/{total}  {first}");
    }

    public void End(int number, int total, TimeSpan time, bool failed) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"cell {number}/{total}  {(failed ? "failed after " : "")}{time.TotalSeconds:0.00} s"));

    public void Status(string message) => Line($"  {message}");

    /// <summary>What a cell prints, as it prints it.</summary>
    public void Echo(bool isError, string text)
    {
        if (quiet || text.Length == 0) return;
        lock (gate)
        {
            var writer = isError ? errors : output;
            writer.Write(text);
            writer.Flush();
            isLineOpen = text[^1] != '\n';
        }
    }

    private void Line(string text)
    {
        if (quiet) return;
        lock (gate)
        {
            if (isLineOpen) output.WriteLine();
            isLineOpen = false;
            output.WriteLine(text);
            output.Flush();
        }
    }
}
