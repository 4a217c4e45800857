using System.Collections.Concurrent;
using System.Runtime.Loader;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Events;

namespace NotebookHost.Running;

/// <summary>
/// Loads what packages bring for notebooks, right after they were restored and before the cell's code: the assemblies
/// and the script of <c>interactive-extensions/dotnet</c>. In .NET Interactive this is the tool's part, not the
/// packages'.
/// </summary>
internal sealed class PackageExtensions(CompositeKernel kernels)
{
    private readonly ConcurrentQueue<string> added = new();
    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);

    public void Use()
    {
        kernels.RegisterForDisposal(
            kernels.KernelEvents.Subscribe(e =>
            {
                if (e is PackageAdded { PackageReference.PackageRoot: { } root } && known.TryAdd(root, true))
                    added.Enqueue(root);
            })
        );
        kernels.AddMiddleware(
            async (command, context, next) =>
            {
                await next(command, context).ConfigureAwait(false);
                while (added.TryDequeue(out var root))
                    await LoadAsync(Path.Combine(root, "interactive-extensions", "dotnet"), context)
                        .ConfigureAwait(false);
            }
        );
    }

    private async Task LoadAsync(string folder, KernelInvocationContext context)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var type in Directory.GetFiles(folder, "*.dll").SelectMany(path => AssemblyLoadContext.Default.LoadFromAssemblyPath(path).ExportedTypes))
        {
            if (
                type is { IsAbstract: false, ContainsGenericParameters: false }
                && typeof(IKernelExtension).IsAssignableFrom(type)
            )
                await ((IKernelExtension)Activator.CreateInstance(type)!).OnLoadAsync(kernels).ConfigureAwait(false);
        }
        var script = Path.Combine(folder, "extension.dib");
        if (File.Exists(script))
            await kernels.LoadAndRunInteractiveDocument(new(script), context.Command).ConfigureAwait(false);
    }
}
