using System.Numerics;
using static FanTrans.Synthetic.HeadShape;

namespace FanTrans.Synthetic;

/// <summary>The head's surface in one frame: a face's own form, moved by its muscles and turned by its neck.</summary>
internal sealed class HeadMesh
{
    private readonly (float, float)[] motions = new (float, float)[Enum.GetValues<Motion>().Length];
    private readonly int[] lidVertices;
    private readonly int neckStart;
    private readonly float[] bodily;

    public HeadMesh(HeadGrid grid)
    {
        Grid = grid;
        (X, Y, Z) = (new float[grid.Count], new float[grid.Count], new float[grid.Count]);
        LiningStart = grid.Count;
        Surface = new Surface(grid.Count + (LiningRows * grid.Columns));
        for (var row = 0; row < grid.Rows; row++)
        {
            for (var c = 0; c < grid.Columns; c++)
            {
                Surface.U[(row * grid.Columns) + c] = 2 * c;
                Surface.V[(row * grid.Columns) + c] = grid.TextureRow[row];
            }
        }
        lidVertices =
        [
            .. Enumerable
                .Range(0, grid.Count)
                .Where(i =>
                    grid.Z[i] > 40 && Math.Abs(Math.Abs(grid.X[i]) - EyeMiddle) < 20 && Math.Abs(grid.Y[i]) < 18
                ),
        ];
        neckStart = Array.FindIndex(grid.Y, y => y > 110);
        bodily = [.. grid.Y.Skip(neckStart).Select(y => FixedMath.Smooth(110, 190, y))];
        var eye = Enumerable
            .Range(0, grid.Columns)
            .Where(c =>
                Math.Abs(grid.X[(grid.EyeSeam * grid.Columns) + c]) is > 14 and < 49
                && Math.Abs(grid.ColumnAngle[c]) < 90
            );
        EyeColumns = [.. eye];
        MouthColumns =
        [
            .. Enumerable
                .Range(0, grid.Columns)
                .Where(c =>
                    Math.Abs(grid.X[(grid.MouthSeam * grid.Columns) + c]) < 27 && Math.Abs(grid.ColumnAngle[c]) < 90
                ),
        ];
    }

    /// <summary>Rows of lining after the skin: of each lid's edge and
    /// of each lip's inside, two vertices deep.</summary>
    public const int LiningRows = 10;

    public HeadGrid Grid { get; }

    /// <summary>Skin vertices in the head's own space, millimetres.</summary>
    public float[] X { get; }

    /// <inheritdoc cref="X"/>
    public float[] Y { get; }

    /// <inheritdoc cref="X"/>
    public float[] Z { get; }

    /// <summary>Skin, then lining, in camera space.</summary>
    public Surface Surface { get; }

    public int LiningStart { get; }

    public int[] EyeColumns { get; }

    public int[] MouthColumns { get; }

    /// <summary>Middles of the eyeballs in the head's own space: picture's left, picture's right.</summary>
    public Vector3[] Eyes { get; } = new Vector3[2];

    public Rotation HeadTurn { get; private set; }

    public Rotation BodyTurn { get; private set; }

    /// <summary>Millimetres that the lower jaw's teeth have moved: down, and back.</summary>
    public (float Down, float Back) JawDrop { get; private set; }

    public void Build(FaceForm form, FaceMotion motion)
    {
        form.X.CopyTo(X, 0);
        form.Y.CopyTo(Y, 0);
        form.Z.CopyTo(Z, 0);
        motion.Resolve(form.Shape, motions);
        MotionFields.For(Grid).Apply(motions, X, Y, Z);
        JawDrop = (18 * motions[(int)Motion.Jaw].Item1, 6 * motions[(int)Motion.Jaw].Item1);
        for (var side = 0; side < 2; side++)
        {
            var (x, y, z) = EyeCentre(form.Shape, (2 * side) - 1);
            Eyes[side] = new Vector3(x, y, z);
        }
        LayLidsOnEyes();
        CloseSeams();

        HeadTurn = Rotation.Of(motion.Pose);
        BodyTurn = Rotation.Of(
            new FacePose(motion.Pose.Yaw * 0.35f, motion.Pose.Pitch * 0.15f, motion.Pose.Roll * 0.3f)
        );
        Place();
    }

    /// <summary>A point that moves with the skull, in camera space.</summary>
    public Vector3 ToCamera(Vector3 p) => HeadTurn.Apply(p);

    /// <summary>Draws skin and lining.</summary>
    public void Draw(SampleBuffer samples)
    {
        var columns = Grid.Columns;
        samples.Grid(Surface, 0, Grid.EyeSeam + 1, columns, Material.Skin);
        samples.Grid(Surface, (Grid.EyeSeam + 1) * columns, Grid.MouthSeam - Grid.EyeSeam, columns, Material.Skin);
        samples.Grid(Surface, (Grid.MouthSeam + 1) * columns, Grid.Rows - Grid.MouthSeam - 1, columns, Material.Skin);
        Lining(0, 2, EyeColumns);
        Lining(2, 2, EyeColumns);
        Lining(4, 3, MouthColumns);
        Lining(7, 3, MouthColumns);

        void Lining(int firstRow, int rows, int[] which)
        {
            for (var k = 0; k < which.Length - 1; k++)
            {
                if (which[k + 1] != which[k] + 1)
                    continue;
                for (var r = 0; r < rows - 1; r++)
                {
                    var at = LiningStart + ((firstRow + r) * columns) + which[k];
                    samples.Triangle(Surface, at, at + 1, at + columns, Material.Lining, true);
                    samples.Triangle(Surface, at + 1, at + columns + 1, at + columns, Material.Lining, true);
                }
            }
        }
    }

