using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace FanTrans.Tests;

/// <summary>What a process with PyTorch is started with that is compared with the kit: so that both wait and round alike.</summary>
internal static class PeerEnvironment
{
    public static void Set(ProcessStartInfo start)
    {
        // Threads that spin while they wait starve what runs beside them.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        // An OpenBLAS that does not know the processor gives up its vector units, and rounds otherwise.
        if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported)
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        else if (Avx2.IsSupported && Fma.IsSupported)
            start.Environment["OPENBLAS_CORETYPE"] = "Haswell";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
    }
}
