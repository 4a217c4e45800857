using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An owned reference to one libtorch tensor; freed by Dispose, by its scope, or by the collector.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        internal nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var count = Interlocked.Increment(ref _totalCount);
            if (count > _peakCount) _peakCount = count;
            if (register) OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        ~Tensor() => Dispose(false);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (handle == 0) return;
            DisposeScopeManager.ThreadSingleton.Disposing(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            Interlocked.Decrement(ref _totalCount);
            Native.host_release(handle);
            handle = 0;
        }

        internal DisposeScope? OwningDisposeScope { get; set; }

        public static long TotalCount => _totalCount;
        public static long PeakCount => _peakCount;

        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public bool IsInvalid => handle == 0;

        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        public nint DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            var released = Handle;
            Interlocked.Decrement(ref _totalCount);
            handle = 0;
            return released;
        }

        /// <summary>Gives the handle to another managed tensor; this one stays, empty.</summary>
        internal nint MoveHandle()
        {
            var moved = Handle;
            handle = 0;
            return moved;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null) other?.Attach(this);
            else OwningDisposeScope.MoveToOther(other, this);
            return this;
        }

        public string? name { get; set; }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);
        public override int GetHashCode() => base.GetHashCode();

        /// <summary>Whether both have the same shape and the same values.</summary>
        public bool Equals(Tensor target) => Op.equal.CallBool(this, target);

        // ---- metadata ----

        public long Dimensions => Native.host_dim(Handle);
        public long dim() => Dimensions;
        public long ndim => Dimensions;
        public long NumberOfElements => Native.host_numel(Handle);
        public long numel() => NumberOfElements;
        public long ElementSize => Native.host_element_size(Handle);
        public long element_size() => ElementSize;
        public long[] shape => size();

        public unsafe long[] size()
        {
            var sizes = new long[Dimensions];
            fixed (long* target = sizes) Native.Check(Native.host_sizes(Handle, target));
            return sizes;
        }

        public long size(int dim) => At(size(), dim);

        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* target = strides) Native.Check(Native.host_strides(Handle, target));
            return strides;
        }

        public long stride(int dim) => At(stride(), dim);

        private static long At(long[] values, int dim) =>
            dim >= -values.Length && dim < values.Length
                ? values[dim < 0 ? dim + values.Length : dim]
                : throw new ExternalException(
                    $"Dimension out of range (expected to be in range of [{-values.Length}, {values.Length - 1}], but got {dim})");

        public long storage_offset() => Native.host_storage_offset(Handle);
        public ScalarType dtype => (ScalarType)Native.host_dtype(Handle);
        public DeviceType device_type => (DeviceType)Native.host_device_type(Handle);
        public int device_index => Native.host_device_index(Handle);
        public Device device => device_type == DeviceType.CPU ? new Device(DeviceType.CPU) : new Device(device_type, device_index);
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_sparse => Native.host_is_sparse(Handle) != 0;
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_complex() => torch.is_complex(dtype);

        public bool is_contiguous()
        {
            var result = Native.host_is_contiguous(Handle);
            Native.Check(result);
            return result != 0;
        }

        // ---- autograd ----

        public bool is_leaf => Native.host_is_leaf(Handle) != 0;

        public bool requires_grad
        {
            get => Native.host_requires_grad(Handle) != 0;
            set => Native.Check(Native.host_set_requires_grad(Handle, value ? 1 : 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public Tensor? grad
        {
            get
            {
                var found = Native.host_grad(Handle);
                return found == 0 ? null : new Tensor(found);
            }
            set
            {
                Native.Check(Native.host_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(value);
            }
        }

        public void retain_grad() => Native.Check(Native.host_retain_grad(Handle));

        public void backward() => autograd.backward([this]);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        // ---- device and element type ----

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(Op.to_dtype.Call(this, type, non_blocking, copy), disposeAfter);

        public Tensor to(
            DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            to(dtype, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, device, copy, disposeAfter, non_blocking);

        public Tensor to(
            ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(Op.to_device.Call(this, InitializeDevice(device), type, non_blocking, copy), disposeAfter);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        private Tensor Converted(Tensor result, bool disposeThis)
        {
            if (disposeThis) Dispose();
            return result;
        }

        /// <summary>Whether a conversion gives a new tensor; if not it would give this one again.</summary>
        internal bool WillCopy(ScalarType type, Device device) =>
            type != dtype || device.type != device_type ||
            (device.type != DeviceType.CPU && device.index != -1 && device.index != device_index);

        public Tensor cpu() => to(DeviceType.CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false)
        {
            if (device is not null && device.type != DeviceType.CUDA)
                throw new ArgumentException("Not a CUDA device.", nameof(device));
            return to(device ?? CUDA, non_blocking: non_blocking);
        }

        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);
        public Tensor type(ScalarType dtype) => to(dtype);
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);
        public Tensor @bool() => to_type(ScalarType.Bool);
        public Tensor @byte() => to_type(ScalarType.Byte);
        public Tensor @char() => to_type(ScalarType.Int8);
        public Tensor @short() => to_type(ScalarType.Int16);
        public Tensor @int() => to_type(ScalarType.Int32);
        public Tensor @long() => to_type(ScalarType.Int64);
        public Tensor half() => to_type(ScalarType.Float16);
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);
        public Tensor @float() => to_type(ScalarType.Float32);
        public Tensor @double() => to_type(ScalarType.Float64);
        public Tensor cfloat() => to_type(ScalarType.ComplexFloat32);
        public Tensor cdouble() => to_type(ScalarType.ComplexFloat64);

        public bool is_pinned() => Op.is_pinned.CallBool(this);
        public Tensor pin_memory() => Op.pin_memory.Call(this);

        /// <summary>Makes this tensor a view of another's storage.</summary>
        public Tensor set_(Tensor source) => Op.set__source_Tensor.InPlace(this, source);
    }
}
