using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TorchSharp;

namespace FanTrans.Models;

/// <summary>
/// A hash of the code that a factory reaches: its own IL and that of every class that it makes and method that it calls
/// outside of packages, with all tokens as names and strings, and the plain values, arrays and lists that it captured.
/// It changes when the code is edited, and stays when the same code is compiled again, as when a notebook's cell is run
/// again. Not seen is what lies in static fields, which training may change, as a count of calls or a rate that falls
/// with the epochs, and whose class would have to be initialised to read them; nor what captured tensors and
/// dictionaries hold.
/// </summary>
internal sealed partial class CodeIdentity
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private readonly StringBuilder text = new();
    private readonly Queue<MemberInfo> waiting = [];
    private readonly HashSet<MemberInfo> seen = [];
    private readonly Dictionary<Type, object> captured = [];
    private readonly Dictionary<Assembly, bool> users = [];

    private CodeIdentity(Delegate factory)
    {
        users[factory.Method.Module.Assembly] = true;
        if (factory.Target is { } target)
            Capture(target);
        Follow(factory.Method);
        while (waiting.TryDequeue(out var next))
        {
            if (next is Type type)
                Describe(type);
            else
                Describe((MethodBase)next);
        }
    }

    /// <summary>Twelve hexadecimal digits.</summary>
    /// <exception cref="ArgumentException">The factory was made at run time and has no IL to read.</exception>
    public static string Of(Delegate factory)
    {
        if (factory.Method.DeclaringType is null)
            throw new ArgumentException("the factory is a compiled expression, without code to read: pass a lambda.");
        var text = new CodeIdentity(factory).text.ToString();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }

    private void Describe(Type type)
    {
        text.AppendLine($"class {Name(type)} : {Name(type.BaseType)}");
        if (type.BaseType is { } parent)
            Follow(parent);
        const BindingFlags Own =
            BindingFlags.DeclaredOnly
            | BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Instance
            | BindingFlags.Static;
        foreach (var field in type.GetFields(Own).OrderBy(field => field.MetadataToken))
            text.AppendLine($"field {Name(field.FieldType)} {Name(field)}");
        var methods = type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own));
        foreach (var method in methods.OrderBy(method => method.MetadataToken))
            Follow(method);
    }

    private void Describe(MethodBase method)
    {
        text.AppendLine($"method {Name(method)}");
        // What an iterator or async method does stands in the class that the compiler makes of it.
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } machine)
            Follow(machine.StateMachineType);
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            return;
        for (var at = 0; at < code.Length; )
        {
            var op = Codes[code[at] == 0xfe ? (short)(0xfe00 | code[++at]) : code[at]];
            at++;
            var size = op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
            text.Append(op.Name).Append(' ').AppendLine(Operand(method, op, code.AsSpan(at, size)));
            at += size;
        }
    }

    private string Operand(MethodBase method, OpCode op, ReadOnlySpan<byte> bytes)
    {
        switch (op.OperandType)
        {
            case OperandType.InlineString:
                return method.Module.ResolveString(BitConverter.ToInt32(bytes));
            case OperandType.InlineSig:
                return Convert.ToHexString(method.Module.ResolveSignature(BitConverter.ToInt32(bytes)));
            case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(bytes),
                    method.DeclaringType?.GetGenericArguments(),
                    method.IsGenericMethod ? method.GetGenericArguments() : null
                )!;
                Follow(member);
                return Name(member) + (member is FieldInfo field ? Value(field) : "");
            default:
                return Convert.ToHexString(bytes);
        }
    }

    // Code names a generic class's fields by those of its definition.
    private void Capture(object state)
    {
        var type = state.GetType();
        captured[type.IsGenericType ? type.GetGenericTypeDefinition() : type] = state;
    }

    /// <summary>What a field of the factory's own state holds: numbers or texts that it was made with.</summary>
    private string Value(FieldInfo field)
    {
        if (field.IsStatic || !captured.TryGetValue(field.DeclaringType!, out var owner))
            return "";
        const BindingFlags Own =
            BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        switch (owner.GetType().GetField(field.Name, Own)!.GetValue(owner))
        {
            case null:
                return " = null";
            case var plain when plain is IConvertible or IList:
                return " = " + Plain(plain);
            case var inner:
                // A cell's variables are reached through the object of the cell that declared them.
                Capture(inner);
                return "";
        }
    }

    private static string Plain(object? value) =>
        value switch
        {
            null => "null",
            IConvertible plain => plain.ToString(CultureInfo.InvariantCulture),
            // No text holds the separator, so that two lists of texts do not read the same.
            IList list => $"[{string.Join('\0', list.Cast<object?>().Select(Plain))}]",
            _ => Name(value.GetType()),
        };

    /// <summary>Queues what belongs to the user's code: of a class that is made all methods,
    /// else the method alone.</summary>
    private void Follow(MemberInfo member)
    {
        // Arrays and type parameters have no code of their own.
        while (member is Type { HasElementType: true } several)
            member = several.GetElementType()!;
        var owner = member as Type ?? member.DeclaringType;
        if (owner is null or { IsGenericParameter: true } or { HasElementType: true } || !IsUsers(owner))
            return;
        MemberInfo? next = member switch
        {
            Type type => IsScript(type) ? null : type,
            FieldInfo field => field.IsStatic ? owner.TypeInitializer : null,
            ConstructorInfo { IsStatic: false } => IsGenerated(owner) || IsScript(owner) ? member : owner,
            _ => member,
        };
        // A generic type's or method's code is that of its definition.
        if (
            next is not null
            && owner.Module.ResolveMember(next.MetadataToken) is { } definition
            && seen.Add(definition)
        )
        {
            waiting.Enqueue(definition);
        }
    }

    /// <summary>In the factory's assembly, in one that uses this library, as all do that declare parts, in another
    /// project of the user, or compiled in memory as a notebook's cells are.</summary>
    private bool IsUsers(Type type)
    {
        var assembly = type.Assembly;
        if (!users.TryGetValue(assembly, out var isUsers))
            users[assembly] = isUsers = !IsLibrary(assembly);
        return isUsers;
    }

    private static bool IsLibrary(Assembly assembly)
    {
        var name = assembly.GetName().Name;
        if (
            assembly == typeof(torch).Assembly
            || name
                is "FanTrans.Data"
                    or "FanTrans.Prediction"
                    or "FanTrans.Lib"
                    or "FanTrans.Charts"
                    or "FanTrans.Synthetic"
        )
            return true;
        var kit = typeof(CodeIdentity).Assembly.GetName().Name;
        if (assembly.GetReferencedAssemblies().Any(reference => reference.Name == kit))
            return false;
        // A build names the company after the project unless it is told one, as for packages it is.
        return assembly.GetCustomAttribute<AssemblyCompanyAttribute>()?.Company is { } company
            ? company != name
            : assembly.Location.Length > 0;
    }

    private static bool IsGenerated(Type type) => type.Name.StartsWith('<');

    private static bool IsScript(Type type) => type.Name.StartsWith("Submission#", StringComparison.Ordinal);

    private static string Name(MemberInfo? member) =>
        member switch
        {
            null => "",
            Type { IsGenericParameter: true } parameter => parameter.Name,
            Type type => Stable(type.FullName ?? type.Name),
            MethodBase method => $"{Name(method.DeclaringType)}.{Stable(method.Name)}"
                + $"({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))})",
            _ => $"{Name(member.DeclaringType)}.{Stable(member.Name)}",
        };

    /// <summary>The name without numbers that count cells or lambdas and without assemblies' names.</summary>
    private static string Stable(string name)
    {
        name = AssemblyOrCell().Replace(name, "");
        return name.Contains('<') ? Digits().Replace(name, "") : name;
    }

    [GeneratedRegex(@", [^\[\],]+, Version=[^\]]*|(?<=Submission#)\d+")]
    private static partial Regex AssemblyOrCell();

    [GeneratedRegex(@"\d")]
    private static partial Regex Digits();
}
