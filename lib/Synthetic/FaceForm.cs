namespace FanTrans.Synthetic;

/// <summary>One face's own neutral surface on a grid.</summary>
internal sealed class FaceForm
{
    public FaceForm(HeadGrid grid, FaceShape shape)
    {
        Shape = shape;
        (X, Y, Z) = (new float[grid.Count], new float[grid.Count], new float[grid.Count]);
        HeadShape.Build(grid, shape, X, Y, Z);
    }

    public FaceShape Shape { get; }

    public float[] X { get; }

    public float[] Y { get; }

    public float[] Z { get; }
}
