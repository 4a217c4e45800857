using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Singles(indices));
            set => index_put_(value, Singles(indices));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, Singles(i1));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(Singles(i1, i2));
            set => index_put_(value, Singles(i1, i2));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(Singles(i1, i2, i3));
            set => index_put_(value, Singles(i1, i2, i3));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(Singles(i1, i2, i3, i4));
            set => index_put_(value, Singles(i1, i2, i3, i4));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => index(Singles(i1, i2, i3, i4, i5));
            set => index_put_(value, Singles(i1, i2, i3, i4, i5));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => index(Singles(i1, i2, i3, i4, i5, i6));
            set => index_put_(value, Singles(i1, i2, i3, i4, i5, i6));
        }

        public Tensor index(params Tensor[] indices) => index(Tensors(indices));

        public Tensor index(params TensorIndex[] indices)
        {
            var view = View(indices, out var tensors);
            if (tensors is null) return view;
            using (view) return Op.index_Tensor.Call(view, Value.Optional(tensors));
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Tensors(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using var view = View(indices, out var tensors);
            if (tensors is not null)
            {
                Op.index_put_.InPlace(view, Value.Optional(tensors), value);
                return this;
            }
            // As in PyTorch, leading axes of length one in the value are dropped where the place has fewer.
            var extra = value.dim() - view.dim();
            if (extra <= 0)
            {
                view.copy_(value);
                return this;
            }
            for (var axis = 0; axis < extra; axis++)
                if (value.size(axis) != 1)
                    throw new ExternalException(
                        $"shape mismatch: a value of shape [{string.Join(", ", value.shape)}] cannot be put at indices of shape [{string.Join(", ", view.shape)}]");
            using var shaped = value.reshape(value.shape[(int)extra..]);
            view.copy_(shaped);
            return this;
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, Tensors(indices));

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var view = View(indices, out var tensors);
            if (tensors is null)
            {
                view.fill_(value);
                return this;
            }
            using var filled = full([], value, dtype: dtype, device: device);
            Op.index_put_.InPlace(view, Value.Optional(tensors), filled);
            return this;
        }

        private static TensorIndex[] Singles(params long[] indices) => Array.ConvertAll(indices, i => TensorIndex.Single(i));

        private static TensorIndex[] Tensors(Tensor[] indices) => Array.ConvertAll(indices, TensorIndex.Tensor);

        /// <summary>
        /// What is left after the indices that are not tensors, always a new object; and for those that are, one
        /// place per axis of it, null where the axis has none. Bools index with a tensor of one element.
        /// </summary>
        private Tensor View(TensorIndex[] indices, out Tensor?[]? tensors)
        {
            long consumed = 0;
            foreach (var index in indices)
                consumed += index.kind switch
                {
                    TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
                    // A mask takes as many axes as it has.
                    TensorIndex.Kind.Tensor when IsMask(index.tensor!) => index.tensor!.dim(),
                    TensorIndex.Kind.Tensor => 1,
                    _ => 0,
                };
            if (consumed > dim()) throw new ExternalException($"too many indices for tensor of dimension {dim()}");

            var view = alias();
            List<Tensor?> places = [];
            var axis = 0;
            var masked = 0; // axes covered by masks beyond the one place that a mask takes
            foreach (var index in indices)
            {
                switch (index.kind)
                {
                    case TensorIndex.Kind.NewAxis:
                        Next(view.unsqueeze(axis++));
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        axis += (int)(dim() - consumed);
                        break;
                    case TensorIndex.Kind.Single:
                        Next(view.select(axis, index.start ?? 0));
                        break;
                    case TensorIndex.Kind.Slice:
                        Next(Op.slice_Tensor.Call(view, axis++, index.start, index.stop, index.step ?? 1));
                        break;
                    case TensorIndex.Kind.Bool:
                        Next(view.unsqueeze(axis));
                        Place(tensor(new[] { index.start != 0 }, device: view.device), 1);
                        break;
                    default:
                        Place(index.tensor!, IsMask(index.tensor!) ? (int)index.tensor!.dim() : 1);
                        break;
                }
            }
            tensors = places.Count == 0 ? null : [.. places];
            return view;

            void Next(Tensor next)
            {
                view.Dispose();
                view = next;
            }

            void Place(Tensor tensor, int axes)
            {
                while (places.Count < axis - masked) places.Add(null);
                places.Add(tensor);
                axis += axes;
                masked += axes - 1;
            }
        }

        private static bool IsMask(Tensor tensor) => tensor.dtype is ScalarType.Bool or ScalarType.Byte;
    }
}