    /// <summary>Lids rest on the eyeball: what would lie inside it is pushed out along its radius.</summary>
    private void LayLidsOnEyes()
    {
        const float Outside = EyeRadius + 1.0f;
        foreach (var i in lidVertices)
        {
            var eye = Eyes[Grid.X[i] < 0 ? 0 : 1];
            var (dx, dy, dz) = (X[i] - eye.X, Y[i] - eye.Y, Z[i] - eye.Z);
            var flat = (dx * dx) + (dy * dy);
            if (flat >= Outside * Outside)
                continue;
            var front = MathF.Sqrt((Outside * Outside) - flat);
            // Near the rim the push fades, so that the surface stays smooth there.
            if (dz < front)
                Z[i] += (front - dz) * FixedMath.Smooth(Outside * Outside, 0.75f * Outside * Outside, flat);
        }
    }

    /// <summary>Neither lids nor lips pass through each other.</summary>
    private void CloseSeams()
    {
        foreach (var seam in (ReadOnlySpan<int>)[Grid.EyeSeam, Grid.MouthSeam])
        {
            for (var c = 0; c < Grid.Columns; c++)
            {
                var (upper, lower) = ((seam * Grid.Columns) + c, ((seam + 1) * Grid.Columns) + c);
                if (Y[upper] <= Y[lower])
                    continue;
                Y[upper] = Y[lower] = (Y[upper] + Y[lower]) / 2;
                Z[upper] = Z[lower] = (Z[upper] + Z[lower]) / 2;
            }
        }
    }

    /// <summary>Into camera space: the head turns, the neck's foot follows the body, the rest lies between.</summary>
    private void Place()
    {
        var s = Surface;
        var columns = Grid.Columns;
        HeadTurn.Apply(X, Y, Z, s.X, s.Y, s.Z, Grid.Count);
        for (var i = neckStart; i < Grid.Count; i++)
        {
            var bodily = this.bodily[i - neckStart];
            if (bodily == 0)
                continue;
            var p = Vec.Lerp(
                new Vector3(s.X[i], s.Y[i], s.Z[i]),
                BodyTurn.Apply(new Vector3(X[i], Y[i], Z[i])),
                bodily
            );
            (s.X[i], s.Y[i], s.Z[i]) = (p.X, p.Y, p.Z);
        }
        s.GridNormals(0, Grid.EyeSeam + 1, columns);
        s.GridNormals((Grid.EyeSeam + 1) * columns, Grid.MouthSeam - Grid.EyeSeam, columns);
        s.GridNormals((Grid.MouthSeam + 1) * columns, Grid.Rows - Grid.MouthSeam - 1, columns);
        JoinNormals(Grid.EyeSeam);
        JoinNormals(Grid.MouthSeam);

        var inward = HeadTurn.Turn(new Vector3(0, 0, -1));
        var down = HeadTurn.Turn(new Vector3(0, 1, 0));
        LineFrom(Grid.EyeSeam, 0, [0, 2.4f], [0, 0.2f], EyeColumns);
        LineFrom(Grid.EyeSeam + 1, 2, [0, 2.2f], [0, -0.5f], EyeColumns);
        LineFrom(Grid.MouthSeam, 4, [0, 2.2f, 8], [0, 0.5f, -1.5f], MouthColumns);
        LineFrom(Grid.MouthSeam + 1, 7, [0, 2.2f, 8], [0, -0.5f, 1.5f], MouthColumns);

        void LineFrom(int seamRow, int liningRow, ReadOnlySpan<float> depth, ReadOnlySpan<float> lower, int[] which)
        {
            var up = seamRow == Grid.EyeSeam || seamRow == Grid.MouthSeam;
            for (var r = 0; r < depth.Length; r++)
            {
                foreach (var c in which)
                {
                    var from = (seamRow * columns) + c;
                    var to = LiningStart + ((liningRow + r) * columns) + c;
                    var p = new Vector3(s.X[from], s.Y[from], s.Z[from]) + (inward * depth[r]) + (down * lower[r]);
                    var n = new Vector3(s.NormalX[from], s.NormalY[from], s.NormalZ[from]);
                    if (r > 0)
                        n = Vec.Unit((down * (up ? 0.9f : -0.9f)) - (inward * (r == 1 ? 0.5f : 0.2f)));
                    s.Set(to, p, n, r, seamRow <= Grid.EyeSeam + 1 ? 0 : 1);
                }
            }
        }
    }

    /// <summary>Where the copies of a seam lie together, the skin is one surface.</summary>
    private void JoinNormals(int seam)
    {
        var s = Surface;
        for (var c = 0; c < Grid.Columns; c++)
        {
            var (a, b) = ((seam * Grid.Columns) + c, ((seam + 1) * Grid.Columns) + c);
            var gap = Math.Abs(s.Y[a] - s.Y[b]);
            var together = Math.Clamp(1 - gap, 0, 1);
            if (together == 0)
                continue;
            var na = new Vector3(s.NormalX[a], s.NormalY[a], s.NormalZ[a]);
            var nb = new Vector3(s.NormalX[b], s.NormalY[b], s.NormalZ[b]);
            var mean = Vec.Unit(na + nb + new Vector3(0, 0, 1e-6f));
            na = Vec.Lerp(na, mean, together);
            nb = Vec.Lerp(nb, mean, together);
            (s.NormalX[a], s.NormalY[a], s.NormalZ[a]) = (na.X, na.Y, na.Z);
            (s.NormalX[b], s.NormalY[b], s.NormalZ[b]) = (nb.X, nb.Y, nb.Z);
        }
    }
}
