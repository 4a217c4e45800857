namespace SixLabors.ImageSharp;

/// <summary>A box of pixels: its left top corner and its sides.</summary>
public struct Rectangle : IEquatable<Rectangle>
{
    public static readonly Rectangle Empty;

    public Rectangle(int x, int y, int width, int height) => (X, Y, Width, Height) = (x, y, width, height);

    public int X { get; set; }

    public int Y { get; set; }

    public int Width { get; set; }

    public int Height { get; set; }

    public readonly int Left => X;

    public readonly int Top => Y;

    public readonly int Right => X + Width;

    public readonly int Bottom => Y + Height;

    public static bool operator ==(Rectangle left, Rectangle right) => left.Equals(right);

    public static bool operator !=(Rectangle left, Rectangle right) => !left.Equals(right);

    public readonly bool Contains(Rectangle rectangle) =>
        rectangle.X >= X && rectangle.Y >= Y && rectangle.Right <= Right && rectangle.Bottom <= Bottom;

    public readonly void Deconstruct(out int x, out int y, out int width, out int height) =>
        (x, y, width, height) = (X, Y, Width, Height);

    public readonly bool Equals(Rectangle other) =>
        (X, Y, Width, Height) == (other.X, other.Y, other.Width, other.Height);

    public override readonly bool Equals(object? obj) => obj is Rectangle other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(X, Y, Width, Height);

    public override readonly string ToString() => $"Rectangle [ X={X}, Y={Y}, Width={Width}, Height={Height} ]";
}
