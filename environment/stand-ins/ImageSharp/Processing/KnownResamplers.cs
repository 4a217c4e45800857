using SixLabors.ImageSharp.Processing.Processors.Transforms;

namespace SixLabors.ImageSharp.Processing;

/// <summary>The filters that <see cref="ResizeExtensions"/> can weigh source pixels with.</summary>
public static class KnownResamplers
{
    public static IResampler NearestNeighbor { get; } = new NearestNeighborKernel();

    public static IResampler Box { get; } = new Kernel(0.5f, x => x is > -0.5f and <= 0.5f ? 1 : 0);

    /// <summary>Linear interpolation when enlarging.</summary>
    public static IResampler Triangle { get; } = new Kernel(1, x => MathF.Max(1 - MathF.Abs(x), 0));

    /// <summary>Keys' cubic with a = -0.5.</summary>
    public static IResampler Bicubic { get; } = new Kernel(2, x => Cubic(MathF.Abs(x), -0.5f));

    public static IResampler Lanczos2 { get; } = new Kernel(2, x => Lanczos(MathF.Abs(x), 2));

    public static IResampler Lanczos3 { get; } = new Kernel(3, x => Lanczos(MathF.Abs(x), 3));

    private static float Cubic(float x, float a) => x switch
    {
        <= 1 => (((a + 2) * x) - (a + 3)) * x * x + 1,
        < 2 => ((((x - 5) * x) + 8) * x - 4) * a,
        _ => 0,
    };

    private static float Lanczos(float x, float radius) => x < radius ? Sinc(x) * Sinc(x / radius) : 0;

    private static float Sinc(float x) => x < 1e-5f ? 1 : MathF.Sin(MathF.PI * x) / (MathF.PI * x);

    private sealed class Kernel(float radius, Func<float, float> value) : IResampler
    {
        public float Radius => radius;

        public float GetValue(float x) => value(x);
    }
}
