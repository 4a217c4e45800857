// A restricted reader of Python pickles, written for this kit: a general one makes objects of the classes that a file
// names, and so runs its code. This one runs none, ever: what is no plain value, dict or tensor becomes an inert
// PickleObject that keeps the class's name. Values nest by reference, so nothing here recurses.
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Interop;

/// <summary>Python's None.</summary>
internal sealed class PickleNone
{
    public static readonly PickleNone Value = new();
}

/// <summary>A dict or an OrderedDict, in order. Keys that are no text or number are compared by reference.</summary>
internal sealed class PickleDict : OrderedDictionary<object, object>;

/// <summary>A class or function that a pickle names. It is only ever compared with known names.</summary>
internal sealed record PickleGlobal(string Name);

/// <summary>What would be an object of some class, or the result of a call: never made, only described.</summary>
/// <param name="type">The class or function.</param>
internal sealed class PickleObject(string type)
{
    public string Type { get; } = type;

    /// <summary>The attributes it would get.</summary>
    public PickleDict? State { get; set; }

    /// <summary>The items it would get, as a subclass of dict.</summary>
    public PickleDict Items { get; } = [];
}

/// <summary>A storage: the run of elements that tensors are views of, or a part of another one.</summary>
/// <param name="Element">Element type.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">Elements.</param>
internal sealed record PickleStorage(ElementType Element, string Key, long Count);

/// <summary>A tensor over a storage, checked against it.</summary>
internal sealed record PickleTensor(PickleStorage Storage, StoredTensor Tensor);

/// <summary>A part of a storage, as files from before PyTorch 0.4 have it.</summary>
internal sealed record PickleView(PickleStorage Storage, long Offset, long Count);

/// <summary>Reads pickles (protocols 0 to 5) of weights.</summary>
internal sealed class PickleReader(ByteSource source, ByteReader reader)
{
    private const string Typed = "torch._tensor._rebuild_from_type_v2";
    private const int MostValues = 2_000_000;
    private const int LongestString = 1 << 24;
    private const int LongestLine = 1 << 12;

    private readonly List<object> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<long, object> memo = [];
    private long opcode;
    private int values;

    /// <summary>Storages by key, in the order of their first mention.</summary>
    public OrderedDictionary<string, PickleStorage> Storages { get; } = [];

    /// <exception cref="InvalidDataException">The pickle is broken.</exception>
    public object Read()
    {
        while (true)
        {
            opcode = reader.Position;
            byte code = reader.ReadByte();
            if (code == '.')
            {
                object result = Pop();
                if (stack.Count > 0 || marks.Count > 0)
                    throw Refused($"the pickle ends with {stack.Count} values and {marks.Count} marks too many");
                return result;
            }
            Run(code);
        }
    }

