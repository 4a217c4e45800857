using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))] private Parameter? _weight;
        private readonly long _paddingIndex;
        private readonly bool _scaleByFrequency;
        private readonly bool _sparse;

        internal Embedding(
            long num_embeddings, long embedding_dims, long? padding_idx, bool scale_grad_by_freq, bool sparse,
            Device? device, ScalarType? dtype)
            : base(nameof(Embedding))
        {
            _paddingIndex = padding_idx ?? -1;
            _scaleByFrequency = scale_grad_by_freq;
            _sparse = sparse;
            weight = nn.Parameter(empty(num_embeddings, embedding_dims, dtype, device));
            nn.init.normal_(weight);
            if (padding_idx is not { } row) return;
            using var noGrad = no_grad();
            using var padding = weight.select(0, row);
            padding.zero_();
        }

        public Parameter? weight
        {
            get => _weight;
            set => Weights.Set(
                ref _weight, value ?? throw new ArgumentNullException(nameof(value), "weight cannot be set to 'null'"),
                () => ConditionallyRegisterParameter(nameof(weight), _weight));
        }

        public override Tensor forward(Tensor input) =>
            Op.embedding.Call(_weight, input, _paddingIndex, _scaleByFrequency, _sparse);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null,
                double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null,
                ScalarType? dtype = null)
            {
                if (max_norm is not null)
                    throw new NotSupportedException("Embedding's max_norm is not part of this TorchSharp stand-in.");
                return new(num_embeddings, embedding_dims, padding_idx, scale_grad_by_freq, sparse, device, dtype);
            }
        }
    }
}
