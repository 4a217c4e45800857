using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Identity : ParameterLessModule<Tensor, Tensor>
    {
        internal Identity() : base(nameof(Identity))
        {
        }

        public override Tensor forward(Tensor tensor) => tensor.alias();
    }

    public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
    {
        internal Flatten(long start_dim, long end_dim) : base(nameof(Flatten))
        {
            this.start_dim = start_dim;
            this.end_dim = end_dim;
        }

        public long start_dim { get; set; }
        public long end_dim { get; set; }
        public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
    }

    public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
    {
        internal Dropout(double p, bool inplace) : base(nameof(Dropout))
        {
            this.p = p;
            this.inplace = inplace;
        }

        public double p { get; set; }
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
    }

    public sealed class Dropout2d : ParameterLessModule<Tensor, Tensor>
    {
        internal Dropout2d(double p, bool inplace) : base(nameof(Dropout2d))
        {
            this.p = p;
            this.inplace = inplace;
        }

        public double p { get; set; }
        public bool inplace { get; set; }
        public override Tensor forward(Tensor input) => nn.functional.dropout2d(input, p, training, inplace);
    }

    public sealed class Upsample : ParameterLessModule<Tensor, Tensor>
    {
        private readonly long[]? _size;
        private readonly double[]? _scale_factor;

        internal Upsample(
            long[]? size, double[]? scale_factor, UpsampleMode mode, bool? align_corners, bool? recompute_scale_factor)
            : base(nameof(Upsample))
        {
            _size = size;
            _scale_factor = scale_factor;
            this.mode = mode;
            this.align_corners = align_corners;
            this.recompute_scale_factor = recompute_scale_factor;
        }

        public ReadOnlySpan<long> size => _size;
        public ReadOnlySpan<double> scale_factor => _scale_factor;
        public UpsampleMode mode { get; private set; }
        public bool? align_corners { get; private set; }
        public bool? recompute_scale_factor { get; set; }

        public override Tensor forward(Tensor input) =>
            nn.functional.interpolate(
                input, _size, _scale_factor, (InterpolationMode)mode, align_corners, recompute_scale_factor ?? false);
    }

    public sealed class PixelShuffle : ParameterLessModule<Tensor, Tensor>
    {
        internal PixelShuffle(long upscale_factor) : base(nameof(PixelShuffle)) => this.upscale_factor = upscale_factor;
        public long upscale_factor { get; set; }
        public override Tensor forward(Tensor input) => nn.functional.pixel_shuffle(input, upscale_factor);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Identity Identity() => new();
            public static Modules.Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);
            public static Modules.Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);
            public static Modules.Dropout2d Dropout2d(double p = 0.5, bool inplace = false) => new(p, inplace);
            public static Modules.PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);

            public static Modules.Upsample Upsample(
                long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest,
                bool? align_corners = null, bool? recompute_scale_factor = null) =>
                new(size, scale_factor, mode, align_corners, recompute_scale_factor);
        }
    }
}
