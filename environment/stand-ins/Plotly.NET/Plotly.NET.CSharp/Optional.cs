namespace Plotly.NET.CSharp;

/// <summary>A parameter's value, or none.</summary>
public readonly record struct Optional<T>(T Value, bool IsSome)
{
    public static implicit operator Optional<T>(T Value) => new(Value, true);
}
