using System.Reflection;
using TorchSharp.Utils;

namespace TorchSharp.Utils
{
    /// <summary>The name under which a module's field is registered, where it is not the field's own.</summary>
    [AttributeUsage(AttributeTargets.Field)]
    public sealed class ComponentNameAttribute : Attribute
    {
        public string Name { get; set; } = "";
    }
}

namespace TorchSharp
{
    public static class FieldInfoExtensionMethods
    {
        public static string ComponentName(this FieldInfo field) =>
            field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
    }
}
