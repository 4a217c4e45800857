using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookHost.Core;

/// <summary>
/// Where a session's output goes. A front end implements it: the headless runner writes it into a
/// notebook, a Jupyter kernel would publish it. Calls come from any thread.
/// </summary>
internal interface IKernelOutput
{
    /// <summary>Text written to <see cref="Console"/>, in pieces of any size.</summary>
    void Stream(StreamName name, string text);

    /// <summary>A displayed value.</summary>
    void Display(IReadOnlyList<FormattedValue> bundle, string displayId);

    /// <summary>Another content for a value that has been displayed, perhaps by an earlier cell.</summary>
    void Update(IReadOnlyList<FormattedValue> bundle, string displayId);

    /// <summary>The value of a cell's last expression.</summary>
    void Result(IReadOnlyList<FormattedValue> bundle);

    /// <summary>A formatter with a page head has shown a value: a page of these outputs needs that head, once.</summary>
    void NeedsPageHead(object formatter);

    /// <summary>A message for the person who waits; not part of the notebook.</summary>
    void Status(string message);
}

internal enum StreamName { Out, Error }
