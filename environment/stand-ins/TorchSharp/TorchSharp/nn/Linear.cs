using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;
        [ComponentName(Name = nameof(bias))] private Parameter? _bias;

        internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
        {
            out_features = weight.shape[0];
            in_features = weight.shape[1];
            this.weight = weight;
            this.bias = bias;
        }

        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
            : base(nameof(Linear))
        {
            in_features = inputSize;
            out_features = outputSize;
            weight = empty(outputSize, inputSize, dtype, device).AsParameter();
            nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            if (!hasBias) return;
            bias = empty(outputSize, dtype, device).AsParameter();
            var bound = inputSize > 0 ? 1 / Math.Sqrt(inputSize) : 0;
            nn.init.uniform_(bias, -bound, bound);
        }

        public long in_features { get; set; }
        public long out_features { get; set; }

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

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, _bias);
    }

    internal static class Weights
    {
        /// <summary>Puts a tensor in a module's field: the old one is disposed, the new one leaves its scope.</summary>
        public static void Set<T>(ref T? field, T? value, Action register) where T : Tensor
        {
            if (field is not null && value is not null && ReferenceEquals(field, value)) return;
            field?.Dispose();
            field = value;
            value?.DetachFromDisposeScope();
            register();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Linear Linear(
                long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);

            public static Modules.Linear Linear(Modules.Parameter weight, Modules.Parameter? bias = null) => new(weight, bias);
        }
    }
}
