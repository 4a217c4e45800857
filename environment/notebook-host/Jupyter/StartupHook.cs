using System.Collections;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

/// <summary>
/// Runs in the process of .NET Interactive's tool, before it, where Jupyter starts it by the entry that <c>install</c>
/// writes; .NET wants this name, outside of namespaces. It does two things that the tool has no option for.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        // Not for programs that cells start.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        Try(LeaveOutAddresses);
        Try(LoseNoOutput);
    }

    /// <summary>In another version of the tool something may not be there: then it runs as it is.</summary>
    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"notebook-host: {change.Method.Name} has no effect on this version of .NET "
                + $"Interactive: {e.Message}");
        }
    }

    /// <summary>The tool puts a script with addresses of the machine into the first cell's output, which notebooks
    /// keep: it is shown as nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveOutAddresses() => Formatter.Register<HtmlString>((html, writer) =>
    {
        if (html.Value?.Contains("dotnet-interactive-this-cell", StringComparison.Ordinal) != true) writer.Write(html.Value);
    }, HtmlFormatter.MimeType);

    /// <summary>The tool sends a message a printed line, and drops them once a client is a thousand
    /// behind: that limit goes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoseNoOutput() => DiagnosticListener.AllListeners.Subscribe(listener =>
    {
        if (listener.Name == "Microsoft.Extensions.Hosting") listener.Subscribe(e => { if (e is { Key: "HostBuilt", Value: { } host }) Try(() => RemoveLimit(host)); });
    });

    private static void RemoveLimit(object host)
    {
        var services = (IServiceProvider)host.GetType().GetProperty("Services")!.GetValue(host)!;
        var service = Type.GetType(
            "Microsoft.Extensions.Hosting.IHostedService, Microsoft.Extensions.Hosting.Abstractions"
        )!;
        foreach (var hosted in (IEnumerable)services.GetService(typeof(IEnumerable<>).MakeGenericType(service))!)
        {
            if (hosted.GetType().GetField("_ioPubSocket", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(hosted) is not { } socket) continue;
            var options = socket.GetType().GetProperty("Options")!.GetValue(socket)!;
            options.GetType().GetProperty("SendHighWatermark")!.SetValue(options, 0);
        }
    }
}
