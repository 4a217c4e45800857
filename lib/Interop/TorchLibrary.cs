using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using FanTrans.Models;
using Microsoft.Win32.SafeHandles;
using TorchSharp;

namespace FanTrans.Interop;

/// <summary>
/// Loads TorchSharp's native library on Linux systems whose C++ library is GCC 12's (Debian 12, Ubuntu 22.04). The
/// packaged file is refused there for one symbol version, GLIBCXX_3.4.32, which it needs for a marker that nothing
/// calls. A copy whose entry for that version is marked "weak" is the same library and loads. The copy lives in memory.
/// Where the packaged file loads, nothing is done.
/// </summary>
/// <remarks>
/// It starts with the library's assembly. A program whose first line is one of TorchSharp's needs it earlier: the
/// package brings each program that references it a module initializer that calls <see cref="Prepare"/>.
/// </remarks>
public static partial class TorchLibrary
{
    private const string LibraryName = "LibTorchSharp";
    private const string FileName = "libLibTorchSharp.so";
    private const string UnusedVersion = "GLIBCXX_3.4.32";

    private static readonly Lock Gate = new();
    private static nint library;

    /// <summary>Stays open: the dynamic loader knows the copy by this descriptor's path.</summary>
    private static SafeFileHandle? copy;

    /// <summary>Makes TorchSharp find its native library when it first asks for it.
    /// Calling it again does nothing.</summary>
    public static void Prepare()
    {
        // The module initializer has done it.
    }

    /// <summary>
    /// Loads the native library of the packages now, by path. In a notebook the search by name would find an older
    /// libtorch of the system first.
    /// </summary>
    /// <exception cref="DllNotFoundException">The system lacks what the library needs;
    /// the message says what.</exception>
    public static void Load()
    {
        if (OperatingSystem.IsLinux())
            Resolve();
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "TorchSharp may be called before any type of this library.")]
    internal static void Initialize()
    {
        if (!OperatingSystem.IsLinux())
            return;
        LimitSpinning();
        MemoryLayout.ReturnBlocks(from: 4 << 20);
        AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll += (_, name) =>
            name == LibraryName ? Resolve() : 0;
    }

    /// <summary>
    /// Threads that wait for work spin for a moment and then sleep. libgomp's default spins for so long that a second
    /// busy process makes training five times slower; sleeping at once costs half of a small model's speed.
    /// </summary>
    private static void LimitSpinning()
    {
        // libgomp reads the native environment, which Environment.SetEnvironmentVariable does not reach.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetEnvironment("GOMP_SPINCOUNT", "10000", overwrite: 0);
    }

    private static nint Resolve()
    {
        lock (Gate)
        {
            if (library != 0)
                return library;
            if (Find("libtorch.so") is not { } torchFile || Find(FileName) is not { } file)
                return 0;
            // The loader finds libtorch by its name from here on, also for the copy, which has no folder.
            Load(torchFile);
            return library = LoadOrCopy(file);
        }
    }

    private static nint LoadOrCopy(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e) when (e.Message.Contains(UnusedVersion, StringComparison.Ordinal))
        {
            copy = InMemory(WithWeakVersion(File.ReadAllBytes(file), file));
            return Load($"/proc/self/fd/{copy.DangerousGetHandle()}");
        }
        catch (DllNotFoundException e)
        {
            throw Refused(file, e);
        }
    }

    private static nint Load(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            throw Refused(file, e);
        }
    }

    /// <summary>TorchSharp keeps the exceptions of its search to itself, so the reason is printed as well.</summary>
    private static DllNotFoundException Refused(string file, DllNotFoundException cause)
    {
        // .NET's advice on the first line, then what the system's loader says.
        var reason = cause.Message[(cause.Message.IndexOf('\n') + 1)..].Trim();
        var message =
            $"{file} does not load on this system. It needs x86-64 Linux with glibc 2.34 and the C++ library of GCC 12 "
            + $"or newer, as Debian 12, Ubuntu 22.04 and later have. The loader says: {reason}";
        Console.Error.WriteLine(message);
        return new DllNotFoundException(message, cause);
    }

    /// <summary>A file of the native packages: beside the program, or in the package cache,
    /// where notebooks load from.</summary>
    private static string? Find(string name)
    {
        var searched = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(
            ':',
            StringSplitOptions.RemoveEmptyEntries
        );
        var assembly = Path.GetDirectoryName(typeof(torch).Assembly.Location)!;
        var package = Path.GetFullPath(Path.Combine(assembly, "..", ".."));
        var cache = Path.GetFullPath(Path.Combine(package, "..", ".."));
        var native = typeof(TorchLibrary)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "NativeTorchPackage")
            .Value!;
        var runtime = Path.Combine("runtimes", "linux-x64", "native");
        return searched
            .Append(assembly)
            .Append(Path.Combine(package, runtime))
            .Append(Path.Combine(cache, native, runtime))
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Sets the flag "weak" of the one entry of the version in the table of needed versions.</summary>
    internal static byte[] WithWeakVersion(byte[] file, string path)
    {
        // An entry is hash (4 bytes), flags (2), index (2), name (4), next (4).
        Span<byte> entry = stackalloc byte[6];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, Hash(UnusedVersion));
        var at = file.AsSpan().IndexOf(entry);
        if (at < 0 || file.AsSpan(at + 1).IndexOf(entry) >= 0)
            throw new DllNotFoundException(
                $"{path}: expected one entry for {UnusedVersion} in its table of needed versions, "
                    + $"found {(at < 0 ? "none" : "several")}"
            );
        const ushort weak = 2;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at + 4), weak);
        return file;
    }

    /// <summary>The hash of names in ELF files.</summary>
    private static uint Hash(string name)
    {
        uint hash = 0;
        foreach (var c in name)
        {
            hash = (hash << 4) + c;
            hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
        }
        return hash;
    }

    private static SafeFileHandle InMemory(byte[] content)
    {
        const uint closeOnExec = 1;
        var file = new SafeFileHandle(CreateMemoryFile(FileName, closeOnExec), ownsHandle: true);
        if (file.IsInvalid)
            throw new DllNotFoundException(
                $"no file in memory for the copy of {FileName}: {Marshal.GetLastPInvokeErrorMessage()}"
            );
        RandomAccess.Write(file, content, 0);
        return file;
    }

    [LibraryImport(
        "libc",
        EntryPoint = "memfd_create",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
