using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public abstract class NormBase : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;
        [ComponentName(Name = nameof(bias))] private Parameter? _bias;
        [ComponentName(Name = nameof(running_mean))] private Tensor? _running_mean;
        [ComponentName(Name = nameof(running_var))] private Tensor? _running_var;
        [ComponentName(Name = nameof(num_batches_tracked))] private Tensor? _num_batches_tracked;

        public NormBase(
            long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device,
            ScalarType? dtype, string name)
            : base(name)
        {
            this.num_features = num_features;
            this.eps = eps;
            this.momentum = momentum;
            this.affine = affine;
            this.track_running_stats = track_running_stats;
            if (affine)
            {
                weight = nn.Parameter(empty(num_features, dtype, device));
                bias = nn.Parameter(empty(num_features, dtype, device));
            }
            if (track_running_stats)
            {
                running_mean = zeros(num_features, dtype, device);
                running_var = ones(num_features, dtype, device);
                num_batches_tracked = tensor(0L, dtype, device);
            }
            reset_parameters();
        }

        public long num_features { get; private set; }
        public double eps { get; set; }
        public double? momentum { get; set; }
        public bool affine { get; private set; }
        public bool track_running_stats { get; private set; }

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

        public Tensor? running_mean
        {
            get => _running_mean;
            set => Weights.Set(ref _running_mean, value, () => ConditionallyRegisterBuffer(nameof(running_mean), _running_mean));
        }

        public Tensor? running_var
        {
            get => _running_var;
            set => Weights.Set(ref _running_var, value, () => ConditionallyRegisterBuffer(nameof(running_var), _running_var));
        }

        public Tensor? num_batches_tracked
        {
            get => _num_batches_tracked;
            set => Weights.Set(
                ref _num_batches_tracked, value,
                () => ConditionallyRegisterBuffer(nameof(num_batches_tracked), _num_batches_tracked));
        }

        public void reset_parameters()
        {
            reset_running_stats();
            if (!affine) return;
            nn.init.ones_(weight);
            nn.init.zeros_(bias!);
        }

        public void reset_running_stats()
        {
            if (!track_running_stats) return;
            nn.init.zeros_(running_mean!);
            nn.init.ones_(running_var!);
            nn.init.zeros_(num_batches_tracked!);
        }

        protected abstract void ValidateInputDimensions(Tensor input);
    }

    public abstract class BatchNorm : NormBase
    {
        public BatchNorm(
            long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device,
            ScalarType? dtype, string name)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
        {
        }

        public override Tensor forward(Tensor input)
        {
            ValidateInputDimensions(input);
            var factor = momentum ?? 0;
            if (training && track_running_stats && num_batches_tracked is { } tracked)
            {
                tracked.add_(1);
                factor = momentum ?? 1 / (double)tracked;
            }
            var batchStatistics = training || (running_mean is null && running_var is null);
            var withRunning = !training || track_running_stats;
            return nn.functional.batch_norm(
                input, withRunning ? running_mean : null, withRunning ? running_var : null, weight, bias, batchStatistics,
                factor, eps);
        }
    }

    public sealed class BatchNorm1d : BatchNorm
    {
        internal BatchNorm1d(
            long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device,
            ScalarType? dtype)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d))
        {
        }

        protected override void ValidateInputDimensions(Tensor input)
        {
            if (input.ndim is not (2 or 3))
                throw new ArgumentException($"expected 2D or 3D input, but got {input.ndim}D input.");
        }
    }

    public sealed class BatchNorm2d : BatchNorm
    {
        internal BatchNorm2d(
            long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device,
            ScalarType? dtype)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d))
        {
        }

        protected override void ValidateInputDimensions(Tensor input)
        {
            if (input.ndim != 4) throw new ArgumentException($"expected 4D input, but got {input.ndim}D input.");
        }
    }

    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;
        [ComponentName(Name = nameof(bias))] private Parameter? _bias;

        internal LayerNorm(
            long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype)
            : base(nameof(LayerNorm))
        {
            this.normalized_shape = normalized_shape;
            this.eps = eps;
            this.elementwise_affine = elementwise_affine;
            if (elementwise_affine)
            {
                weight = nn.Parameter(empty(normalized_shape, dtype, device));
                if (bias) this.bias = nn.Parameter(empty(normalized_shape, dtype, device));
            }
            reset_parameters();
        }

        public long[] normalized_shape { get; set; }
        public double eps { get; set; }
        public bool elementwise_affine { get; set; }

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
            if (elementwise_affine) nn.init.ones_(weight);
            if (bias is not null) nn.init.zeros_(bias);
        }

        public override Tensor forward(Tensor tensor) =>
            nn.functional.layer_norm(tensor, normalized_shape, _weight, _bias, eps);
    }

    /// <summary>As in TorchSharp 0.105.1 the affine weights start uninitialised: fill them before use.</summary>
    public sealed class GroupNorm : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;
        [ComponentName(Name = nameof(bias))] private Parameter? _bias;

        internal GroupNorm(long num_groups, long num_channels, double eps, bool affine, Device? device, ScalarType? dtype)
            : base(nameof(GroupNorm))
        {
            this.num_groups = num_groups;
            this.eps = eps;
            this.affine = affine;
            if (!affine) return;
            weight = nn.Parameter(empty(num_channels, dtype, device));
            bias = nn.Parameter(empty(num_channels, dtype, device));
        }

        public long num_groups { get; set; }
        public double eps { get; set; }
        public bool affine { get; set; }

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

        public override Tensor forward(Tensor tensor)
        {
            if (tensor.Dimensions < 3)
                throw new ArgumentException($"Invalid number of dimensions for GroupNorm argument: {tensor.Dimensions}");
            return nn.functional.group_norm(tensor, num_groups, _weight, _bias, eps);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.BatchNorm1d BatchNorm1d(
                long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static Modules.BatchNorm2d BatchNorm2d(
                long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static Modules.LayerNorm LayerNorm(
                long[] normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static Modules.LayerNorm LayerNorm(
                long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                new([normalized_shape], eps, elementwise_affine, bias, device, dtype);

            public static Modules.GroupNorm GroupNorm(
                long num_groups, long num_channels, double eps = 1e-5, bool affine = true, Device? device = null,
                ScalarType? dtype = null) => new(num_groups, num_channels, eps, affine, device, dtype);
        }
    }
}
