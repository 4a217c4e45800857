using System.Numerics;
using System.Runtime.CompilerServices;

namespace FanTrans.Synthetic;

/// <summary>
/// Vector arithmetic in a fixed order of operations: the library's own dot products, lengths and interpolations
/// may fuse multiplication and addition where a machine can, which changes the last bit.
/// </summary>
internal static class Vec
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(Vector3 a, Vector3 b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Length(Vector3 a) => MathF.Sqrt(Dot(a, a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector3 Unit(Vector3 a) => a * (1 / MathF.Sqrt(Dot(a, a) + 1e-20f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector3 Lerp(Vector3 a, Vector3 b, float t) => a + ((b - a) * t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector3 Cross(Vector3 a, Vector3 b) =>
        new((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));
}
