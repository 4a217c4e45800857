using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public abstract class Convolution : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))] protected Parameter? _weight;
        [ComponentName(Name = nameof(bias))] protected Parameter? _bias;

        /// <summary>The padding as nn.functional.pad takes it, for the modes that pad first and convolve after.</summary>
        protected long[] _reversed_padding_repeated_twice = [];

        protected Convolution(
            string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding,
            Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias,
            PaddingModes padding_mode, Device? device = null, ScalarType? dtype = null)
            : base(name)
        {
            if (transposed && padding_mode != PaddingModes.Zeros)
                throw new ArgumentException("Only PaddingModes.Zeros is supported for ConvTransposeND", nameof(padding_mode));
            this.in_channels = in_channels;
            this.out_channels = out_channels;
            this.kernel_size = kernel_size;
            this.stride = stride;
            this.dilation = dilation;
            this.transposed = transposed;
            this.output_padding = output_padding;
            this.groups = groups;
            this.padding_mode = padding_mode;
            if (padding_type is { } type) SetPadding(type);
            else SetPadding(padding ?? new long[kernel_size.Length]);

            long[] channels = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
            weight = nn.Parameter(empty([.. channels, .. kernel_size], dtype, device));
            if (bias) this.bias = nn.Parameter(empty(out_channels, dtype, device));
            reset_parameters();
        }

        public long in_channels { get; }
        public long out_channels { get; }
        public bool transposed { get; }
        public Padding? padding_type { get; private set; }
        public long[]? padding { get; private set; }
        public PaddingModes padding_mode { get; set; }
        public long groups { get; set; }
        public long[] kernel_size { get; set; }
        public long[] stride { get; set; }
        public long[] dilation { get; set; }
        public long[] output_padding { get; set; }

        public Parameter weight
        {
            get => _weight!;
            set => Weights.Set(ref _weight, value, () => ConditionallyRegisterParameter(nameof(weight), _weight));
        }

        public Parameter? bias
        {
            get => _bias;
            set => Weights.Set(ref _bias, value, () => ConditionallyRegisterParameter(nameof(bias), _bias));
        }

        public void reset_parameters()
        {
            nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            if (_bias is null) return;
            var (fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
            if (fanIn == 0) return;
            var bound = 1 / Math.Sqrt(fanIn);
            nn.init.uniform_(_bias, -bound, bound);
        }

        public void SetPadding(long[] padding)
        {
            padding_type = null;
            this.padding = padding;
            _reversed_padding_repeated_twice = [.. padding.AsEnumerable().Reverse().SelectMany(size => new[] { size, size })];
        }

        public void SetPadding(Padding padding)
        {
            if (transposed) throw new ArgumentException("Cannot set padding type on ConvTransposeND");
            this.padding = null;
            padding_type = padding;
            _reversed_padding_repeated_twice = new long[kernel_size.Length * 2];
            if (padding != Padding.Same) return;
            if (stride.Any(step => step != 1))
                throw new ArgumentException("padding='same' is not supported for strided convolutions");
            for (var i = 0; i < kernel_size.Length; i++)
            {
                var total = dilation[i] * (kernel_size[i] - 1);
                _reversed_padding_repeated_twice[2 * i] = total / 2;
                _reversed_padding_repeated_twice[2 * i + 1] = total - total / 2;
            }
        }

        /// <summary>Whether an input is (N, C, …) or (C, …) with as many channels as this layer takes.</summary>
        protected bool ValidateShape(Tensor input, long dimensions)
        {
            var shape = input.shape;
            return (shape.Length == dimensions + 2 && shape[1] == in_channels) ||
                   (shape.Length == dimensions + 1 && shape[0] == in_channels);
        }
    }

    public sealed class Conv2d : Convolution
    {
        internal Conv2d(
            long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long)? padding,
            Padding? padding_type, (long, long) dilation, long groups, bool bias, PaddingModes padding_mode,
            Device? device, ScalarType? dtype)
            : base(
                nameof(Conv2d), in_channels, out_channels, nn.functional.Pair(kernel_size)!, nn.functional.Pair(stride)!,
                nn.functional.Pair(padding), padding_type, nn.functional.Pair(dilation)!, false, [0, 0], groups, bias,
                padding_mode, device, dtype)
        {
        }

        public override Tensor forward(Tensor input)
        {
            if (!ValidateShape(input, 2))
                throw new ArgumentException(
                    $"Expected 3D (unbatched) or 4D (batched) input with {in_channels} channels to Conv2d, found [{string.Join(", ", input.shape)}].");
            if (padding_mode != PaddingModes.Zeros)
            {
                using var padded = nn.functional.pad(input, _reversed_padding_repeated_twice, padding_mode);
                return nn.functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
            }
            return padding_type is { } type
                ? nn.functional.conv2d_padding(input, weight, bias, stride, type, dilation, groups)
                : nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), null,
                    (dilation, dilation), groups, bias, padding_mode, device, dtype);

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), null, dilation ?? (1, 1),
                    groups, bias, padding_mode, device, dtype);

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), null, padding,
                    (dilation, dilation), groups, bias, padding_mode, device, dtype);

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, (long, long) kernel_size, Padding padding,
                (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(
                    in_channels, out_channels, kernel_size, stride ?? (1, 1), null, padding, dilation ?? (1, 1), groups, bias,
                    padding_mode, device, dtype);
        }
    }
}
