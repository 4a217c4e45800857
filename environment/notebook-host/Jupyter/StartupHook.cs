using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

/// <summary>
/// Runs in the process of .NET Interactive's tool, before it, where Jupyter starts it by the entry that <c>install</c> writes;
/// .NET wants this name, outside of namespaces. The tool puts a script with addresses of the machine into the output of the
/// first cell, which notebooks then keep, and has no option against it: here that script is shown as nothing.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        // Not for programs that cells start.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        try
        {
            LeaveOutAddresses();
        }
        catch (Exception e)
        {
            // In another version of the tool; strip takes the script out, too.
            Console.Error.WriteLine($"notebook-host: the first cell's output will hold this machine's address: {e.Message}");
        }
    }

    // On its own, so that a type which is not there is found in the try block.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveOutAddresses() => Formatter.Register<HtmlString>((html, writer) =>
    {
        if (html.Value?.Contains("dotnet-interactive-this-cell", StringComparison.Ordinal) != true) writer.Write(html.Value);
    }, HtmlFormatter.MimeType);
}