    private void Run(byte code)
    {
        switch ((char)code)
        {
            case '\x80':
                CheckProtocol(reader.ReadByte());
                break; // PROTO
            case '\x95':
                reader.ReadInt64();
                break; // FRAME: the limits hold without it
            case '(':
                Count(1);
                marks.Push(stack.Count);
                break; // MARK
            case '0':
                Pop();
                break; // POP
            case '1':
                PopToMark();
                break; // POP_MARK
            case '2':
                Push(Top());
                break; // DUP
            case 'N':
                Push(PickleNone.Value);
                break; // NONE
            case '\x88':
                Push(true);
                break; // NEWTRUE
            case '\x89':
                Push(false);
                break; // NEWFALSE
            case 'K':
                Push((long)reader.ReadByte());
                break; // BININT1
            case 'M':
                Push((long)reader.ReadUInt16());
                break; // BININT2
            case 'J':
                Push((long)reader.ReadInt32());
                break; // BININT
            case 'I':
            case 'L':
                Push(Integer(ReadLine()));
                break; // INT, LONG
            case '\x8a':
                Push(ReadLong(reader.ReadByte()));
                break; // LONG1
            case '\x8b':
                Push(ReadLong(reader.ReadInt32()));
                break; // LONG4
            case 'F':
                Push(Real(ReadLine()));
                break; // FLOAT
            case 'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(reader.ReadBytes(8)));
                break; // BINFLOAT
            case 'S':
                Push(ReadLine().Trim('\'', '"'));
                break; // STRING
            case 'V':
                Push(ReadLine());
                break; // UNICODE
            case 'X':
                Push(ReadString(reader.ReadUInt32(), Encoding.UTF8));
                break; // BINUNICODE
            case '\x8c':
                Push(ReadString(reader.ReadByte(), Encoding.UTF8));
                break; // SHORT_BINUNICODE
            case '\x8d':
                Push(ReadString(reader.ReadInt64(), Encoding.UTF8));
                break; // BINUNICODE8
            case 'T':
                Push(ReadString(reader.ReadInt32(), Encoding.Latin1));
                break; // BINSTRING, of Python 2
            case 'U':
                Push(ReadString(reader.ReadByte(), Encoding.Latin1));
                break; // SHORT_BINSTRING, of Python 2
            case 'B':
                PushBytes(reader.ReadUInt32());
                break; // BINBYTES
            case 'C':
                PushBytes(reader.ReadByte());
                break; // SHORT_BINBYTES
            case '\x8e':
            case '\x96':
                PushBytes(reader.ReadInt64());
                break; // BINBYTES8, BYTEARRAY8
            case '}':
                Push(new PickleDict());
                break; // EMPTY_DICT
            case 'd':
                Push(DictOf(PopToMark()));
                break; // DICT
            case ']':
                Push(new List<object>());
                break; // EMPTY_LIST
            case 'l':
                Push(PopToMark().ToList());
                break; // LIST
            case ')':
                Push(Array.Empty<object>());
                break; // EMPTY_TUPLE
            case 't':
                Push(PopToMark());
                break; // TUPLE
            case '\x85':
                Push(Pop(1));
                break; // TUPLE1
            case '\x86':
                Push(Pop(2));
                break; // TUPLE2
            case '\x87':
                Push(Pop(3));
                break; // TUPLE3
            case '\x8f':
                Push(new PickleObject("set"));
                break; // EMPTY_SET
            case '\x91':
                PopToMark();
                Push(new PickleObject("frozenset"));
                break; // FROZENSET
            case 'a':
                Append(Pop(1));
                break; // APPEND
            case 'e':
            case '\x90':
                Append(PopToMark());
                break; // APPENDS, ADDITEMS
            case 's':
                SetItems(Pop(2));
                break; // SETITEM
            case 'u':
                SetItems(PopToMark());
                break; // SETITEMS
            case 'p':
                Memorize(Index(ReadLine()));
                break; // PUT
            case 'q':
                Memorize(reader.ReadByte());
                break; // BINPUT
            case 'r':
                Memorize(reader.ReadUInt32());
                break; // LONG_BINPUT
            case '\x94':
                Memorize(memo.Count);
                break; // MEMOIZE
            case 'g':
                Push(Recall(Index(ReadLine())));
                break; // GET
            case 'h':
                Push(Recall(reader.ReadByte()));
                break; // BINGET
            case 'j':
                Push(Recall(reader.ReadUInt32()));
                break; // LONG_BINGET
            case 'c':
                Push(new PickleGlobal($"{ReadLine()}.{ReadLine()}"));
                break; // GLOBAL
            case '\x93':
                Push(StackGlobal(Pop(2)));
                break; // STACK_GLOBAL
            case 'R':
            case '\x81':
                Push(Call(Pop(2)));
                break; // REDUCE, NEWOBJ
            case '\x92':
                Push(Call(Pop(3)));
                break; // NEWOBJ_EX
            case 'i':
                Push(Instance($"{ReadLine()}.{ReadLine()}", PopToMark()));
                break; // INST
            case 'o':
                Push(Call([.. PopToMark().Take(1), Array.Empty<object>()]));
                break; // OBJ
            case 'b':
                Build(Pop(1)[0]);
                break; // BUILD
            case 'Q':
                Push(Persistent(Pop()));
                break; // BINPERSID
            default:
                throw Refused($"0x{code:x2} is no opcode of a pickle of weights");
        }
    }

