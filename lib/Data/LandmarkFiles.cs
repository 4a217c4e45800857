namespace FanTrans.Data;

/// <summary>
/// Landmarks of the datasets' MATLAB files as iBUG's 68. A file is read by its shape, not by the names in it, since
/// the names differ between releases: BP4D's holds a struct array (or cells, or one array) with the points of each
/// frame of a sequence, DISFA's holds the points of one frame.
/// </summary>
internal static class LandmarkFiles
{
    /// <summary>The points of one frame; null where the file has none.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or holds no set
    /// of points that the kit knows.</exception>
    public static float[]? ReadFrame(string path)
    {
        foreach (var value in MatFile.Read(path).Values)
        {
            if (value is MatNumbers numbers && PointCount(numbers) > 0)
                return To68(numbers, 0);
        }
        throw new InvalidDataException($"{path}: expected an array of {Sizes} points, found none.");
    }

    /// <summary>The points of each frame of a sequence, in its order; null for a frame that has none.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or holds no set
    /// of points that the kit knows.</exception>
    public static float[]?[] ReadSequence(string path)
    {
        foreach (var value in MatFile.Read(path).Values)
        {
            switch (value)
            {
                case MatNumbers { Size.Length: 3 } stack when PointCount(stack) > 0:
                    return [.. Enumerable.Range(0, stack.Size[2]).Select(k => To68(stack, k))];
                case MatElements elements:
                    // The field whose arrays look like landmarks: 3D points beside them have three columns.
                    var points = elements.Fields.Values.FirstOrDefault(f =>
                        f.Any(v => v is MatNumbers n && PointCount(n) > 0)
                    );
                    if (points is not null)
                        return [.. points.Select(v => v is MatNumbers n && PointCount(n) > 0 ? To68(n, 0) : null)];
                    break;
            }
        }
        throw new InvalidDataException($"{path}: expected the {Sizes} points of each frame, found none.");
    }

    private const string Sizes = "49, 51, 66 or 68";

    /// <summary>The number of points of an array n x 2 or 2 x n (or of a stack of them),
    /// where the kit knows their meaning.</summary>
    private static int PointCount(MatNumbers numbers)
    {
        var count = numbers.Size switch
        {
            [var n, 2, ..] => n,
            [2, var n, ..] => n,
            _ => 0,
        };
        return LandmarkSets.Knows(count) ? count : 0;
    }

    private static float[]? To68(MatNumbers numbers, int frame)
    {
        var count = PointCount(numbers);
        var byRows = numbers.Size[0] == count;
        var points = new float[2 * count];
        var start = frame * 2 * count;
        for (var k = 0; k < count; k++)
        {
            for (var axis = 0; axis < 2; axis++)
            {
                var value = numbers.Values[start + (byRows ? (axis * count) + k : (2 * k) + axis)];
                // MATLAB counts pixels from 1 at their centres; the kit's first pixel has its centre at 0.5.
                points[(2 * k) + axis] = (float)(value - 0.5);
            }
        }
        // A tracker that lost the face leaves zeros or not-a-numbers.
        var lost = points.All(v => !float.IsFinite(v)) || points.All(v => v == points[0]);
        return lost ? null : LandmarkSets.To68(points);
    }
}
