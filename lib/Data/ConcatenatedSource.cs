namespace FanTrans.Data;

/// <summary>
/// Several datasets as one: their frames one after the other, with the labels of all their action units in one order.
/// What a dataset does not label is unknown. Subjects are named "dataset/subject", so that equal names stay two people.
/// </summary>
public sealed class ConcatenatedSource : IFaceSource
{
    private readonly (string Name, IFaceSource Source)[] _sources;
    private readonly int[] _starts;
    private readonly int[][] _columns;

    /// <summary>Joins them.</summary>
    /// <param name="sources">Each with a name of its own.</param>
    /// <param name="actionUnits">FACS numbers to label, in order; null for every one of the sources, ascending.</param>
    /// <exception cref="ArgumentException">There is no source, or two have the same name.</exception>
    public ConcatenatedSource(IReadOnlyList<(string Name, IFaceSource Source)> sources, IReadOnlyList<int>? actionUnits = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        if (sources.Count == 0)
            throw new ArgumentException("expected at least one source, found none.", nameof(sources));
        if (sources.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"two sources have the name '{twice.Key}'.", nameof(sources));
        _sources = [.. sources];
        ActionUnits = actionUnits ?? [.. sources.SelectMany(s => s.Source.ActionUnits).Distinct().Order()];
        _starts = new int[_sources.Length];
        for (var k = 0; k < _sources.Length; k++)
        {
            _starts[k] = Count;
            Count += _sources[k].Source.Count;
        }
        _columns = [.. _sources.Select(s => ActionUnits.Select(au => s.Source.ActionUnits.ToList().IndexOf(au)).ToArray())];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> ActionUnits { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public FaceKey Key(int index)
    {
        var (k, inner) = Find(index);
        return Named(k, _sources[k].Source.Key(inner));
    }

    /// <inheritdoc/>
    public sbyte[] LabelsAt(int index)
    {
        var (k, inner) = Find(index);
        return Arrange(k, _sources[k].Source.LabelsAt(inner));
    }

    /// <summary>The whole frame; intensities only where its dataset has them for every action unit.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public FaceFrame Read(int index)
    {
        var (k, inner) = Find(index);
        var frame = _sources[k].Source.Read(inner);
        var whole = frame.Intensities is not null && _columns[k].All(c => c >= 0);
        return frame with
        {
            Subject = Named(k, frame.Key).Subject,
            Labels = Arrange(k, frame.Labels),
            Intensities = whole ? Array.ConvertAll(_columns[k], c => frame.Intensities![c]) : null,
        };
    }

    private FaceKey Named(int k, FaceKey key) => key with { Subject = $"{_sources[k].Name}/{key.Subject}" };

    private sbyte[] Arrange(int k, sbyte[] labels) => Array.ConvertAll(_columns[k], c => c < 0 ? LabelRule.Unknown : labels[c]);

    private (int Source, int Index) Find(int index)
    {
        if (index < 0 || index >= Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"there are frames 0 to {Count - 1}.");
        var k = _starts.Length - 1;
        while (_starts[k] > index)
            k--;
        return (k, index - _starts[k]);
    }
}
