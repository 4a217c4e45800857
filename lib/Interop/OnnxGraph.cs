using System.Globalization;
using Google.Protobuf;
using Onnx;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>A value of an ONNX graph: an input, a constant or what a node gives.</summary>
public sealed class OnnxValue
{
    private readonly OnnxGraph graph;

    internal OnnxValue(OnnxGraph graph, string name) => (this.graph, Name) = (graph, name);

    /// <summary>Its name in the graph.</summary>
    public string Name { get; }

    /// <summary>The sum, with broadcasting.</summary>
    public static OnnxValue operator +(OnnxValue a, OnnxValue b) => a.Then("Add", [b]);

    /// <summary>The difference, with broadcasting.</summary>
    public static OnnxValue operator -(OnnxValue a, OnnxValue b) => a.Then("Sub", [b]);

    /// <summary>The product of elements, with broadcasting.</summary>
    public static OnnxValue operator *(OnnxValue a, OnnxValue b) => a.Then("Mul", [b]);

    /// <summary>The quotient of elements, with broadcasting.</summary>
    public static OnnxValue operator /(OnnxValue a, OnnxValue b) => a.Then("Div", [b]);

    /// <summary>The matrix product over the last two axes.</summary>
    public OnnxValue MatMul(OnnxValue other) => Then("MatMul", [other]);

    /// <summary>Another shape: 0 keeps an axis, -1 is what remains.</summary>
    public OnnxValue Reshape(params long[] shape) => Then("Reshape", [graph.Constant(shape)]);

    /// <summary>The axes in another order.</summary>
    public OnnxValue Transpose(params long[] order) => Then("Transpose", [], ("perm", order));

    /// <summary>The sum over axes.</summary>
    public OnnxValue Sum(bool keep, params long[] axes) =>
        Then("ReduceSum", [graph.Constant(axes)], ("keepdims", keep ? 1L : 0L));

    /// <summary>The mean over axes.</summary>
    public OnnxValue Mean(bool keep, params long[] axes) =>
        Then("ReduceMean", [graph.Constant(axes)], ("keepdims", keep ? 1L : 0L));

    /// <summary>The part from start to before end of an axis.</summary>
    public OnnxValue Slice(long axis, long start, long end) =>
        Then("Slice", [graph.Constant([start]), graph.Constant([end]), graph.Constant([axis])]);

    /// <summary>A node with this as its first input.</summary>
    /// <param name="operation">The ONNX operator.</param>
    /// <param name="more">Its further inputs.</param>
    /// <param name="attributes">Its attributes: long, long[], float or string.</param>
    public OnnxValue Then(
        string operation,
        OnnxValue[]? more = null,
        params (string Name, object Value)[] attributes
    ) => graph.Node(operation, [this, .. more ?? []], attributes);
}

/// <summary>Builds the graph of an ONNX file, node by node. The batch is its one axis of no fixed length.</summary>
public sealed class OnnxGraph
{
    /// <summary>The version of ONNX's operators: of 2023, the first with GELU.</summary>
    public const int Opset = 20;

    private const int IrVersion = 9; // that of the ONNX release which brought the operators
    private const string Batch = "batch";
    private const int LeastHalved = 64;

    private readonly GraphProto graph = new();
    private readonly Dictionary<string, OnnxValue> constants = [];

    /// <summary>Adds a float32 input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its axes behind the batch.</param>
    public OnnxValue Input(string name, params long[] shape)
    {
        graph.Input.Add(Described(name, shape));
        return new OnnxValue(this, name);
    }

    /// <summary>Makes a float32 value an output.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="shape">Its axes behind the batch.</param>
    public void Output(string name, OnnxValue value, params long[] shape)
    {
        ArgumentNullException.ThrowIfNull(value);
        graph.Node.Add(
            new NodeProto
            {
                Name = name,
                OpType = "Identity",
                Input = { value.Name },
                Output = { name },
            }
        );
        graph.Output.Add(Described(name, shape));
    }

    /// <summary>Adds a node.</summary>
    /// <param name="operation">The ONNX operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="attributes">Its attributes: long, long[], float or string.</param>
    /// <returns>Its first output.</returns>
    public OnnxValue Node(
        string operation,
        IEnumerable<OnnxValue> inputs,
        params (string Name, object Value)[] attributes
    )
    {
        var name = $"{operation}_{graph.Node.Count}";
        graph.Node.Add(
            new NodeProto
            {
                Name = name,
                OpType = operation,
                Input = { inputs.Select(input => input.Name) },
                Output = { name },
                Attribute = { attributes.Select(Attribute) },
            }
        );
        return new OnnxValue(this, name);
    }

