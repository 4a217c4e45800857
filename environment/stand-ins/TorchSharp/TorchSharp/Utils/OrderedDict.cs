using System.Collections;

namespace TorchSharp.Utils;

/// <summary>A dictionary that keeps the order of insertion, reachable by key and by position.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)> where TKey : notnull
{
    private readonly List<(TKey Key, TValue Value)> _list = [];
    private readonly Dictionary<TKey, TValue> _dict = [];

    public int Count => _list.Count;
    public bool IsReadOnly => false;
    public ICollection<TKey> Keys => _list.ConvertAll(item => item.Key);
    public ICollection<TValue> Values => _list.ConvertAll(item => item.Value);
    public IEnumerable<TKey> keys() => _dict.Keys;
    public IEnumerable<TValue> values() => _dict.Values;
    public IEnumerator<(TKey, TValue)> items() => GetEnumerator();

    public TValue this[TKey key]
    {
        get => _dict[key];
        set
        {
            if (_dict.ContainsKey(key)) _list[IndexOf(key)] = (key, value);
            else _list.Add((key, value));
            _dict[key] = value;
        }
    }

    public (TKey, TValue) this[int index]
    {
        get => _list[index];
        set
        {
            var (key, item) = value;
            _dict.Remove(_list[index].Key);
            _dict[key] = item;
            _list[index] = (key, item);
        }
    }

    public void Add(TKey key, TValue value)
    {
        _dict.Add(key, value);
        _list.Add((key, value));
    }

    public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);
    public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    public void Insert(int index, (TKey, TValue) item)
    {
        _dict.Add(item.Item1, item.Item2);
        _list.Insert(index, item);
    }

    public void Clear()
    {
        _dict.Clear();
        _list.Clear();
    }

    public void clear() => Clear();

    public bool ContainsKey(TKey key) => _dict.ContainsKey(key);
    public bool Contains((TKey, TValue) item) => _list.Contains(item);
    public bool Contains(KeyValuePair<TKey, TValue> item) => Contains((item.Key, item.Value));
    public int IndexOf((TKey, TValue) item) => _list.IndexOf(item);
    public bool TryGetValue(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value) =>
        _dict.TryGetValue(key, out value);

    public bool Remove(TKey key)
    {
        if (!_dict.Remove(key)) return false;
        _list.RemoveAt(IndexOf(key));
        return true;
    }

    public bool Remove((TKey, TValue) item) => Contains(item) && Remove(item.Item1);
    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove((item.Key, item.Value));
    public void RemoveAt(int index) => Remove(_list[index].Key);

    public void CopyTo((TKey, TValue)[] array, int arrayIndex)
    {
        foreach (var item in _list) array[arrayIndex++] = item;
    }

    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        foreach (var (key, value) in _list) array[arrayIndex++] = new(key, value);
    }

    public IEnumerator<(TKey, TValue)> GetEnumerator()
    {
        foreach (var item in _list) yield return item;
    }

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator()
    {
        foreach (var (key, value) in _list) yield return new(key, value);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(TKey key) => _list.FindIndex(item => item.Key.Equals(key));
}
