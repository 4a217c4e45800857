namespace FanTrans.Synthetic;

/// <summary>
/// The mesh of head and neck and the shape that all heads share. Rows run from the crown to the neck, columns from
/// the subject's right ear to the left. The rows of the eyes' and of the mouth's seams exist twice, so that lids
/// and lips can part; everywhere else both copies stay together. A skin texture has two texels a cell.
/// </summary>
internal sealed class HeadGrid
{
    private static readonly int[] CellsBetweenRows = [2, 2, 4, 6, 12, 16, 18, 18, 18, 18, 16, 12, 10, 6, 4, 4, 4];

    private static readonly Lazy<HeadGrid> FineGrid = new(() => new HeadGrid(1));
    private static readonly Lazy<HeadGrid> CoarseGrid = new(() => new HeadGrid(2));

    private HeadGrid(int divisor)
    {
        Divisor = divisor;
        Columns = (128 / divisor) + 1;
        var parameters = new List<float>();
        var textureRow = new List<int>();
        var row = 0;
        for (var segment = 0; segment < CellsBetweenRows.Length; segment++)
        {
            var cells = CellsBetweenRows[segment] / divisor;
            if (segment is HeadNet.EyeRow)
                EyeSeam = parameters.Count;
            if (segment is HeadNet.MouthRow)
                MouthSeam = parameters.Count;
            if (segment is HeadNet.EyeRow or HeadNet.MouthRow)
            {
                parameters.Add(segment);
                textureRow.Add(2 * row);
            }
            for (var cell = 0; cell < cells; cell++)
            {
                parameters.Add(segment + ((float)cell / cells));
                textureRow.Add(2 * row);
                row++;
            }
        }
        parameters.Add(HeadNet.LastRow);
        textureRow.Add(2 * row);
        Rows = parameters.Count;
        RowParameter = [.. parameters];
        TextureRow = [.. textureRow];
        TextureColumns = (2 * (Columns - 1)) + 1;
        TextureRows = (2 * row) + 1;

        ColumnAngle = new float[Columns];
        for (var c = 0; c < Columns; c++)
            ColumnAngle[c] = Angle(c / (float)(Columns - 1));
        var count = Rows * Columns;
        (X, Y, Z) = (new float[count], new float[count], new float[count]);
        for (var r = 0; r < Rows; r++)
        {
            for (var c = 0; c < Columns; c++)
                (X[(r * Columns) + c], Y[(r * Columns) + c], Z[(r * Columns) + c]) = HeadNet.At(
                    RowParameter[r],
                    ColumnAngle[c]
                );
        }
        TextureX = new float[TextureRows * TextureColumns];
        TextureY = new float[TextureX.Length];
        TextureZ = new float[TextureX.Length];
        TextureParameter = new float[TextureRows];
        for (var r = 0; r < Rows - 1; r++)
        {
            if (TextureRow[r + 1] == TextureRow[r])
                continue;
            TextureParameter[TextureRow[r]] = RowParameter[r];
            TextureParameter[TextureRow[r] + 1] = (RowParameter[r] + RowParameter[r + 1]) / 2;
        }
        TextureParameter[^1] = HeadNet.LastRow;
        for (var r = 0; r < TextureRows; r++)
        {
            for (var c = 0; c < TextureColumns; c++)
            {
                var at = (r * TextureColumns) + c;
                (TextureX[at], TextureY[at], TextureZ[at]) = HeadNet.At(
                    TextureParameter[r],
                    Angle(c / (float)(TextureColumns - 1))
                );
            }
        }
    }

    /// <summary>Cells of about 1.6 mm at the face's middle, for pictures above 128 pixels.</summary>
    public static HeadGrid Fine => FineGrid.Value;

    /// <summary>Half as many cells each way, for small pictures.</summary>
    public static HeadGrid Coarse => CoarseGrid.Value;

    /// <summary>1 for the fine grid, 2 for the coarse one.</summary>
    public int Divisor { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Vertices in all: Rows x Columns, row after row.</summary>
    public int Count => Rows * Columns;

    /// <summary>The upper copy's row of each seam; the lower copy is the next row.</summary>
    public int EyeSeam { get; }

    /// <inheritdoc cref="EyeSeam"/>
    public int MouthSeam { get; }

    /// <summary>Each row's place in <see cref="HeadNet"/>.</summary>
    public float[] RowParameter { get; }

    /// <summary>Each row's texture row.</summary>
    public int[] TextureRow { get; }

    /// <summary>Each column's angle in degrees.</summary>
    public float[] ColumnAngle { get; }

    /// <summary>
    /// Each vertex's place on the bare head in millimetres. These are also the coordinates in which features,
    /// muscles and skin are described, whatever a face's own shape.
    /// </summary>
    public float[] X { get; }

    /// <inheritdoc cref="X"/>
    public float[] Y { get; }

    /// <inheritdoc cref="X"/>
    public float[] Z { get; }

    public int TextureColumns { get; }

    public int TextureRows { get; }

    /// <summary>Each texture row's place in <see cref="HeadNet"/>.</summary>
    public float[] TextureParameter { get; }

    /// <summary>Each texel's place on the bare head.</summary>
    public float[] TextureX { get; }

    /// <inheritdoc cref="TextureX"/>
    public float[] TextureY { get; }

    /// <inheritdoc cref="TextureX"/>
    public float[] TextureZ { get; }

    /// <summary>-1 above the eyes' seam, 0 between the seams, 1 below the mouth's.</summary>
    public int Band(int row) =>
        row <= EyeSeam ? -1
        : row <= MouthSeam ? 0
        : 1;

    /// <summary>Angle in degrees of a place across the grid from 0 to 1: columns are denser in front.</summary>
    private static float Angle(float across)
    {
        var a = (2 * across) - 1;
        return HeadNet.MaxAngle * a * (0.42f + (0.58f * a * a));
    }
}
