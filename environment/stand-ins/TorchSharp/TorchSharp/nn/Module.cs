using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A node of a model: parameters, buffers and sub-modules by name, in the order they were registered.</summary>
        public class Module : IDisposable
        {
            protected OrderedDict<string, Module> _internal_submodules = new();
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();
            protected OrderedDict<string, Parameter> _internal_params = new();
            protected DeviceType _deviceType = DeviceType.CPU;
            protected int _deviceIndex = -1;
            protected string? name;

            private bool _componentsRegistered;
            private bool _training = true;
            private bool _disposed;

            protected Module(string name) => this.name = name;

            ~Module() => Dispose(false);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || _disposed) return;
                foreach (var (_, buffer) in named_buffers(false)) buffer.DetachFromDisposeScope().Dispose();
                foreach (var (_, parameter) in named_parameters(false)) parameter.DetachFromDisposeScope().Dispose();
                foreach (var (_, module) in named_modules()) module.Dispose();
                _disposed = true;
            }

            public virtual string GetName() => name ?? GetType().Name;

            // ---- registration ----

            /// <summary>
            /// Registers what the fields hold, once: modules, then per field parameters and any other tensor as a
            /// buffer, under the fields' names, the most derived class's fields first.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_componentsRegistered) return;
                foreach (var field in Fields(GetType()))
                {
                    var key = field.ComponentName();
                    if (_internal_submodules.ContainsKey(key) || _internal_params.ContainsKey(key) ||
                        _internal_buffers.ContainsKey(key)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(key, module); break;
                        case Parameter parameter: register_parameter(key, parameter); break;
                        case Tensor tensor: register_buffer(key, tensor); break;
                    }
                }
                _componentsRegistered = true;
            }

            private static IEnumerable<FieldInfo> Fields(Type type)
            {
                const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
                HashSet<string> seen = [];
                for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
                    foreach (var field in level.GetFields(all))
                        if (seen.Add(field.Name)) yield return field;
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule._disposed)
                {
                    if (_internal_submodules.ContainsKey(name)) _internal_submodules.Remove(name);
                    return;
                }
                if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (name.Length == 0) throw new ArgumentException("module name can't be empty string \"\"");
                if (_internal_submodules.ContainsKey(name))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (_internal_params.ContainsKey(name))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
                _internal_params.Add(name, param);
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (_internal_buffers.ContainsKey(name))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
                _internal_buffers.Add(name, (tensor, persistent));
            }

            protected void ConditionallyRegisterParameter(string name, Tensor? value) =>
                ConditionallyRegisterParameter(name, value as Parameter);

            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is not null) _internal_params[name] = value;
                else if (_internal_params.ContainsKey(name)) _internal_params.Remove(name);
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is not null) _internal_buffers[name] = (value, persistent);
                else if (_internal_buffers.ContainsKey(name)) _internal_buffers.Remove(name);
            }

            protected void ClearModules() => _internal_submodules.clear();

            // ---- enumeration: own first, then the sub-modules' under their dotted names ----

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                HashSet<nint> seen = [0];
                foreach (var (key, parameter) in _internal_params)
                    if (seen.Add(parameter.handle)) yield return (key, parameter);
                if (!recurse) yield break;
                foreach (var (child, module) in _internal_submodules)
                    foreach (var (key, parameter) in module.named_parameters(true))
                        if (seen.Add(parameter.handle)) yield return ($"{child}.{key}", parameter);
            }

            /// <summary>As in TorchSharp 0.105.1, buffers that are not persistent are in no listing.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(
                bool recurse = true, bool include_nonpersistent = true)
            {
                HashSet<nint> seen = [0];
                foreach (var (key, (buffer, persistent)) in _internal_buffers)
                    if (persistent && seen.Add(buffer.handle)) yield return (key, buffer);
                if (!recurse) yield break;
                foreach (var (child, module) in _internal_submodules)
                    foreach (var (key, buffer) in module.named_buffers(true, include_nonpersistent))
                        if (seen.Add(buffer.handle)) yield return ($"{child}.{key}", buffer);
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            /// <summary>Every module below this one: the children, then what is below each of them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _internal_submodules) yield return child;
                foreach (var (child, module) in _internal_submodules)
                    foreach (var (key, inner) in module.named_modules())
                        yield return ($"{child}.{key}", inner);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(item => item.parameter);

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(item => item.buffer);

            public virtual IEnumerable<Module> modules() => named_modules().Select(item => item.module);

            public virtual IEnumerable<Module> children() => named_children().Select(item => item.module);

            public virtual Parameter? get_parameter(string target) =>
                _internal_params.TryGetValue(target, out var own) ? own : Below(target, (child, rest) => child.get_parameter(rest));

            public virtual Tensor? get_buffer(string target) =>
                _internal_buffers.TryGetValue(target, out var own)
                    ? own.Item1
                    : Below(target, (child, rest) => child.get_buffer(rest));

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            private T? Below<T>(string target, Func<Module, string, T?> find) where T : class
            {
                var dot = target.IndexOf('.');
                if (dot < 0) return null;
                foreach (var (child, module) in named_children())
                    if (child == target[..dot] && find(module, target[(dot + 1)..]) is { } found) return found;
                return null;
            }

            // ---- mode and gradients ----

            public virtual bool training => _training;

            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var (_, module) in named_children()) module.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var (_, parameter) in named_parameters())
                {
                    using var grad = parameter.grad;
                    if (grad is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else grad.zero_();
                }
            }

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, module) in _internal_submodules) module.apply(fn);
                fn(this);
                return this;
            }

            // ---- device and element type ----

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                if (device.type != DeviceType.CUDA) device = new Device(device.type);
                _toEpilog(dtype, InitializeDevice(device), non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                if (deviceType != DeviceType.CUDA) deviceIndex = -1;
                InitializeDeviceType(deviceType);
                if (deviceType != _deviceType || deviceIndex != _deviceIndex)
                    _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                _toEpilog(dtype, null, non_blocking);
                return this;
            }

            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            private static void CheckType(ScalarType dtype)
            {
                if (!is_floating_point(dtype) && !is_complex(dtype))
                    throw new ArgumentException(
                        $"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
            }

            /// <summary>Moves the sub-modules, then replaces own parameters and buffers, in the fields that hold them too.</summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (var (_, module) in named_children())
                {
                    if (device is null) module._to(dtype!.Value, non_blocking);
                    else if (dtype is null) module._to(device.type, device.index, non_blocking);
                    else module._to(device, dtype.Value, non_blocking);
                }

                var fields = Fields(GetType()).ToDictionary(field => field.ComponentName());
                foreach (var (key, parameter) in named_parameters(false).ToList())
                {
                    if (!ReplaceParameter(dtype, device, parameter, out var moved)) continue;
                    parameter.Dispose();
                    ConditionallyRegisterParameter(key, moved);
                    if (fields.TryGetValue(key, out var field)) field.SetValue(this, moved);
                }
                foreach (var (key, buffer) in named_buffers(false).ToList())
                {
                    if (!ReplaceBuffer(dtype, device, buffer, out var moved)) continue;
                    ConditionallyRegisterBuffer(key, moved);
                    if (fields.TryGetValue(key, out var field)) field.SetValue(this, moved);
                }

                if (device is null) return;
                _deviceType = device.type;
                _deviceIndex = device.index;
            }

            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
            {
                p = null;
                var (type, place) = Target(dtype, device, param);
                using var grad = param.grad;
                if (!param.WillCopy(type, place) && (grad is null || !grad.WillCopy(type, place))) return false;
                using var noGrad = no_grad();
                p = new Parameter(param.to(type, place), param.requires_grad);
                p.DetachFromDisposeScope();
                if (grad is null) return true;
                using var movedGrad = grad.to(type, place).with_requires_grad(grad.requires_grad);
                p.grad = movedGrad;
                return true;
            }

            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
            {
                result = null;
                var (type, place) = Target(dtype, device, buffer);
                if (!buffer.WillCopy(type, place)) return false;
                result = buffer.to(type, place, disposeAfter: true).DetachFromDisposeScope();
                return true;
            }

            /// <summary>Where a tensor goes: only floating-point and complex ones change their type.</summary>
            private static (ScalarType, Device) Target(ScalarType? dtype, Device? device, Tensor tensor) =>
                (tensor.is_floating_point() || tensor.is_complex() ? dtype ?? tensor.dtype : tensor.dtype,
                    device ?? tensor.device);

            protected static (Device device, ScalarType dtype) GetDefaultDeviceAndType(
                Device? device = null, ScalarType? dtype = null) =>
                (device ?? get_default_device(), dtype ?? get_default_dtype());

            // ---- state ----

            public virtual Dictionary<string, Tensor> state_dict(
                Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var root = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (key, parameter) in named_parameters()) destination.TryAdd(root + key, parameter);
                foreach (var (key, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(root + key, buffer);
                foreach (var (key, module) in _internal_submodules) module.state_dict(destination, root + key);
                return destination;
            }

            /// <summary>Copies the values in, by name. As in TorchSharp the shapes are only checked by the copy itself.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var destination = state_dict();
                bool Wanted(string key) => skip is null || !skip.Contains(key);
                List<string> unexpected = [.. source.Keys.Where(key => Wanted(key) && !destination.ContainsKey(key))];
                List<string> missing = [.. destination.Keys.Where(key => Wanted(key) && !source.ContainsKey(key))];
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");

                using var noGrad = no_grad();
                foreach (var (key, value) in source)
                    if (Wanted(key) && destination.TryGetValue(key, out var target)) target.copy_(value);
                return (missing, unexpected);
            }

            // ---- TorchSharp's own files: a count, then each entry's name and tensor ----

            public Module save(string location, IList<string>? skip = null)
            {
                using var stream = File.Create(location);
                return save(stream, skip);
            }

            public Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream);
                return save(writer, skip);
            }

            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                var entries = sd.Where(entry => skip is null || !skip.Contains(entry.Key)).ToList();
                writer.Encode(entries.Count);
                foreach (var (key, tensor) in entries)
                {
                    writer.Write(key);
                    tensor.Save(writer);
                }
            }

            public virtual Module load(
                string location, bool strict = true, IList<string>? skip = null,
                Dictionary<string, bool>? loadedParameters = null)
            {
                if (!File.Exists(location)) throw new FileNotFoundException(location);
                using var stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            public Module load(
                Stream stream, bool strict = true, IList<string>? skip = null,
                Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream);
                return load(reader, strict, skip, loadedParameters);
            }

            public virtual Module load(
                BinaryReader reader, bool strict = true, IList<string>? skip = null,
                Dictionary<string, bool>? loadedParameters = null)
            {
                var target = state_dict();
                var count = reader.Decode();
                if (strict && count != target.Count)
                    throw new ArgumentException(
                        $"Mismatched state_dict sizes: expected {target.Count}, but found {count} entries.");
                for (var i = 0L; i < count; i++)
                {
                    var key = reader.ReadString();
                    var found = target.TryGetValue(key, out var tensor);
                    if (!found && strict)
                        throw new ArgumentException(
                            $"Mismatched module state names: the target modules does not have a submodule or buffer named '{key}'");
                    if (found && (skip is null || !skip.Contains(key))) tensor!.Load(reader);
                    else TensorExtensionMethods.Load(reader, skip: true).Dispose();
                    loadedParameters?.Add(key, found);
                }
                return this;
            }

            public static Module Create<T>(string path) where T : Module, new() => new T().load(path);
        }

        /// <summary>A module whose calls can be watched or changed.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            protected Dictionary<string, TPreHook> pre_hooks = [];
            protected Dictionary<string, TPostHook> post_hooks = [];
            protected Dictionary<string, Action<Module>> module_pre_hooks = [];
            protected Dictionary<string, Action<Module>> module_post_hooks = [];

            protected HookableModule(string name) : base(name)
            {
            }

            public HookRemover register_forward_hook(TPostHook hook) => Add(post_hooks, hook);
            public HookRemover register_forward_pre_hook(TPreHook hook) => Add(pre_hooks, hook);
            public HookRemover register_forward_hook(Action<Module> hook) => Add(module_post_hooks, hook);
            public HookRemover register_forward_pre_hook(Action<Module> hook) => Add(module_pre_hooks, hook);

            private HookRemover Add<T>(Dictionary<string, T> hooks, T hook)
            {
                var key = Guid.NewGuid().ToString();
                hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            public class HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
            {
                public void remove()
                {
                    module.pre_hooks.Remove(key);
                    module.post_hooks.Remove(key);
                    module.module_pre_hooks.Remove(key);
                    module.module_post_hooks.Remove(key);
                }
            }
        }
    }
}

public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(type, non_blocking);

    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(device, type, non_blocking);

    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(deviceType, deviceIndex, non_blocking);

    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(device.type, device.index, non_blocking);

    public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(new torch.Device(device), non_blocking);

    public static T to<T>(this T module, torch.Tensor other, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(other.device, other.dtype, non_blocking);

    public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(DeviceType.CPU, -1, non_blocking);

    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(DeviceType.CUDA, deviceIndex, non_blocking);

    public static T half<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.Float16, non_blocking);

    public static T bfloat16<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.BFloat16, non_blocking);

    public static T @float<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.Float32, non_blocking);

    public static T @double<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.Float64, non_blocking);
}
