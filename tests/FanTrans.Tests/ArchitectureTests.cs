using System.Reflection;
using System.Reflection.Emit;
using FanTrans.Charts;
using FanTrans.Data;
using FanTrans.Models;
using FanTrans.Prediction;
using FanTrans.Synthetic;

namespace FanTrans.Tests;

/// <summary>What may use what, read from the compiled code: the packages' references,
/// and each namespace's types.</summary>
public sealed class ArchitectureTests
{
    private const string Data = "FanTrans.Data",
        Prediction = "FanTrans.Prediction",
        Lib = "FanTrans.Lib";

    /// <summary>The packages from the ground up, each with what it may reference. PyTorch and the writer of ONNX files
    /// begin with FanTrans.Lib.</summary>
    private static readonly (Assembly Package, string[] Below)[] Packages =
    [
        (typeof(AuDataset).Assembly, ["MathNet.Numerics", "SixLabors.ImageSharp", "CsvHelper"]),
        (typeof(FacePredictor).Assembly, [Data, "Microsoft.ML.OnnxRuntime", "MathNet.Numerics"]),
        (
            typeof(FanTransModel).Assembly,
            [
                Data,
                Prediction,
                "TorchSharp",
                "Microsoft.ML.OnnxRuntime",
                "OnnxSharp",
                "Google.Protobuf",
                "MathNet.Numerics",
            ]
        ),
        (
            typeof(Figures).Assembly,
            [Data, Prediction, Lib, "Plotly.NET", "Plotly.NET.CSharp", "DynamicObj", "FSharp.Core", "MathNet.Numerics"]
        ),
        (typeof(SynthFaces).Assembly, [Data, "MathNet.Numerics"]),
    ];

    /// <summary>
    /// The rooms of the packages of the core from the ground up, each with those below that it may use. FanTrans itself
    /// holds the action units and what reads options; of Data, Evaluation knows the frames' names. FanTrans.Lib adds to Prediction what
    /// runs on PyTorch.
    /// </summary>
    private static readonly Dictionary<string, string[]> Plan = new()
    {
        ["FanTrans"] = [],
        ["FanTrans.Data"] = ["FanTrans"],
        ["FanTrans.Evaluation"] = ["FanTrans", "FanTrans.Data"],
        ["FanTrans.Prediction"] = ["FanTrans", "FanTrans.Data", "FanTrans.Evaluation"],
        ["FanTrans.Models"] = ["FanTrans"],
        ["FanTrans.Distillation"] = ["FanTrans", "FanTrans.Models"],
        ["FanTrans.Interop"] =
        [
            "FanTrans",
            "FanTrans.Data",
            "FanTrans.Models",
            "FanTrans.Distillation",
            "FanTrans.Prediction",
        ],
        ["FanTrans.Training"] =
        [
            "FanTrans",
            "FanTrans.Data",
            "FanTrans.Evaluation",
            "FanTrans.Models",
            "FanTrans.Distillation",
            "FanTrans.Interop",
        ],
        ["FanTrans.Prediction on PyTorch"] =
        [
            "FanTrans",
            "FanTrans.Data",
            "FanTrans.Evaluation",
            "FanTrans.Models",
            "FanTrans.Distillation",
            "FanTrans.Interop",
            "FanTrans.Training",
            "FanTrans.Prediction",
        ],
    };

    [Fact]
    public void PackagesPointDownwards() =>
        Assert.All(
            Packages,
            p =>
                Assert.Empty(
                    p.Package.GetReferencedAssemblies()
                        .Select(a => a.Name!)
                        .Where(name => !IsSystem(name))
                        .Except(p.Below)
                )
        );

    [Fact]
    public void RoomsPointDownwards()
    {
        var core = Packages.Take(3).Select(p => p.Package).ToHashSet();
        var against = core.SelectMany(package => package.GetTypes())
            .Where(type => Room(type).Length > 0)
            .SelectMany(type =>
                Used(type)
                    .Where(used => core.Contains(used.Assembly) && IsAgainst(Room(type), Room(used)))
                    .Select(used => $"{type.FullName} uses {used.FullName}")
            )
            .Distinct();
        Assert.Empty(against);

        static bool IsAgainst(string room, string used) =>
            used.Length > 0 && used != room && !Plan[room].Contains(used);
    }

    private static bool IsSystem(string assembly) =>
        assembly.StartsWith("System.", StringComparison.Ordinal) || assembly == "Microsoft.Win32.Primitives";

    /// <summary>A namespace without its sub-folders; empty for what the compiler adds.</summary>
    private static string Room(Type type)
    {
        if (type.Namespace is not { } name || !name.StartsWith(nameof(FanTrans), StringComparison.Ordinal))
            return "";
        var room = string.Join('.', name.Split('.').Take(2));
        return room == Prediction && type.Assembly == typeof(FanTransModel).Assembly ? $"{room} on PyTorch" : room;
    }

    /// <summary>Every type that a type names: its bases, members' signatures, attributes aside,
    /// and what its code calls.</summary>
    private static IEnumerable<Type> Used(Type type)
    {
        const BindingFlags Own =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Static
            | BindingFlags.Instance
            | BindingFlags.DeclaredOnly;
        IEnumerable<Type?> named =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Own).Select(f => f.FieldType),
            .. type.GetMethods(Own)
                .SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)),
            .. type.GetMethods(Own).Cast<MethodBase>().Concat(type.GetConstructors(Own)).SelectMany(CalledBy),
        ];
        return named.OfType<Type>().SelectMany(Parts).Distinct();
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(c => c.Value);

    private static IEnumerable<Type?> CalledBy(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } code)
            yield break;
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;
        for (var at = 0; at < code.Length; )
        {
            var op = Codes[code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at]];
            at += op.Size;
            if (
                op.OperandType
                is OperandType.InlineMethod
                    or OperandType.InlineField
                    or OperandType.InlineType
                    or OperandType.InlineTok
            )
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(code, at),
                    method.DeclaringType!.GetGenericArguments(),
                    method.IsGenericMethod ? method.GetGenericArguments() : null
                );
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
