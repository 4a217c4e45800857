namespace SixLabors.ImageSharp;

/// <summary>Width and height in pixels.</summary>
public struct Size : IEquatable<Size>
{
    public static readonly Size Empty;

    public Size(int width, int height) => (Width, Height) = (width, height);

    public int Width { get; set; }

    public int Height { get; set; }

    public static bool operator ==(Size left, Size right) => left.Equals(right);

    public static bool operator !=(Size left, Size right) => !left.Equals(right);

    public readonly void Deconstruct(out int width, out int height) => (width, height) = (Width, Height);

    public readonly bool Equals(Size other) => (Width, Height) == (other.Width, other.Height);

    public override readonly bool Equals(object? obj) => obj is Size other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Width, Height);

    public override readonly string ToString() => $"Size [ Width={Width}, Height={Height} ]";
}