    private void CheckProtocol(byte protocol)
    {
        if (protocol > 5)
            throw Refused($"pickle protocol {protocol}, expected 0 to 5");
    }

    private object ReadLong(int count)
    {
        // The legacy format starts with a magic number of ten bytes; no other integer is wider than eight.
        if (count is < 0 or > 64)
            throw Refused($"an integer of {count} bytes");
        return Narrow(new BigInteger(reader.ReadBytes(count)));
    }

    private object Integer(string text) =>
        text switch
        {
            "01" => true,
            "00" => false,
            _ when text.Length <= 40
                    && BigInteger.TryParse(
                        text.TrimEnd('L'),
                        NumberStyles.AllowLeadingSign,
                        CultureInfo.InvariantCulture,
                        out var value
                    ) => Narrow(value),
            _ => throw Refused($"'{Printable.Of(text)}' is no integer"),
        };

    private static object Narrow(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    private double Real(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw Refused($"'{Printable.Of(text)}' is no number");

    private long Index(string text) => Integer(text) is long index ? index : throw Refused("a memo of no number");

    private string ReadString(long length, Encoding encoding)
    {
        if (length is < 0 or > LongestString)
            throw Refused($"a string of {length} bytes, expected at most {LongestString}");
        return encoding.GetString(reader.ReadBytes(length));
    }

    private void PushBytes(long length)
    {
        ReadString(length, Encoding.Latin1);
        Push(new PickleObject("bytes"));
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (byte b = reader.ReadByte(); b != '\n'; b = reader.ReadByte())
        {
            if (line.Append((char)b).Length > LongestLine)
                throw Refused($"a line longer than {LongestLine} characters");
        }
        return line.ToString();
    }

    private void Memorize(long index)
    {
        Count(1);
        memo[index] = Top();
    }

    private object Recall(long index) =>
        memo.TryGetValue(index, out object? value) ? value : throw Refused($"memo {index} is read before it is set");

    private PickleGlobal StackGlobal(object[] names) =>
        names is [string module, string name]
            ? new PickleGlobal($"{module}.{name}")
            : throw Refused("a class name that is not a string");

    private object Call(object[] call) =>
        call switch
        {
            [PickleGlobal { Name: var name }, object[] arguments, ..] => Instance(name, arguments),
            [PickleGlobal { Name: var name }, ..] => new PickleObject(name),
            // What a call gives may be called: neither is made.
            _ => new PickleObject("an object"),
        };

    /// <summary>The value of a call that weights are made of; anything else is left inert.</summary>
    private object Instance(string name, object[] arguments)
    {
        switch (name, arguments)
        {
            case ("collections.OrderedDict", []):
                return new PickleDict();
            case ("collections.OrderedDict", [List<object> pairs]):
                Count(pairs.Count);
                return DictOf([
                    .. pairs.SelectMany(pair =>
                        pair is object[] or List<object>
                            ? ((IList<object>)pair).Take(2)
                            : throw Refused("an OrderedDict of what is no pair")
                    ),
                ]);
            case ("torch.Size", [object[] sizes]):
                return sizes;
            case ("torch.Size", [List<object> sizes]):
                Count(sizes.Count);
                return sizes.ToArray();
            case (
                "torch._utils._rebuild_parameter"
                    or "torch._utils._rebuild_parameter_with_state",
                [PickleTensor tensor, ..]
            ):
                return tensor;
            case (Typed, [PickleGlobal { Name: not Typed and var rebuild }, _, object[] inner, _]):
                return Instance(rebuild, inner);
            case (
                "torch._utils._rebuild_tensor"
                    or "torch._utils._rebuild_tensor_v2",
                [PickleStorage or PickleView, long offset, object[] sizes, object[] strides, ..]
            ):
                return TensorOver(arguments[0], offset, sizes, strides);
            // Its storage counts bytes, whatever its elements: unsigned integers of several bytes, eight-bit floats.
            case ("torch._utils._rebuild_tensor_v3", _):
                throw Refused("a tensor of an element type that no weights of this kit have (_rebuild_tensor_v3)");
            default:
                return new PickleObject(name);
        }
    }

    private PickleTensor TensorOver(object place, long offset, object[] sizes, object[] strides)
    {
        long[] shape = Integers(sizes),
            steps = Integers(strides);
        var view = place as PickleView ?? new PickleView((PickleStorage)place, 0, ((PickleStorage)place).Count);
        string? problem =
            StoredTensor.ShapeProblem(shape) ?? StoredTensor.PlaceProblem(shape, steps, offset, view.Count);
        if (problem is not null)
            throw Refused(problem);
        return new PickleTensor(
            view.Storage,
            new StoredTensor(view.Storage.Element, shape, steps, view.Offset + offset)
        );
    }

    private long[] Integers(object[] tuple) =>
        Array.ConvertAll(
            tuple,
            item => item is long value ? value : throw Refused("a size or stride that is not an integer")
        );

    /// <summary>The state of an object. An OrderedDict's own, where a state dict carries its modules'
    /// versions, is not needed.</summary>
    private void Build(object state)
    {
        if (Top() is not PickleObject built)
            return;
        // With slots the state is a pair, the dict first.
        built.State = state as PickleDict ?? (state is object[] { Length: > 0 } pair ? pair[0] as PickleDict : null);
    }

    private object Persistent(object id)
    {
        switch (id)
        {
            case object[] and ["module", PickleGlobal type, ..]:
                return type;
            case object[] and ["storage", PickleGlobal { Name: var type }, string key, string, long count, .. var rest]:
                if (ElementTypes.OfStorage(type[(type.LastIndexOf('.') + 1)..]) is not { } element)
                    throw Refused($"storage {Printable.Of(key)} is of {Printable.Of(type)}, which is not read");
                if (count < 0)
                    throw Refused($"storage {Printable.Of(key)} has the negative size {count}");
                var storage = new PickleStorage(element, key, count);
                if (!Storages.TryAdd(key, storage) && Storages[key] != storage)
                    throw Refused($"storage {Printable.Of(key)} is given with two types or sizes");
                if (rest is not [object[] and [string, long offset, long length]])
                    return storage;
                return offset >= 0 && length >= 0 && offset <= count - length
                    ? new PickleView(storage, offset, length)
                    : throw Refused($"a part of storage {Printable.Of(key)} reaches beyond it");
            case object[] and ["storage", ..]:
                throw Refused("a reference to a storage that lacks its type, key, place or size");
            default:
                return new PickleObject("a reference");
        }
    }

    private void Append(object[] items)
    {
        if (Top() is List<object> list)
            list.AddRange(items);
        else if (Top() is not PickleObject)
            throw Refused("an append to something that is not a list");
    }

    private void SetItems(object[] items)
    {
        var dict = Top() as PickleDict ?? (Top() as PickleObject)?.Items;
        if (dict is null || items.Length % 2 != 0)
            throw Refused("items set on something that is not a dict");
        for (int i = 0; i < items.Length; i += 2)
            dict[items[i]] = items[i + 1];
    }

    private PickleDict DictOf(object[] items)
    {
        if (items.Length % 2 != 0)
            throw Refused("a dict of an odd number of keys and values");
        var dict = new PickleDict();
        for (int i = 0; i < items.Length; i += 2)
            dict[items[i]] = items[i + 1];
        return dict;
    }

    private void Push(object value)
    {
        Count(1);
        stack.Add(value);
    }

    private void Count(int more)
    {
        values += more;
        if (values > MostValues)
            throw Refused($"more than {MostValues} values");
    }

    private object Top() =>
        stack.Count > (marks.TryPeek(out int mark) ? mark : 0) ? stack[^1] : throw Refused("a value is missing");

    private object Pop() => Pop(1)[0];

    private object[] Pop(int count)
    {
        int floor = marks.TryPeek(out int mark) ? mark : 0;
        if (stack.Count - floor < count)
            throw Refused("a value is missing");
        object[] items = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    private object[] PopToMark()
    {
        if (!marks.TryPop(out int mark))
            throw Refused("a mark is missing");
        object[] items = [.. stack[mark..]];
        stack.RemoveRange(mark, items.Length);
        return items;
    }

    private InvalidDataException Refused(string what) => source.Refused(opcode, what);
}
