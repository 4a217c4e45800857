using System.Collections;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Modules by position. They are registered when this list is registered with its parent.</summary>
    public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
    {
        private readonly List<T> _list = [];
        private bool _registered;

        public ModuleList(params T[] modules) : base(nameof(ModuleList<T>)) => _list.AddRange(modules);

        protected override void RegisterComponents()
        {
            if (_registered) return;
            for (var i = 0; i < _list.Count; i++) register_module($"{i}", _list[i]);
            _registered = true;
        }

        public T this[int index]
        {
            get => _list[index];
            set => _list[index] = value;
        }

        public int Count => _list.Count;
        public bool IsReadOnly => false;
        public void Add(T item) => _list.Add(item);
        public void append(params T[] parameters) => _list.AddRange(parameters);
        public void extend(IEnumerable<T> modules) => _list.AddRange(modules);
        public void Clear() => _list.Clear();
        public bool Contains(T item) => _list.Contains(item);
        public void CopyTo(T[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);
        public int IndexOf(T item) => _list.IndexOf(item);
        public void Insert(int index, T item) => _list.Insert(index, item);
        public bool Remove(T item) => _list.Remove(item);
        public void RemoveAt(int index) => _list.RemoveAt(index);
        public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Modules by name, in order. They are registered when this dictionary is registered with its parent.</summary>
    public class ModuleDict<T> : nn.Module, IDictionary<string, T>, IList<(string, T)> where T : nn.Module
    {
        private readonly OrderedDict<string, T> _modules = new();
        private bool _registered;

        public ModuleDict() : base(nameof(ModuleDict<T>))
        {
        }

        protected override void RegisterComponents()
        {
            if (_registered) return;
            foreach (var (key, module) in _modules) register_module(key, module);
            _registered = true;
        }

        public T this[string key]
        {
            get => _modules[key];
            set => _modules[key] = value;
        }

        public (string, T) this[int index]
        {
            get => _modules[index];
            set => _modules[index] = value;
        }

        public int Count => _modules.Count;
        public bool IsReadOnly => false;
        public ICollection<string> Keys => _modules.Keys;
        public ICollection<T> Values => _modules.Values;
        public IEnumerable<string> keys() => _modules.keys();
        public IEnumerable<T> values() => _modules.values();
        public IEnumerator<(string, T)> items() => _modules.items();
        public void Add(string key, T value) => _modules.Add(key, value);
        public void Add((string, T) item) => _modules.Add(item);
        public void Add(KeyValuePair<string, T> item) => _modules.Add(item);
        public void Insert(int index, (string, T) item) => _modules.Insert(index, item);
        public void Clear() => _modules.Clear();
        public void clear() => _modules.clear();
        public bool ContainsKey(string key) => _modules.ContainsKey(key);
        public bool Contains((string, T) item) => _modules.Contains(item);
        public bool Contains(KeyValuePair<string, T> item) => _modules.Contains(item);
        public int IndexOf((string, T) item) => _modules.IndexOf(item);
        public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value) =>
            _modules.TryGetValue(key, out value);
        public bool Remove(string key) => _modules.Remove(key);
        public bool Remove((string, T) item) => _modules.Remove(item);
        public bool Remove(KeyValuePair<string, T> item) => _modules.Remove(item);
        public void RemoveAt(int index) => _modules.RemoveAt(index);
        public void CopyTo((string, T)[] array, int arrayIndex) => _modules.CopyTo(array, arrayIndex);
        public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => _modules.CopyTo(array, arrayIndex);
        public IEnumerator<(string, T)> GetEnumerator() => _modules.GetEnumerator();
        IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
            ((IEnumerable<KeyValuePair<string, T>>)_modules).GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Modules called one after another; what passes between them is disposed on the way.</summary>
    public class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly List<(string Name, nn.Module Module)> _items = [];

        internal Sequential() : base(nameof(Sequential))
        {
        }

        protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : this()
        {
            foreach (var (key, module) in modules) Add(key, module);
        }

        protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : this()
        {
            foreach (var module in modules) append(module);
        }

        internal void Add(string name, nn.IModule<Tensor, Tensor> module) => _items.Add((name, (nn.Module)module));

        public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
        {
            Add(name, module);
            return this;
        }

        public Sequential append(nn.IModule<Tensor, Tensor> module) => append($"{_items.Count}", module);

        public override Tensor forward(Tensor tensor)
        {
            if (_items.Count == 0) return tensor.alias();
            var current = tensor;
            foreach (var (_, module) in _items)
            {
                var next = ((nn.IModule<Tensor, Tensor>)module).call(current);
                if (!ReferenceEquals(current, tensor)) current.Dispose();
                current = next;
            }
            return current;
        }

        public int Count => _items.Count;

        [IndexerName("SequentialItems")]
        public nn.IModule<Tensor, Tensor> this[int index] => (nn.IModule<Tensor, Tensor>)_items[index].Module;

        [IndexerName("SequentialItems")]
        public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? _items.Count);

        [IndexerName("SequentialItems")]
        public Sequential this[Range index] => Slice(index.Start.GetOffset(_items.Count), index.End.GetOffset(_items.Count));

        private Sequential Slice(int start, int end)
        {
            if (start < 0 || start > _items.Count) throw new IndexOutOfRangeException($"{start} is not a valid index.");
            if (end < 0 || end > _items.Count) throw new IndexOutOfRangeException($"{end} is not a valid index.");
            var part = new Sequential();
            for (var i = start; i < end; i++) part._items.Add(_items[i]);
            return part;
        }

        public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
        {
            if (!recurse) yield break;
            HashSet<nint> seen = [0];
            foreach (var (item, module) in _items)
                foreach (var (key, parameter) in module.named_parameters(true))
                    if (seen.Add(parameter.handle)) yield return ($"{item}.{key}", parameter);
        }

        public override IEnumerable<(string name, Tensor buffer)> named_buffers(
            bool recurse = true, bool include_persistent = true)
        {
            if (!recurse) yield break;
            HashSet<nint> seen = [0];
            foreach (var (item, module) in _items)
                foreach (var (key, buffer) in module.named_buffers(true, include_persistent))
                    if (seen.Add(buffer.handle)) yield return ($"{item}.{key}", buffer);
        }

        public override IEnumerable<(string name, nn.Module module)> named_children()
        {
            foreach (var item in _items) yield return item;
        }

        public override IEnumerable<(string name, nn.Module module)> named_modules()
        {
            foreach (var item in _items) yield return item;
            foreach (var (item, module) in _items)
                foreach (var (key, inner) in module.named_modules())
                    yield return ($"{item}.{key}", inner);
        }

        public override nn.Module apply(Action<nn.Module> fn)
        {
            foreach (var (_, module) in _items) module.apply(fn);
            fn(this);
            return this;
        }

        protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
        {
            foreach (var (_, module) in _items) module._to(device, dtype, non_blocking);
            return this;
        }

        protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
        {
            foreach (var (_, module) in _items) module._to(deviceType, deviceIndex, non_blocking);
            return this;
        }

        protected internal override nn.Module _to(ScalarType dtype, bool non_blocking)
        {
            foreach (var (_, module) in _items) module._to(dtype, non_blocking);
            return this;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                foreach (var (_, module) in _items) module.Dispose();
            base.Dispose(disposing);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
            public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);

            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules) where T : Module
            {
                var result = new ModuleDict<T>();
                foreach (var (name, module) in modules) result.Add(name, module);
                return result;
            }

            public static Sequential Sequential() => new();

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential(modules.AsEnumerable());

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
                Sequential(modules.AsEnumerable());

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules)
            {
                var result = new Sequential();
                foreach (var module in modules) result.append(module);
                return result;
            }

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
            {
                var result = new Sequential();
                foreach (var (name, module) in modules) result.Add(name, module);
                return result;
            }
        }
    }
}
