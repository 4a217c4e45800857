using System.Dynamic;

namespace DynamicObj;

/// <summary>An object that takes properties by name at run time, in the order in which they were first set.</summary>
public class DynamicObj : DynamicObject
{
    private readonly OrderedDictionary<string, object?> properties = [];

    public void SetValue(string name, object? value)
    {
        if (GetType().GetProperty(name) is { } declared)
            declared.SetValue(this, value);
        else
            properties[name] = value;
    }

    public bool Remove(string name) => properties.Remove(name);

    public IEnumerable<KeyValuePair<string, object?>> GetProperties(bool includeInstanceProperties)
    {
        var declared = includeInstanceProperties ? GetType().GetProperties() : [];
        return declared.Select(property => KeyValuePair.Create(property.Name, property.GetValue(this))).Concat(properties);
    }

    /// <summary>Declared properties too: the JSON writer asks for names here.</summary>
    public override IEnumerable<string> GetDynamicMemberNames() => GetProperties(true).Select(property => property.Key);

    public override bool TryGetMember(GetMemberBinder binder, out object? result) =>
        properties.TryGetValue(binder.Name, out result);

    public override bool TrySetMember(SetMemberBinder binder, object? value)
    {
        SetValue(binder.Name, value);
        return true;
    }
}
