namespace FanTrans.Interop;

// What a restricted pickle can hold, besides string, long, double, bool and BigInteger.

/// <summary>Python's None.</summary>
internal sealed class PickleNone
{
    public static readonly PickleNone Value = new();
}

/// <summary>Something that holds values: how deep they nest is limited.</summary>
internal abstract class PickleContainer
{
    /// <summary>Levels of containers below and with this one.</summary>
    public int Depth { get; private set; } = 1;

    protected void Deepen(object value)
    {
        if (value is PickleContainer container)
            Depth = Math.Max(Depth, container.Depth + 1);
    }
}

internal sealed class PickleTuple : PickleContainer
{
    public PickleTuple(object[] items)
    {
        Items = items;
        foreach (object item in items)
            Deepen(item);
    }

    public object[] Items { get; }
}

internal sealed class PickleList : PickleContainer
{
    public List<object> Items { get; } = [];

    public void Add(object item)
    {
        Items.Add(item);
        Deepen(item);
    }
}

/// <summary>A dict or an OrderedDict; keys are strings, integers or booleans.</summary>
internal sealed class PickleDict : PickleContainer
{
    public OrderedDictionary<object, object> Items { get; } = [];

    public void Set(object key, object value)
    {
        Items[key] = value;
        Deepen(value);
    }
}

/// <summary>A class or function that the reader knows, by its full name.</summary>
internal sealed record PickleGlobal(string Name);

/// <summary>A storage: the run of elements that tensors are views of.</summary>
internal sealed record PickleStorage(ElementType Element, string Key, long Count);

/// <summary>A tensor over a storage, checked against it.</summary>
internal sealed record PickleTensor(PickleStorage Storage, StoredTensor Tensor);
