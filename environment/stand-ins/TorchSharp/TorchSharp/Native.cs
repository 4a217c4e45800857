using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp;

/// <summary>The functions of native/host.cpp. Tensors and generators are passed as owned references.</summary>
internal static unsafe partial class Native
{
    private const string Library = "TorchSharpHost";

    static Native()
    {
        // Libraries read these when they are loaded; .NET's own Environment.SetEnvironmentVariable does not reach native code.
        if (!OperatingSystem.IsWindows())
        {
            // libgomp's threads spin by default, which starves small machines.
            setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
            // An OpenBLAS that is older than the processor takes it for one of 2004, without AVX.
            if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported) setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
            else if (Avx2.IsSupported && Fma.IsSupported) setenv("OPENBLAS_CORETYPE", "Haswell", 0);
        }
        NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    /// <summary>
    /// The loader's own search first; then, for hosts that load this assembly straight from the package
    /// folder (notebooks), the native file of the TorchSharp-cpu or TorchSharp-cuda-linux package beside it.
    /// </summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        if (NativeLibrary.TryLoad(Library, assembly, path, out var found)) return found;

        var file = $"lib{Library}.so";
        var rid = RuntimeInformation.RuntimeIdentifier;
        var here = Path.GetDirectoryName(assembly.Location);
        foreach (var candidate in new[] { "", Path.Combine("runtimes", rid, "native") })
            if (here is not null && NativeLibrary.TryLoad(Path.Combine(here, candidate, file), out found)) return found;

        // <packages>/torchsharp/<version>/lib/<framework>/TorchSharp.dll
        var version = here is null ? null : Directory.GetParent(here)?.Parent;
        var packages = version?.Parent?.Parent;
        if (packages is not null)
            foreach (var package in new[] { "torchsharp-cpu", "torchsharp-cuda-linux" })
            {
                var native = Path.Combine(packages.FullName, package, version!.Name, "runtimes", rid, "native", file);
                if (NativeLibrary.TryLoad(native, out found)) return found;
            }
        return 0;
    }

    /// <summary>Throws what the last failed call on this thread left.</summary>
    internal static ExternalException Error() => new(Marshal.PtrToStringUTF8(host_error()));

    internal static void Check(int status)
    {
        if (status < 0) throw Error();
    }

    internal static nint Check(nint handle) => handle != 0 ? handle : throw Error();

    [LibraryImport(Library)] internal static partial nint host_error();
    [LibraryImport(Library)] internal static partial nint host_version();
    [LibraryImport(Library)] internal static partial void host_free(nint memory);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint host_find(string name, string overload);

    [LibraryImport(Library)]
    internal static partial int host_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);

    [LibraryImport(Library)] internal static partial void host_release(nint tensor);

    [LibraryImport(Library), SuppressGCTransition] internal static partial long host_dim(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long host_numel(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_sizes(nint tensor, long* sizes);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_strides(nint tensor, long* strides);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long host_storage_offset(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_dtype(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long host_element_size(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_device_type(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_device_index(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_is_sparse(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_is_contiguous(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_is_leaf(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_requires_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int host_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial nint host_data(nint tensor);
    [LibraryImport(Library)] internal static partial nint host_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int host_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)] internal static partial int host_retain_grad(nint tensor);

    [LibraryImport(Library)]
    internal static partial nint host_from_blob(
        nint data, long* sizes, int dims, int dtype, delegate* unmanaged<nint, void> release, nint context);

    [LibraryImport(Library)]
    internal static partial int host_backward(
        nint* tensors, int count, nint* grads, int gradCount, int retain, int create, nint* inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial int host_grad_of(
        nint* outputs, int count, nint* inputs, int inputCount, nint* grads, int gradCount,
        int retain, int create, int allowUnused, nint* results);

    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_grad_enabled();
    [LibraryImport(Library), SuppressGCTransition] internal static partial void host_set_grad_enabled(int value);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int host_inference_enabled();
    [LibraryImport(Library)] internal static partial nint host_enter_inference(int value);
    [LibraryImport(Library)] internal static partial void host_leave_inference(nint guard);

    [LibraryImport(Library)] internal static partial int host_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial nint host_default_generator();
    [LibraryImport(Library)] internal static partial nint host_new_generator(long seed, int deviceType, int deviceIndex);
    [LibraryImport(Library)] internal static partial void host_release_generator(nint generator);
    [LibraryImport(Library)] internal static partial int host_generator_seed(nint generator, long seed);
    [LibraryImport(Library)] internal static partial long host_generator_initial_seed(nint generator);
    [LibraryImport(Library)] internal static partial nint host_generator_state(nint generator);
    [LibraryImport(Library)] internal static partial int host_set_generator_state(nint generator, nint state);

    [LibraryImport(Library)] internal static partial int host_cuda_count();
    [LibraryImport(Library)] internal static partial int host_cudnn_available();
    [LibraryImport(Library)] internal static partial int host_cuda_seed(long seed);
    [LibraryImport(Library)] internal static partial int host_cuda_synchronize(int device);
    [LibraryImport(Library)] internal static partial int host_get_threads();
    [LibraryImport(Library)] internal static partial int host_set_threads(int count);
    [LibraryImport(Library)] internal static partial int host_get_interop_threads();
    [LibraryImport(Library)] internal static partial int host_set_interop_threads(int count);
}
