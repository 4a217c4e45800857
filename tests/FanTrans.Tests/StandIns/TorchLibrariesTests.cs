using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace FanTrans.Tests.StandIns;

/// <summary>What the stand-in sets for the libraries below it.</summary>
[Collection(TorchCollection.Name)]
public class TorchLibrariesTests
{
    [Fact]
    public void MatrixProductsUseTheProcessorsVectors()
    {
        if (!Avx2.IsSupported) Assert.Skip("this processor has no AVX2");
        rand(2, 2).Dispose();
        if (!NativeLibrary.TryLoad("libopenblas.so.0", out var openBlas)) Assert.Skip("this libtorch is not over OpenBLAS");
        var name = Marshal.GetDelegateForFunctionPointer<CoreName>(NativeLibrary.GetExport(openBlas, "openblas_get_corename"));
        Assert.DoesNotContain(Marshal.PtrToStringUTF8(name())!, (string[])["Prescott", "Core2", "Penryn", "Nehalem"]);
    }

    private delegate nint CoreName();
}
