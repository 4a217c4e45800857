using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace NotebookHost.Formatting;

/// <summary>The ways in which a value can be shown.</summary>
internal enum Shape
{
    /// <summary>Text, number, date and the like: one piece.</summary>
    Scalar,

    /// <summary>A value whose class says by <see cref="object.ToString"/> how it looks.</summary>
    Opaque,

    /// <summary>Keys and values.</summary>
    Dictionary,

    /// <summary>A two-dimensional array.</summary>
    Matrix,

    /// <summary>Anything else that can be enumerated.</summary>
    Sequence,

    /// <summary>A few values in order, without names.</summary>
    Tuple,

    /// <summary>A value with properties.</summary>
    Object,
}

internal static class Shapes
{
    public static Shape Of(object value) => value switch
    {
        string or Enum or Type or Delegate or Task or Uri or Version => value is Task ? Shape.Opaque : Shape.Scalar,
        Array { Rank: 2 } => Shape.Matrix,
        ITuple => Shape.Tuple,
        IDictionary => Shape.Dictionary,
        IEnumerable sequence => ElementType(sequence) is { } element && IsPair(element) ? Shape.Dictionary : Shape.Sequence,
        _ when value.GetType() is var type && IsScalarType(type) => Shape.Scalar,
        _ when IsPair(value.GetType()) => Shape.Object,
        _ when SaysHowItLooks(value.GetType()) || Members(value.GetType()).Count == 0 => Shape.Opaque,
        _ => Shape.Object,
    };

    /// <summary>Public properties that can be read, and fields, in the order of their declaration.</summary>
    public static IReadOnlyList<(string Name, Func<object, object?> Get)> Members(Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetMethod?.IsPublic == true && p.GetIndexParameters().Length == 0 && IsShowable(p.PropertyType))
            .Select(p => (p.Name, Order: p.MetadataToken, Get: (Func<object, object?>)p.GetValue));
        var fields = type.GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Where(f => IsShowable(f.FieldType))
            .Select(f => (f.Name, Order: f.MetadataToken, Get: (Func<object, object?>)f.GetValue));
        return [.. properties.Concat(fields).DistinctBy(m => m.Name).Select(m => (m.Name, Guard(m.Get)))];
    }

    public static bool IsNumber(object? value) =>
        value is byte or sbyte or short or ushort or int or uint or long or ulong or nint or nuint
            or Half or float or double or decimal or Int128 or UInt128 or System.Numerics.BigInteger;

    private static bool IsScalarType(Type type) =>
        type.IsPrimitive || type.IsValueType && typeof(IFormattable).IsAssignableFrom(type);

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static Type? ElementType(IEnumerable sequence) => sequence.GetType().GetInterfaces()
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GenericTypeArguments[0];

    /// <summary>
    /// Whether the type has a ToString of its author's own; records and anonymous types have one of the compiler's, which
    /// lists properties.
    /// </summary>
    public static bool SaysHowItLooks(Type type)
    {
        var method = type.GetMethod(nameof(ToString), Type.EmptyTypes)!;
        return method.DeclaringType != typeof(object) && method.DeclaringType != typeof(ValueType)
            && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !method.DeclaringType!.IsDefined(typeof(CompilerGeneratedAttribute));
    }

    private static bool IsShowable(Type type) => !type.IsByRefLike && !type.IsPointer && !type.IsByRef;

    // A property that throws shows why, and the others are shown.
    private static Func<object, object?> Guard(Func<object, object?> get) => value =>
    {
        try
        {
            return get(value);
        }
        catch (TargetInvocationException e)
        {
            return $"({e.InnerException?.GetType().Name}: {e.InnerException?.Message})";
        }
    };
}
