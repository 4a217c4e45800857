using System.Runtime.InteropServices;

namespace NotebookHost.Jupyter;

/// <summary>Finds libzmq: the operating system's own, or one that a variable names.</summary>
internal static class ZmqLibrary
{
    public const string Name = "libzmq";

    /// <summary>The variable that names the file where it is not found by itself.</summary>
    public const string Variable = "NOTEBOOK_HOST_LIBZMQ";

    private static readonly Lazy<nint> Handle = new(Load);

    static ZmqLibrary() => NativeLibrary.SetDllImportResolver(
        typeof(ZmqLibrary).Assembly, (name, _, _) => name == Name ? Handle.Value : 0);

    /// <exception cref="HostException">There is none.</exception>
    public static void Require()
    {
        if (Handle.Value == 0) throw new HostException(Missing());
    }

    private static nint Load()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return NativeLibrary.TryLoad(named, out var own) ? own : throw new HostException($"{Variable}: cannot load {named}");
        foreach (var candidate in Candidates())
        {
            if (NativeLibrary.TryLoad(candidate, typeof(ZmqLibrary).Assembly, DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory, out var found))
                return found;
        }
        return 0;
    }

    private static IEnumerable<string> Candidates()
    {
        string[] names = OperatingSystem.IsWindows() ? ["libzmq.dll", "libzmq-mt-4_3_5.dll", "zmq.dll"]
            : OperatingSystem.IsMacOS() ? ["libzmq.5.dylib", "libzmq.dylib"]
            : ["libzmq.so.5", "libzmq.so"];
        foreach (var name in names) yield return name;
        // An Anaconda that is switched on has one.
        if (Environment.GetEnvironmentVariable("CONDA_PREFIX") is not { Length: > 0 } conda) yield break;
        var folder = OperatingSystem.IsWindows() ? Path.Combine(conda, "Library", "bin") : Path.Combine(conda, "lib");
        foreach (var name in names) yield return Path.Combine(folder, name);
    }

    private static string Missing()
    {
        var mend = OperatingSystem.IsWindows() ? "conda install zeromq, or put libzmq.dll beside notebook-host.dll"
            : OperatingSystem.IsMacOS() ? "brew install zeromq"
            : "apt-get install libzmq5, or your distribution's package of ZeroMQ 4";
        return $"the Jupyter kernel needs the library libzmq, which is not here: {mend}; or name its file in {Variable}";
    }
}
