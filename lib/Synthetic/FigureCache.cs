namespace FanTrans.Synthetic;

/// <summary>Keeps the figures of the people met last, since making one costs as much as several pictures.</summary>
internal sealed class FigureCache(HeadGrid grid, Func<int, Person> draw)
{
    // A fine figure takes 2.5 MB.
    private const int Capacity = 96;
    private readonly Dictionary<int, Lazy<Figure>> _figures = [];
    private readonly Queue<int> _order = new();

    public Figure Get(int subject)
    {
        Lazy<Figure>? figure;
        lock (_figures)
        {
            if (!_figures.TryGetValue(subject, out figure))
            {
                if (_order.Count >= Capacity)
                    _figures.Remove(_order.Dequeue());
                figure = _figures[subject] = new Lazy<Figure>(() => new Figure(draw(subject), grid));
                _order.Enqueue(subject);
            }
        }
        return figure.Value;
    }
}
