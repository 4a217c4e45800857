using System.Collections;

namespace FanTrans.Models;

/// <summary>Factories of one kind of part by name: the built-in ones, and those that a user registered.</summary>
/// <typeparam name="TFactory">A delegate that makes the part.</typeparam>
/// <param name="option">The option that holds the name, for messages.</param>
/// <param name="registry">The public class that registers a part.</param>
internal sealed class PartTable<TFactory>(string option, string registry) : IEnumerable<string>
    where TFactory : Delegate
{
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, (TFactory Create, bool BuiltIn)> parts = new(PartName.Comparer);

    /// <summary>All names, the built-in ones first.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (gate)
                return [.. parts.Keys];
        }
    }

    /// <summary>Adds a built-in part.</summary>
    public void Add(string name, TFactory create) => parts.Add(name, (create, true));

    /// <summary>Adds a user's part or replaces it.</summary>
    public string Register(string name, TFactory create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        lock (gate)
        {
            if (parts.TryGetValue(name, out var found) && found.BuiltIn)
                throw new ArgumentException($"{option} '{name}' is built in; register yours under another name.");
            parts[name] = (create, false);
        }
        return name;
    }

    /// <summary>The name as it was registered, whatever case and hyphens it is written with; else as it is.</summary>
    public string Named(string name)
    {
        lock (gate)
            return name is not null && parts.IndexOf(name) is >= 0 and var at ? parts.GetAt(at).Key : name!;
    }

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public TFactory Find(string name)
    {
        lock (gate)
            return parts.TryGetValue(name, out var found) ? found.Create : throw new ArgumentException(Unknown(name));
    }

    /// <summary>Collects a problem where there is none of that name.</summary>
    public void Check(OptionsCheck check, string name) =>
        check.Require(name is not null && Names.Contains(name, PartName.Comparer), Unknown(name));

    /// <summary>"AttentionDrop my-drop 1f3a…": changes with the code of a registered part;
    /// empty for built-in ones.</summary>
    public string IdentityOf(string name)
    {
        (TFactory Create, bool BuiltIn) part;
        lock (gate)
            part = parts.TryGetValue(name, out var found) ? found : throw new ArgumentException(Unknown(name));
        return part.BuiltIn ? "" : $"{option} {Named(name)} {CodeIdentity.Of(part.Create)}";
    }

    public IEnumerator<string> GetEnumerator() => Names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string Unknown(string? name) =>
        $"{option} '{name}' is not registered here; declare the class and call {registry}.Register first; "
        + $"known: {string.Join(", ", Names)}";
}
