using System.Numerics;

namespace FanTrans.Synthetic;

/// <summary>Where the 68 landmarks of iBUG lie on the head's grid.</summary>
internal sealed class Landmarks68
{
    private static readonly Lazy<Landmarks68> Fine = new(() => new Landmarks68(HeadGrid.Fine));
    private static readonly Lazy<Landmarks68> Coarse = new(() => new Landmarks68(HeadGrid.Coarse));

    /// <summary>Grid row and column (fractional) of each landmark.</summary>
    private readonly (int Row, int NextRow, float Down, float Column)[] at = new (int, int, float, float)[68];
    private readonly HeadGrid grid;

    private Landmarks68(HeadGrid grid)
    {
        this.grid = grid;
        // Jaw: by angle and row of the loft.
        ReadOnlySpan<(float Angle, float Row)> jaw =
        [
            (82, 7.25f),
            (81.5f, 8.2f),
            (80, 9.25f),
            (75, 10.8f),
            (64, 12.1f),
            (48, 12.6f),
            (31, 12.75f),
            (15, 12.8f),
            (0, 12.85f),
        ];
        for (var k = 0; k < 17; k++)
        {
            var (angle, row) = jaw[k <= 8 ? k : 16 - k];
            Put(k, RowOf(row), ColumnOf(k <= 8 ? -angle : angle));
        }
        // The rest: by place on the bare head, and on which side of a seam.
        ReadOnlySpan<(float X, float Y)> brow = [(58, -14.5f), (49.5f, -22), (37, -26), (25, -24.5f), (13, -20.5f)];
        for (var k = 0; k < 5; k++)
        {
            Place(17 + k, -brow[k].X, brow[k].Y, -1);
            Place(26 - k, brow[k].X, brow[k].Y, -1);
        }
        ReadOnlySpan<float> bridge = [1, 12, 23.5f, 35];
        for (var k = 0; k < 4; k++)
            Place(27 + k, 0, bridge[k], 0);
        ReadOnlySpan<(float X, float Y)> under = [(-13.5f, 44.8f), (-7, 47), (0, 48.6f), (7, 47), (13.5f, 44.8f)];
        for (var k = 0; k < 5; k++)
            Place(31 + k, under[k].X, under[k].Y, 0);
        const float Inner = HeadShape.EyeInner + 0.4f,
            Outer = HeadShape.EyeOuter - 0.4f;
        ReadOnlySpan<(float X, int Side)> eye =
        [
            (-Outer, -1),
            (-36.5f, -1),
            (-25.5f, -1),
            (-Inner, -1),
            (-25.5f, 1),
            (-36.5f, 1),
        ];
        ReadOnlySpan<int> mirrored = [45, 44, 43, 42, 47, 46];
        for (var k = 0; k < 6; k++)
        {
            Seam(36 + k, grid.EyeSeam + (eye[k].Side > 0 ? 1 : 0), eye[k].X);
            Seam(mirrored[k], grid.EyeSeam + (eye[k].Side > 0 ? 1 : 0), -eye[k].X);
        }
        const float Corner = HeadShape.MouthCorner;
        ReadOnlySpan<(float X, float Y)> outer =
        [
            (-Corner - 0.5f, 66),
            (-15.5f, 59.6f),
            (-5.5f, 57.7f),
            (0, 58.3f),
            (5.5f, 57.7f),
            (15.5f, 59.6f),
            (Corner + 0.5f, 66),
            (15, 72.8f),
            (7, 75.2f),
            (0, 75.8f),
            (-7, 75.2f),
            (-15, 72.8f),
        ];
        for (var k = 0; k < 12; k++)
        {
            if (k is 0 or 6)
                Seam(48 + k, grid.MouthSeam, outer[k].X);
            else
                Place(48 + k, outer[k].X, outer[k].Y, k < 6 ? 0 : 1);
        }
        ReadOnlySpan<(float X, int Side)> inner =
        [
            (-Corner + 2, -1),
            (-8, -1),
            (0, -1),
            (8, -1),
            (Corner - 2, -1),
            (8, 1),
            (0, 1),
            (-8, 1),
        ];
        for (var k = 0; k < 8; k++)
            Seam(60 + k, grid.MouthSeam + (inner[k].Side > 0 ? 1 : 0), inner[k].X);
    }

    public static Landmarks68 For(HeadGrid grid) => grid.Divisor == 1 ? Fine.Value : Coarse.Value;

    /// <summary>A landmark's place and surface normal in camera space.</summary>
    public (Vector3 Position, Vector3 Normal) At(int k, Surface s)
    {
        var (row, next, down, column) = at[k];
        var c = (int)column;
        var t = column - c;
        var (a, b) = ((row * grid.Columns) + c, (next * grid.Columns) + c);
        Vector3 Blend(float[] x, float[] y, float[] z)
        {
            Vector3 P(int i) => new(x[i], y[i], z[i]);
            return Vec.Lerp(Vec.Lerp(P(a), P(a + 1), t), Vec.Lerp(P(b), P(b + 1), t), down);
        }
        return (Blend(s.X, s.Y, s.Z), Blend(s.NormalX, s.NormalY, s.NormalZ));
    }

    private void Put(int k, (int Row, int Next, float Down) row, float column) =>
        at[k] = (row.Row, row.Next, row.Down, column);

    private void Seam(int k, int row, float x) => at[k] = (row, row, 0, ColumnAt(row, row, 0, x));

    /// <summary>Finds the cell of a place on the bare head, in one band of rows.</summary>
    private void Place(int k, float x, float y, int band)
    {
        var column = (grid.Columns - 1) / 2f;
        var row = (Row: 0, Next: 0, Down: 0f);
        for (var round = 0; round < 4; round++)
        {
            var c = Math.Clamp((int)column, 0, grid.Columns - 2);
            for (var r = 0; r < grid.Rows - 1; r++)
            {
                var (y0, y1) = (grid.Y[(r * grid.Columns) + c], grid.Y[((r + 1) * grid.Columns) + c]);
                if (grid.Band(r) == band && grid.Band(r + 1) == band && y0 <= y && y <= y1)
                {
                    row = (r, r + 1, (y - y0) / Math.Max(1e-3f, y1 - y0));
                    break;
                }
            }
            column = ColumnAt(row.Row, row.Next, row.Down, x);
        }
        Put(k, row, column);
    }

    private (int, int, float) RowOf(float parameter)
    {
        var r = grid.Rows - 2;
        while (r > 0 && grid.RowParameter[r] > parameter)
            r--;
        var width = grid.RowParameter[r + 1] - grid.RowParameter[r];
        return (r, r + 1, width > 0 ? (parameter - grid.RowParameter[r]) / width : 0);
    }

    private float ColumnOf(float degrees)
    {
        var c = 0;
        while (c < grid.Columns - 2 && grid.ColumnAngle[c + 1] < degrees)
            c++;
        return c + ((degrees - grid.ColumnAngle[c]) / (grid.ColumnAngle[c + 1] - grid.ColumnAngle[c]));
    }

    private float ColumnAt(int row, int next, float down, float x)
    {
        float X(int c) => FixedMath.Lerp(grid.X[(row * grid.Columns) + c], grid.X[(next * grid.Columns) + c], down);
        // Only the front half rises monotonically with the column.
        var c = grid.Columns / 8;
        while (c < (7 * grid.Columns / 8) && X(c + 1) < x)
            c++;
        return c + Math.Clamp((x - X(c)) / Math.Max(1e-3f, X(c + 1) - X(c)), 0, 1);
    }
}
