using System.Globalization;
using System.Reflection;

namespace FanTrans.Tests.StandIns;

/// <summary>Writes what an assembly shows to its users as the lines of the listings of the real packages.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>One line for each public type, and for each public or protected member that it declares.</summary>
    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetTypes().Where(IsReachable).SelectMany(Of);

    private static IEnumerable<string> Of(Type type) =>
        type.GetMembers(Declared).Select(Line).OfType<string>().Prepend($"T {Kind(type)} {Name(type)}");

    private static string? Line(MemberInfo member)
    {
        var owner = Name(member.DeclaringType!);
        switch (member)
        {
            case ConstructorInfo made when IsReachable(made):
                return $"M {owner}..ctor({Parameters(made.GetParameters())})";
            case MethodInfo method when IsReachable(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)):
                var generic = method.IsGenericMethodDefinition
                    ? $"<{string.Join(',', method.GetGenericArguments().Select(argument => argument.Name))}>"
                    : "";
                return $"M {owner}.{method.Name}{generic}({Parameters(method.GetParameters())}) : {Name(method.ReturnType)}{Static(method.IsStatic)}";
            case PropertyInfo property when (property.GetMethod ?? property.SetMethod) is { } accessor && IsReachable(accessor):
                var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{Parameters(parameters)}]" : "";
                var get = property.CanRead ? " get" : "";
                var set = property.CanWrite ? " set" : "";
                return $"P {owner}.{property.Name}{index} : {Name(property.PropertyType)}{get}{set}{Static(accessor.IsStatic)}";
            case FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly:
                return $"F {owner}.{field.Name} : {Name(field.FieldType)}{Static(field.IsStatic)}";
            case EventInfo happening when happening.AddMethod is { } add && IsReachable(add):
                return $"E {owner}.{happening.Name}";
            default:
                return null;
        }
    }

    private static bool IsReachable(Type type) => type.DeclaringType is { } outer
        ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsReachable(outer)
        : type.IsPublic;

    private static bool IsReachable(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static",
        _ => "class",
    };

    private static string Static(bool isStatic) => isStatic ? " static" : "";

    private static string Parameters(IEnumerable<ParameterInfo> parameters) => string.Join(", ", parameters.Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var direction = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "";
        var preset = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : "";
        return $"{many}{direction}{Name(parameter.ParameterType)} {parameter.Name}{preset}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
            return type.Name;
        if (type.HasElementType)
        {
            var suffix = type.IsArray ? "[]" : type.IsPointer ? "*" : "";
            return Name(type.GetElementType()!) + suffix;
        }
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{Name(underlying)}?";

        // A nested type repeats its outer type's arguments; only those past them are its own.
        var outer = type.DeclaringType;
        var prefix = outer is not null ? $"{Name(outer)}+" : string.IsNullOrEmpty(type.Namespace) ? "" : $"{type.Namespace}.";
        var own = type.GetGenericArguments().Skip(outer?.GetGenericArguments().Length ?? 0).Select(Name).ToArray();
        return prefix + type.Name.Split('`')[0] + (own.Length > 0 ? $"<{string.Join(',', own)}>" : "");
    }
}
