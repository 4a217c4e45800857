using System.Reflection;
using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.Formats;

/// <summary>The functions of libturbojpeg and libpng that are called, found under the names that each system gives the libraries.</summary>
internal static unsafe partial class Native
{
    private const string TurboJpeg = "turbojpeg";
    private const string Png = "png16";

    private static readonly Dictionary<string, string[]> FileNames = new()
    {
        [TurboJpeg] = ["libturbojpeg.so.0", "libturbojpeg.so", "libturbojpeg.0.dylib", "libturbojpeg.dylib", "turbojpeg.dll"],
        [Png] = ["libpng16.so.16", "libpng16.so", "libpng16.16.dylib", "libpng16.dylib", "libpng16.dll"],
    };

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    [LibraryImport(TurboJpeg)]
    internal static partial nint tjInitDecompress();

    [LibraryImport(TurboJpeg)]
    internal static partial nint tjInitCompress();

    [LibraryImport(TurboJpeg)]
    internal static partial int tjDestroy(nint handle);

    [LibraryImport(TurboJpeg)]
    internal static partial void tjFree(byte* buffer);

    [LibraryImport(TurboJpeg)]
    internal static partial int tjGetErrorCode(nint handle);

    [LibraryImport(TurboJpeg)]
    internal static partial nint tjGetErrorStr2(nint handle);

    // unsigned long is 64 bits wide where this library is used (Linux and macOS), so nuint stands for it.
    [LibraryImport(TurboJpeg)]
    internal static partial int tjDecompressHeader3(
        nint handle, byte* jpeg, nuint size, out int width, out int height, out int sampling, out int color);

    [LibraryImport(TurboJpeg)]
    internal static partial int tjDecompress2(
        nint handle, byte* jpeg, nuint size, byte* target, int width, int pitch, int height, int format, int flags);

    [LibraryImport(TurboJpeg)]
    internal static partial int tjCompress2(
        nint handle, byte* source, int width, int pitch, int height, int format, byte** jpeg, nuint* size, int sampling, int quality, int flags);

    [LibraryImport(Png)]
    internal static partial int png_image_begin_read_from_memory(PngImage* image, byte* memory, nuint size);

    [LibraryImport(Png)]
    internal static partial int png_image_finish_read(PngImage* image, void* background, void* buffer, int stride, void* colormap);

    [LibraryImport(Png)]
    internal static partial int png_image_write_to_memory(
        PngImage* image, void* memory, nuint* size, int convertTo8Bit, void* buffer, int stride, void* colormap);

    [LibraryImport(Png)]
    internal static partial void png_image_free(PngImage* image);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (!FileNames.TryGetValue(name, out var candidates))
            return 0;
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle))
                return handle;
        }
        throw new DllNotFoundException(
            $"None of {string.Join(", ", candidates)} could be loaded. On Debian and Ubuntu: apt-get install libturbojpeg0 libpng16-16.");
    }
}

/// <summary>png_image of png.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PngImage
{
    public nint Opaque;
    public uint Version;
    public uint Width;
    public uint Height;
    public uint Format;
    public uint Flags;
    public uint ColormapEntries;
    public uint WarningOrError;
    public fixed byte Message[64];
}
