namespace FanTrans.Data;

/// <summary>
/// An affine map of the plane: x' = Xx·x + Xy·y + X0, y' = Yx·x + Yy·y + Y0. Coordinates are continuous pixels:
/// the pixel of column c and row r covers c to c + 1 and r to r + 1, and its centre lies at (c + ½, r + ½).
/// </summary>
/// <param name="Xx">How x' follows x.</param>
/// <param name="Xy">How x' follows y.</param>
/// <param name="X0">x' of the origin.</param>
/// <param name="Yx">How y' follows x.</param>
/// <param name="Yy">How y' follows y.</param>
/// <param name="Y0">y' of the origin.</param>
internal readonly record struct Affine(double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    /// <summary>Moves every point.</summary>
    /// <param name="x">Added to x.</param>
    /// <param name="y">Added to y.</param>
    public static Affine Translation(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>Scales about the origin; a negative factor mirrors.</summary>
    /// <param name="x">Factor of x.</param>
    /// <param name="y">Factor of y.</param>
    public static Affine Scaling(double x, double y) => new(x, 0, 0, 0, y, 0);

    /// <summary>Rotates about the origin, in image coordinates (y down) clockwise.</summary>
    /// <param name="degrees">The angle.</param>
    public static Affine Rotation(double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        return new Affine(cos, -sin, 0, sin, cos, 0);
    }

    /// <summary>How much the map enlarges an area: the absolute determinant.</summary>
    public double AreaFactor => Math.Abs((Xx * Yy) - (Xy * Yx));

    /// <summary>This map, and then another one.</summary>
    /// <param name="next">Applied to this map's result.</param>
    public Affine Then(Affine next) =>
        new(
            (next.Xx * Xx) + (next.Xy * Yx),
            (next.Xx * Xy) + (next.Xy * Yy),
            (next.Xx * X0) + (next.Xy * Y0) + next.X0,
            (next.Yx * Xx) + (next.Yy * Yx),
            (next.Yx * Xy) + (next.Yy * Yy),
            (next.Yx * X0) + (next.Yy * Y0) + next.Y0
        );

    /// <summary>The map back.</summary>
    /// <exception cref="InvalidOperationException">The map flattens the plane and has no inverse.</exception>
    public Affine Inverse()
    {
        var det = (Xx * Yy) - (Xy * Yx);
        if (det == 0 || !double.IsFinite(det))
            throw new InvalidOperationException($"{this} has no inverse.");
        double xx = Yy / det,
            xy = -Xy / det,
            yx = -Yx / det,
            yy = Xx / det;
        return new Affine(xx, xy, -((xx * X0) + (xy * Y0)), yx, yy, -((yx * X0) + (yy * Y0)));
    }

    /// <summary>Where a point goes.</summary>
    /// <param name="x">Its x.</param>
    /// <param name="y">Its y.</param>
    public (double X, double Y) Map(double x, double y) => ((Xx * x) + (Xy * y) + X0, (Yx * x) + (Yy * y) + Y0);
}
