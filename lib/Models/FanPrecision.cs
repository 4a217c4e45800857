namespace FanTrans.Models;

/// <summary>What a frozen face alignment network computes in; all that is trained stays in float32.</summary>
public enum FanPrecision
{
    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>
    /// bfloat16: float32's range with 8 of its 24 binary digits. Features differ by less than one in a hundred; GPUs
    /// with matrix units for it (NVIDIA from Ampere on) are several times faster, others and most processors are
    /// slower.
    /// </summary>
    BFloat16,
}
