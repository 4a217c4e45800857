using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace FanTrans.Charts;

/// <summary>
/// Plotly.NET asks for FSharp.Core 10.1. .NET Interactive has loaded its own 10.0 by then, and no process takes two:
/// the loaded one is handed out, which has all that figures call.
/// </summary>
internal static class FSharpCore
{
    [ModuleInitializer]
    [SuppressMessage(
        "Usage",
        "CA2255",
        Justification = "It must be there before the first type of Plotly.NET is loaded."
    )]
    internal static void HandOutTheLoadedOne() =>
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            name.Name == "FSharp.Core" ? context.Assemblies.FirstOrDefault(a => a.GetName().Name == name.Name) : null;
}
