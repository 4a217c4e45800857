using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace FanTrans.Tests;

/// <summary>The settings of a Python process with PyTorch that is compared with the kit.</summary>
internal static class PeerEnvironment
{
    public static void Set(ProcessStartInfo start)
    {
        // As FanTrans.Interop.TorchLibrary sets it for the kit.
        start.Environment["GOMP_SPINCOUNT"] = "10000";
        // An OpenBLAS that does not know the processor gives up its vector units, and rounds otherwise.
        if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported)
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        else if (Avx2.IsSupported && Fma.IsSupported)
            start.Environment["OPENBLAS_CORETYPE"] = "Haswell";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
    }
}
