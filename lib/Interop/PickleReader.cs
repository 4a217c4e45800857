// A restricted reader of Python pickles: exactly what a state dict needs. It builds plain values and descriptions of
// tensors and never runs code of the file: a class or function is looked up in a fixed list, and any other is refused by
// name.
using System.Globalization;
using System.Numerics;
using System.Text;

namespace FanTrans.Interop;

/// <summary>Reads one pickle (protocols 2 to 5) of plain values, OrderedDicts and tensors.</summary>
internal sealed class PickleReader(ByteSource source, ByteReader reader)
{
    private const int DeepestNesting = 100;
    private const int MostValues = 2_000_000;
    private const int LongestString = 1 << 24;
    private const int LongestName = 256;

    private const string OrderedDict = "collections.OrderedDict";
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string RebuildParameter = "torch._utils._rebuild_parameter";
    private const string Size = "torch.Size";

    private readonly List<object> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<long, object> memo = [];
    private long opcode;
    private int values;

    /// <summary>Storages by key, in the order of their first mention.</summary>
    public OrderedDictionary<string, PickleStorage> Storages { get; } = [];

    /// <exception cref="InvalidDataException">The pickle is broken, or holds what is not plain weights.</exception>
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
            case '\x80': CheckProtocol(reader.ReadByte()); break;               // PROTO
            case '\x95': reader.ReadInt64(); break;                             // FRAME: the limits hold without it
            case '(': marks.Push(stack.Count); break;                           // MARK
            case 'N': Push(PickleNone.Value); break;                            // NONE
            case '\x88': Push(true); break;                                     // NEWTRUE
            case '\x89': Push(false); break;                                    // NEWFALSE
            case 'K': Push((long)reader.ReadByte()); break;                     // BININT1
            case 'M': Push((long)reader.ReadUInt16()); break;                   // BININT2
            case 'J': Push((long)reader.ReadInt32()); break;                    // BININT
            case '\x8a': Push(ReadLong(reader.ReadByte())); break;              // LONG1
            case 'G': Push(ReadDouble()); break;                                // BINFLOAT
            case 'X': Push(ReadString(reader.ReadUInt32(), Encoding.UTF8)); break;      // BINUNICODE
            case '\x8c': Push(ReadString(reader.ReadByte(), Encoding.UTF8)); break;     // SHORT_BINUNICODE
            case '\x8d': Push(ReadString(reader.ReadInt64(), Encoding.UTF8)); break;    // BINUNICODE8
            case 'T': Push(ReadString(reader.ReadInt32(), Encoding.Latin1)); break;     // BINSTRING, of Python 2
            case 'U': Push(ReadString(reader.ReadByte(), Encoding.Latin1)); break;      // SHORT_BINSTRING, of Python 2
            case '}': Push(new PickleDict()); break;                            // EMPTY_DICT
            case ']': Push(new PickleList()); break;                            // EMPTY_LIST
            case ')': Push(new PickleTuple([])); break;                         // EMPTY_TUPLE
            case 't': Push(new PickleTuple(PopToMark())); break;                // TUPLE
            case '\x85': Push(new PickleTuple(Pop(1))); break;                  // TUPLE1
            case '\x86': Push(new PickleTuple(Pop(2))); break;                  // TUPLE2
            case '\x87': Push(new PickleTuple(Pop(3))); break;                  // TUPLE3
            case 'a': Append(Pop(1)); break;                                    // APPEND
            case 'e': Append(PopToMark()); break;                               // APPENDS
            case 's': SetItems(Pop(2)); break;                                  // SETITEM
            case 'u': SetItems(PopToMark()); break;                             // SETITEMS
            case 'q': memo[reader.ReadByte()] = Top(); break;                   // BINPUT
            case 'r': memo[reader.ReadUInt32()] = Top(); break;                 // LONG_BINPUT
            case '\x94': memo[memo.Count] = Top(); break;                       // MEMOIZE
            case 'h': Push(Recall(reader.ReadByte())); break;                   // BINGET
            case 'j': Push(Recall(reader.ReadUInt32())); break;                 // LONG_BINGET
            case 'c': Push(Global(ReadLine(), ReadLine())); break;              // GLOBAL
            case '\x93': Push(StackGlobal(Pop(2))); break;                      // STACK_GLOBAL
            case 'R': Push(Reduce(Pop(2))); break;                              // REDUCE
            case 'b': Build(Pop(1)[0]); break;                                  // BUILD
            case 'Q': Push(Storage(Pop())); break;                              // BINPERSID
            default:
                throw Refused($"the pickle opcode 0x{code:x2} is not part of plain weights; no code of a file is run");
        }
    }

    private void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > 5)
            throw Refused($"pickle protocol {protocol}, expected 2 to 5");
    }

    private object ReadLong(int count)
    {
        // The legacy format starts with a magic number of ten bytes; no other integer is wider than eight.
        if (count > 16)
            throw Refused($"an integer of {count} bytes");
        var value = new BigInteger(reader.ReadBytes(count));
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private double ReadDouble() => System.Buffers.Binary.BinaryPrimitives.ReadDoubleBigEndian(reader.ReadBytes(8));

    private string ReadString(long length, Encoding encoding)
    {
        if (length is < 0 or > LongestString)
            throw Refused($"a string of {length} bytes, expected at most {LongestString}");
        return encoding.GetString(reader.ReadBytes(length));
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (byte b = reader.ReadByte(); b != '\n'; b = reader.ReadByte())
        {
            if (line.Append((char)b).Length > LongestName)
                throw Refused($"a name longer than {LongestName} characters");
        }
        return line.ToString();
    }

    private object Recall(long index) =>
        memo.TryGetValue(index, out object? value) ? value : throw Refused($"memo {index} is read before it is set");

    private PickleGlobal StackGlobal(object[] names) => names is [string module, string name]
        ? Global(module, name)
        : throw Refused("a class name that is not a string");

    private PickleGlobal Global(string module, string name)
    {
        string full = $"{module}.{name}";
        bool storage = module is "torch" or "torch.storage" && ElementTypes.OfStorage(name) is not null;
        if (!storage && full is not (OrderedDict or RebuildTensor or RebuildParameter or Size))
        {
            throw Refused(
                $"the pickle names {Printable(full)}, which is not part of plain weights; no code of a file is run");
        }
        return new PickleGlobal(full);
    }

    private object Reduce(object[] call)
    {
        if (call is not [PickleGlobal { Name: var name }, PickleTuple { Items: var arguments }])
            throw Refused("a call of something that is not a known name with a tuple of arguments");
        return (name, arguments) switch
        {
            (OrderedDict, []) => new PickleDict(),
            (OrderedDict, [PickleList pairs]) => DictOf(pairs),
            (Size, [PickleTuple sizes]) => sizes,
            (Size, [PickleList sizes]) => new PickleTuple([.. sizes.Items]),
            (RebuildParameter, [PickleTensor tensor, bool, _]) => tensor,
            (RebuildTensor, [PickleStorage storage, long offset, PickleTuple sizes, PickleTuple strides, bool, _]) =>
                TensorOver(storage, offset, sizes, strides),
            (RebuildTensor, [PickleStorage storage, long offset, PickleTuple sizes, PickleTuple strides, bool, _, _]) =>
                TensorOver(storage, offset, sizes, strides),
            _ => throw Refused($"{name} with {Describe(arguments)}, which is not how plain weights use it"),
        };
    }

    private PickleDict DictOf(PickleList pairs)
    {
        var dict = new PickleDict();
        foreach (object pair in pairs.Items)
        {
            switch (pair)
            {
                case PickleTuple { Items: [var key, var value] }: Set(dict, key, value); break;
                case PickleList { Items: [var key, var value] }: Set(dict, key, value); break;
                default: throw Refused("an OrderedDict made of something that is not a pair");
            }
        }
        return dict;
    }

    private PickleTensor TensorOver(PickleStorage storage, long offset, PickleTuple sizes, PickleTuple strides)
    {
        long[] shape = Integers(sizes), steps = Integers(strides);
        string? problem = StoredTensor.ShapeProblem(shape)
            ?? StoredTensor.PlaceProblem(shape, steps, offset, storage.Count);
        if (problem is not null)
            throw Refused(problem);
        return new PickleTensor(storage, new StoredTensor(storage.Element, shape, steps, offset));
    }

    private long[] Integers(PickleTuple tuple)
    {
        var integers = new long[tuple.Items.Length];
        for (int i = 0; i < integers.Length; i++)
        {
            integers[i] = tuple.Items[i] is long value
                ? value
                : throw Refused("a size or stride that is not an integer");
        }
        return integers;
    }

    /// <summary>An OrderedDict's attributes, where a state dict carries its modules' versions, are not needed.</summary>
    private void Build(object state)
    {
        if (Top() is not PickleDict || state is not (PickleDict or PickleNone))
            throw Refused("the state of an object that is not an OrderedDict");
    }

    private PickleStorage Storage(object id)
    {
        if (id is not PickleTuple { Items: var parts } || parts.Length > 6
            || parts is not ["storage", PickleGlobal { Name: var type }, string key, string, long count, ..]
            || ElementTypes.OfStorage(type[(type.LastIndexOf('.') + 1)..]) is not { } element)
        {
            throw Refused(id is PickleTuple { Items: [string kind, ..] } && kind != "storage"
                ? $"a pickled {Printable(kind)}, expected plain tensors: save the state dict, not the module"
                : "a reference to something that is not a storage");
        }
        if (parts.Length == 6 && parts[5] is not PickleNone)
        {
            throw Refused(
                $"storage {Printable(key)} is a view of another, a form of PyTorch before 0.4: load and save it there");
        }
        if (count < 0)
            throw Refused($"storage {Printable(key)} has the negative size {count}");
        var storage = new PickleStorage(element, key, count);
        if (!Storages.TryAdd(key, storage) && Storages[key] != storage)
            throw Refused($"storage {Printable(key)} is given with two types or sizes");
        return storage;
    }

    private void Append(object[] items)
    {
        if (Top() is not PickleList list)
            throw Refused("an append to something that is not a list");
        foreach (object item in items)
            list.Add(item);
        CheckDepth(list);
    }

    private void SetItems(object[] items)
    {
        if (Top() is not PickleDict dict || items.Length % 2 != 0)
            throw Refused("items set on something that is not a dict");
        for (int i = 0; i < items.Length; i += 2)
            Set(dict, items[i], items[i + 1]);
        CheckDepth(dict);
    }

    private void Set(PickleDict dict, object key, object value)
    {
        if (key is not (string or long or bool))
            throw Refused("a dict key that is not a string or a number");
        dict.Set(key, value);
    }

    private void Push(object value)
    {
        if (++values > MostValues)
            throw Refused($"more than {MostValues} values");
        if (value is PickleContainer container)
            CheckDepth(container);
        stack.Add(value);
    }

    private void CheckDepth(PickleContainer container)
    {
        if (container.Depth > DeepestNesting)
            throw Refused($"values nested deeper than {DeepestNesting}");
    }

    private object Top() => stack.Count > (marks.TryPeek(out int mark) ? mark : 0)
        ? stack[^1]
        : throw Refused("a value is missing");

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

    private static string Describe(object[] arguments) =>
        arguments.Length == 1 ? "1 argument" : $"{arguments.Length} arguments";

    /// <summary>A name from the file, safe to show: control characters escaped, cut to a line.</summary>
    private static string Printable(string name)
    {
        var shown = new StringBuilder();
        foreach (char c in name.Length > 80 ? name[..80] : name)
            shown.Append(char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c);
        return shown.ToString();
    }

    private InvalidDataException Refused(string what) => source.Refused(opcode, what);
}