    /// <summary>A number.</summary>
    public OnnxValue Constant(double value) =>
        Once($"number {value.ToString("r", CultureInfo.InvariantCulture)}", () => tensor(value, ScalarType.Float32));

    /// <summary>Whole numbers: a shape, axes, positions.</summary>
    public OnnxValue Constant(params long[] values) =>
        Once($"integers {string.Join(' ', values)}", () => tensor(values));

    /// <summary>A tensor's values, such as a layer's weights: float32, int64 or bool. Weights that half precision holds
    /// exactly, as those that the library ships, take half of the file; a runtime widens them once.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="name">Its name in the file; null makes one up, and one that is there already gets a number.</param>
    public OnnxValue Constant(Tensor value, string? name = null)
    {
        using var scope = NewDisposeScope();
        var source = value.detach().cpu();
        var type = source.dtype switch
        {
            ScalarType.Int64 => TensorProto.Types.DataType.Int64,
            ScalarType.Bool => TensorProto.Types.DataType.Bool,
            _ => TensorProto.Types.DataType.Float,
        };
        if (type is TensorProto.Types.DataType.Float)
        {
            source = source.to_type(ScalarType.Float32);
            var half = source.to_type(ScalarType.Float16);
            if (source.numel() >= LeastHalved && half.to_type(ScalarType.Float32).eq(source).all().item<bool>())
                (source, type) = (half, TensorProto.Types.DataType.Float16);
        }
        // A runtime that meets a name twice takes the last one's values for both.
        name ??= $"constant_{graph.Initializer.Count}";
        if (graph.Initializer.Any(constant => constant.Name == name))
            name = $"{name}_{graph.Initializer.Count}";
        graph.Initializer.Add(
            new TensorProto
            {
                Name = name,
                DataType = (int)type,
                Dims = { source.shape },
                RawData = ByteString.CopyFrom(source.contiguous().bytes),
            }
        );
        var constant = new OnnxValue(this, name);
        return type is TensorProto.Types.DataType.Float16
            ? constant.Then("Cast", [], ("to", (long)TensorProto.Types.DataType.Float))
            : constant;
    }

    /// <summary>Joins values along an axis.</summary>
    public OnnxValue Concat(long axis, params IEnumerable<OnnxValue> values) => Node("Concat", values, ("axis", axis));

    /// <summary>The file's bytes.</summary>
    /// <param name="name">What the graph is.</param>
    /// <param name="metadata">What else the file says, by name.</param>
    internal byte[] ToBytes(string name, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        graph.Name = name;
        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "FanTrans",
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
            Graph = graph,
            MetadataProps = { metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }) },
        }.ToByteArray();
    }

    private OnnxValue Once(string name, Func<Tensor> value)
    {
        if (!constants.TryGetValue(name, out var known))
        {
            using var made = value();
            constants[name] = known = Constant(made, name);
        }
        return known;
    }

    private static AttributeProto Attribute((string Name, object Value) attribute) =>
        attribute.Value switch
        {
            long number => new()
            {
                Name = attribute.Name,
                Type = AttributeProto.Types.AttributeType.Int,
                I = number,
            },
            long[] numbers => new()
            {
                Name = attribute.Name,
                Type = AttributeProto.Types.AttributeType.Ints,
                Ints = { numbers },
            },
            float number => new()
            {
                Name = attribute.Name,
                Type = AttributeProto.Types.AttributeType.Float,
                F = number,
            },
            string text => new()
            {
                Name = attribute.Name,
                Type = AttributeProto.Types.AttributeType.String,
                S = ByteString.CopyFromUtf8(text),
            },
            var other => throw new ArgumentException(
                $"{attribute.Name}: expected long, long[], float or string, found {other}."
            ),
        };

    private static ValueInfoProto Described(string name, long[] shape)
    {
        var type = new TypeProto.Types.Tensor
        {
            ElemType = (int)TensorProto.Types.DataType.Float,
            Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = Batch } } },
        };
        type.Shape.Dim.AddRange(shape.Select(length => new TensorShapeProto.Types.Dimension { DimValue = length }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = type },
        };
    }
}
