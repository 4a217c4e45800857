// Compiled into every program that references FanTrans: see FanTrans.Interop.TorchLibrary.
internal static class PrepareTorch
{
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Prepare() => FanTrans.Interop.TorchLibrary.Prepare();
}
