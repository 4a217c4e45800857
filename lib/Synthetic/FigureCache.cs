namespace FanTrans.Synthetic;

/// <summary>Keeps the figures of the people met last, since making one costs as much as several pictures.</summary>
internal sealed class FigureCache(HeadGrid grid, Func<int, Person> draw)
{
    // A fine figure takes 2.5 MB.
    private const int Capacity = 96;
    private readonly Dictionary<int, Lazy<Figure>> figures = [];
    private readonly Queue<int> order = new();

    public Figure Get(int subject)
    {
        Lazy<Figure>? figure;
        lock (figures)
        {
            if (!figures.TryGetValue(subject, out figure))
            {
                if (order.Count >= Capacity)
                    figures.Remove(order.Dequeue());
                figure = figures[subject] = new Lazy<Figure>(() => new Figure(draw(subject), grid));
                order.Enqueue(subject);
            }
        }
        return figure.Value;
    }
}
