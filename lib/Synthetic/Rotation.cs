using System.Numerics;

namespace FanTrans.Synthetic;

/// <summary>A turn of the head about the top of its neck, as the rows of a rotation matrix.</summary>
internal readonly record struct Rotation(Vector3 RowX, Vector3 RowY, Vector3 RowZ, Vector3 Pivot)
{
    /// <summary>Yaw first, then pitch, then roll, about a point between the ears' lobes.</summary>
    public static Rotation Of(FacePose pose)
    {
        const float Radians = MathF.PI / 180;
        var (sy, cy) = (FixedMath.Sin(pose.Yaw * Radians), FixedMath.Cos(pose.Yaw * Radians));
        var (sp, cp) = (FixedMath.Sin(pose.Pitch * Radians), FixedMath.Cos(pose.Pitch * Radians));
        var (sr, cr) = (FixedMath.Sin(pose.Roll * Radians), FixedMath.Cos(pose.Roll * Radians));
        // Yaw: x' = cy x + sy z, z' = -sy x + cy z. Pitch: y' = cp y + sp z, z'' = -sp y + cp z'.
        var x = new Vector3(cy, 0, sy);
        var y = new Vector3(-sp * sy, cp, sp * cy);
        var z = new Vector3(-cp * sy, -sp, cp * cy);
        return new Rotation((cr * x) - (sr * y), (sr * x) + (cr * y), z, new Vector3(0, 60, 0));
    }

    public Vector3 Apply(Vector3 p)
    {
        p -= Pivot;
        return Turn(p) + Pivot;
    }

    /// <summary>Turns many points.</summary>
    public void Apply(float[] x, float[] y, float[] z, float[] toX, float[] toY, float[] toZ, int count)
    {
        var width = Vector<float>.Count;
        var i = 0;
        for (; i <= count - width; i += width)
        {
            var px = new Vector<float>(x, i) - new Vector<float>(Pivot.X);
            var py = new Vector<float>(y, i) - new Vector<float>(Pivot.Y);
            var pz = new Vector<float>(z, i) - new Vector<float>(Pivot.Z);
            ((px * RowX.X) + (py * RowX.Y) + (pz * RowX.Z) + new Vector<float>(Pivot.X)).CopyTo(toX, i);
            ((px * RowY.X) + (py * RowY.Y) + (pz * RowY.Z) + new Vector<float>(Pivot.Y)).CopyTo(toY, i);
            ((px * RowZ.X) + (py * RowZ.Y) + (pz * RowZ.Z) + new Vector<float>(Pivot.Z)).CopyTo(toZ, i);
        }
        for (; i < count; i++)
        {
            var p = Apply(new Vector3(x[i], y[i], z[i]));
            (toX[i], toY[i], toZ[i]) = (p.X, p.Y, p.Z);
        }
    }

    /// <summary>Turns a direction.</summary>
    public Vector3 Turn(Vector3 p) => new(Vec.Dot(RowX, p), Vec.Dot(RowY, p), Vec.Dot(RowZ, p));
}
