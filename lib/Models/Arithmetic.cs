using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>
/// Sums of tensors, and tensors with numbers. TorchSharp 0.107 turns every number that meets a tensor into an object,
/// the 1 by which a + b multiplies b included, and the garbage collector may free it before the native call has read
/// it: on a busy machine that ended one training in some ten thousand steps ("Expected false to be true" from
/// Scalar.h), and could have used another number. Here each number lives until the call is done; the library's code has
/// no other (see BannedSymbols.txt).
/// </summary>
internal static class Arithmetic
{
    private static readonly Scalar One = 1.ToScalar();

    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    public static Tensor PlusInPlace(this Tensor a, Tensor b) => a.add_(b, One);

    public static Tensor Sum(this IEnumerable<Tensor> terms) => terms.Aggregate(Plus);

    public static Tensor Squared(this Tensor a) => a.mul(a);

    public static Tensor Plus(this Tensor a, double b) => With(b, number => a.add(number, One));

    public static Tensor Minus(this Tensor a, double b) => With(b, number => a.sub(number));

    public static Tensor Times(this Tensor a, double b) => With(b, number => a.mul(number));

    public static Tensor Over(this Tensor a, double b) => With(b, number => a.div(number));

    /// <summary>Of whole numbers, which it leaves whole.</summary>
    public static Tensor Times(this Tensor a, long b)
    {
        using var number = b.ToScalar();
        return a.mul(number);
    }

    /// <summary>The quotient of whole numbers, rounded down, and what is left of it.</summary>
    public static (Tensor Quotient, Tensor Remainder) DividedBy(this Tensor a, long b)
    {
        using var number = b.ToScalar();
        return (a.div(number, RoundingMode.floor).to_type(ScalarType.Int64), a.remainder(number));
    }

    /// <summary>1 - a.</summary>
    public static Tensor Complement(this Tensor a) => a.neg().add(One, One);

    /// <summary>Where a ≥ b: of type bool.</summary>
    public static Tensor AtLeast(this Tensor a, double b) => With(b, number => a.ge(number));

    /// <summary>max(a, b).</summary>
    public static Tensor NoLess(this Tensor a, double b) => With(b, number => a.clamp_min(number));

    /// <summary>a, but no less than low and no more than high.</summary>
    public static Tensor Within(this Tensor a, double low, double high)
    {
        using Scalar least = low.ToScalar(),
            most = high.ToScalar();
        return a.clamp(least, most);
    }

    /// <summary>b where the mask is true, else a.</summary>
    public static Tensor Filled(this Tensor a, Tensor mask, double b) => With(b, number => a.masked_fill(mask, number));

    /// <summary>As a, of one number.</summary>
    public static Tensor Full(ReadOnlySpan<long> shape, double value, Tensor like)
    {
        using var number = value.ToScalar();
        return full(shape, number, dtype: like.dtype, device: like.device);
    }

    /// <summary>0, 1, … of whole numbers.</summary>
    public static Tensor Count(long count, Device? device = null)
    {
        using var number = count.ToScalar();
        return arange(number, dtype: ScalarType.Int64, device: device);
    }

    private static Tensor With(double value, Func<Scalar, Tensor> use)
    {
        using var number = value.ToScalar();
        return use(number);
    }
}
