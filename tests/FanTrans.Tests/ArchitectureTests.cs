using System.Reflection;
using System.Reflection.Emit;
using FanTrans.Charts;
using FanTrans.Models;
using FanTrans.Synthetic;

namespace FanTrans.Tests;

/// <summary>What may use what, read from the compiled code: a package's references, and each namespace of the core.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Core = typeof(FanTransModel).Assembly;

    /// <summary>
    /// The rooms of the core from the ground up, each with those below that it may use. FanTrans itself holds the action
    /// units alone. Evaluation works on plain arrays; of Data it knows the frames' names.
    /// </summary>
    private static readonly Dictionary<string, string[]> Plan = new()
    {
        ["FanTrans"] = [],
        ["FanTrans.Models"] = ["FanTrans"],
        ["FanTrans.Distillation"] = ["FanTrans", "FanTrans.Models"],
        ["FanTrans.Data"] = ["FanTrans"],
        ["FanTrans.Interop"] = ["FanTrans", "FanTrans.Models", "FanTrans.Distillation", "FanTrans.Data"],
        ["FanTrans.Evaluation"] = ["FanTrans", "FanTrans.Data"],
        ["FanTrans.Training"] = ["FanTrans", "FanTrans.Models", "FanTrans.Distillation", "FanTrans.Interop", "FanTrans.Data", "FanTrans.Evaluation"],
        ["FanTrans.Prediction"] =
        [
            "FanTrans", "FanTrans.Models", "FanTrans.Distillation", "FanTrans.Interop", "FanTrans.Data", "FanTrans.Evaluation", "FanTrans.Training",
        ],
    };

    [Fact]
    public void PackagesPointDownwards()
    {
        Assert.DoesNotContain(Names(Core), n => n.StartsWith("FanTrans", StringComparison.Ordinal) || n.StartsWith("Plotly", StringComparison.Ordinal));
        Assert.Equal(["FanTrans.Lib"], Names(typeof(Figures).Assembly).Where(n => n.StartsWith("FanTrans", StringComparison.Ordinal)));
        Assert.Equal(["FanTrans.Lib"], Names(typeof(SynthFaces).Assembly).Where(n => n.StartsWith("FanTrans", StringComparison.Ordinal)));

        static IEnumerable<string> Names(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name!);
    }

    [Fact]
    public void RoomsOfTheCorePointDownwards()
    {
        var against = Core.GetTypes().Where(type => Room(type).Length > 0)
            .SelectMany(type => Used(type).Where(used => IsAgainst(Room(type), used)).Select(used => $"{type.FullName} uses {used.FullName}")).Distinct();
        Assert.Empty(against);

        static bool IsAgainst(string room, Type used) => used.Assembly == Core
            ? Room(used) is { Length: > 0 } other && other != room && !Plan[room].Contains(other)
            : room is "FanTrans" or "FanTrans.Evaluation" && used.Assembly.GetName().Name == "TorchSharp";
    }

    /// <summary>A namespace without its sub-folders; empty for what the compiler adds.</summary>
    private static string Room(Type type) => type.Namespace is { } name && name.StartsWith(nameof(FanTrans), StringComparison.Ordinal)
        ? string.Join('.', name.Split('.').Take(2)) : "";

    /// <summary>Every type that a type names: its bases, members' signatures, attributes aside, and what its code calls.</summary>
    private static IEnumerable<Type> Used(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        IEnumerable<Type?> named =
        [
            type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Own).Select(f => f.FieldType),
            .. type.GetMethods(Own).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)),
            .. type.GetMethods(Own).Cast<MethodBase>().Concat(type.GetConstructors(Own)).SelectMany(CalledBy),
        ];
        return named.OfType<Type>().SelectMany(Parts).Distinct();
    }

    private static IEnumerable<Type> Parts(Type type) => type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    private static IEnumerable<Type?> CalledBy(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } code)
            yield break;
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;
        for (var at = 0; at < code.Length;)
        {
            var op = Codes[code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at]];
            at += op.Size;
            if (op.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(code, at), method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);
                yield return member as Type ?? member?.DeclaringType;
                if (member is MethodInfo { IsGenericMethod: true } generic)
                {
                    foreach (var argument in generic.GetGenericArguments())
                        yield return argument;
                }
            }
            at += op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
