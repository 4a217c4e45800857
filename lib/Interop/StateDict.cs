using System.Collections;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>Named tensors in order, owned by this object; and how they get into a module.</summary>
public sealed class StateDict : IReadOnlyDictionary<string, Tensor>, IDisposable
{
    private const string Counter = "num_batches_tracked";

    // By how many of the wanted names a prefix is looked for.
    private const int Anchors = 5;
    private readonly OrderedDictionary<string, Tensor> tensors = [];

    internal StateDict(string name, IReadOnlyDictionary<string, string> metadata) =>
        (Name, Metadata) = (name, metadata);

    /// <summary>Where the tensors come from, for messages.</summary>
    public string Name { get; }

    /// <summary>Texts by name that a safetensors file carried; else empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public IEnumerable<string> Keys => tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Values => tensors.Values;

    /// <inheritdoc/>
    public int Count => tensors.Count;

    /// <inheritdoc/>
    public Tensor this[string key] => tensors[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        tensors.Clear();
    }

    /// <summary>
    /// Copies tensors into a module's parameters and buffers by name. Everything is checked before the first byte is
    /// copied: names, shapes, and that no fraction or sign is lost (a floating point value goes into any floating point
    /// type, an integer into an integer type; each is converted explicitly). What wrappers and larger models put in
    /// front of the names, such as <c>module.</c>, <c>_orig_mod.</c> or <c>model.fan.</c>, is found and taken off.
    /// </summary>
    /// <param name="module">The module; its device and element types stay.</param>
    /// <param name="source">Names and tensors.</param>
    /// <exception cref="InvalidDataException">Something does not fit; one message lists all of it.</exception>
    public static void LoadInto(nn.Module module, IReadOnlyDictionary<string, Tensor> source)
    {
        var target = module.state_dict();
        var mapped = MapNames(source, [.. target.Keys.Where(name => !IsCounter(name))]);
        var counters = target.Keys.Where(name => IsCounter(name) && !mapped.ContainsKey(name)).ToList();
        var missing = target.Keys.Except(mapped.Keys).Except(counters).ToList();
        var unexpected = mapped.Keys.Except(target.Keys).ToList();
        var loaded = target.Keys.Intersect(mapped.Keys).ToList();

        List<string> problems = [];
        foreach (string name in loaded)
        {
            if (Problem(mapped[name], target[name]) is { } problem)
                problems.Add($"{name} {problem}");
        }
        problems.AddRange(missing.Select(name => $"{name} is missing"));
        problems.AddRange(unexpected.Select(name => $"{name} is unexpected"));
        if (problems.Count > 0)
            throw new InvalidDataException(Message(module, source, problems));

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (string name in loaded)
            target[name].copy_(mapped[name].to(target[name].dtype, target[name].device));
        // Files from before PyTorch 0.4.1 have no counters, and nothing of this kit reads them.
        foreach (string name in counters)
            target[name].zero_();
    }

    internal void Add(string name, Tensor tensor)
    {
        if (tensors.TryAdd(name, tensor))
            return;
        tensor.Dispose();
        throw new InvalidDataException($"{Name}: tensor {name} is there twice.");
    }

    /// <summary>
    /// The kit's one mapping from a file's names to a module's: the names behind the one prefix with which most of the
    /// wanted names are there. Where the names fit as they are, nothing is taken off.
    /// </summary>
    /// <exception cref="InvalidDataException">Two prefixes make all names fit,
    /// as of a teacher and a student.</exception>
    internal static Dictionary<string, Tensor> MapNames(
        IReadOnlyDictionary<string, Tensor> source,
        IReadOnlyCollection<string> wanted
    )
    {
        // torch.compile wraps single layers too.
        var plain = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in source)
            plain[name.Replace("_orig_mod.", "", StringComparison.Ordinal)] = tensor;
        var prefixes = plain
            .Keys.SelectMany(name =>
                wanted
                    .Take(Anchors)
                    .Where(end => name.EndsWith("." + end, StringComparison.Ordinal))
                    .Select(end => name[..^end.Length])
            )
            .Prepend("")
            .Distinct()
            .Select(prefix => (Prefix: prefix, Fits: wanted.Count(name => plain.ContainsKey(prefix + name))))
            .OrderByDescending(found => found.Fits)
            .ToList();
        var best = prefixes[0];
        if (best.Prefix.Length > 0 && prefixes.Count > 1 && prefixes[1].Fits == wanted.Count)
        {
            throw new InvalidDataException(
                $"{(source as StateDict)?.Name ?? "The state dict"}: the names fit behind '{best.Prefix}' and behind "
                    + $"'{prefixes[1].Prefix}'; save the one that is meant on its own."
            );
        }
        return plain
            .Where(pair => pair.Key.StartsWith(best.Prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[best.Prefix.Length..], pair => pair.Value);
    }

    private static bool IsCounter(string name) =>
        name == Counter || name.EndsWith("." + Counter, StringComparison.Ordinal);

    private static string? Problem(Tensor from, Tensor to)
    {
        if (!from.shape.SequenceEqual(to.shape))
            return $"has shape ({string.Join(", ", from.shape)}), expected ({string.Join(", ", to.shape)})";
        bool fits = to.is_floating_point() ? from.is_floating_point() : !from.is_floating_point();
        return fits && (from.dtype == ScalarType.Bool) == (to.dtype == ScalarType.Bool)
            ? null
            : $"has type {from.dtype}, expected {to.dtype}";
    }

    private static string Message(nn.Module module, IReadOnlyDictionary<string, Tensor> source, List<string> problems)
    {
        string from = source is StateDict dict ? dict.Name : "The state dict";
        return $"{from} does not fit {module.GetName()}: {string.Join("; ", problems)}.";
    }
}
