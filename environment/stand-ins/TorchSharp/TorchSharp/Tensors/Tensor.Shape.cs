namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor alias() => Op.alias.Call(this);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) =>
            Op.as_strided.Call(this, size, strides, storageOffset);
        public Tensor broadcast_to(params long[] shape) => Op.broadcast_to.Call(this, shape);
        public Tensor[] chunk(long chunks, long dim = 0) => Op.chunk.CallList(this, chunks, dim);
        public Tensor clone() => Op.clone.Call(this);
        public Tensor contiguous() => Op.contiguous.Call(this);
        public Tensor copy_(Tensor source, bool nonBlocking = false) => Op.copy_.InPlace(this, source, nonBlocking);
        public Tensor detach() => Op.detach.Call(this);
        public Tensor detach_() => Op.detach_.InPlace(this);
        public Tensor diag(long diagonal = 0) => Op.diag.Call(this, diagonal);
        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) =>
            Op.diag_embed.Call(this, offset, dim1, dim2);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) =>
            Op.diagonal.Call(this, offset, dim1, dim2);
        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) =>
            Op.diff.Call(this, n, dim, prepend, append);
        public Tensor expand(long[] sizes, bool isImplicit = false) => Op.expand.Call(this, sizes, isImplicit);
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) =>
            Op.expand.Call(this, sizes, isImplicit);
        public Tensor expand(params long[] sizes) => Op.expand.Call(this, sizes);
        public Tensor expand_as(Tensor other) => Op.expand_as.Call(this, other);
        public Tensor fill_(Scalar value) => Op.fill__Scalar.InPlace(this, value);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) =>
            Op.flatten_using_ints.Call(this, start_dim, end_dim);
        public Tensor flip(params long[] dims) => Op.flip.Call(this, dims);
        public Tensor fliplr() => Op.fliplr.Call(this);
        public Tensor flipud() => Op.flipud.Call(this);
        public Tensor movedim(long[] source, long[] destination) => Op.movedim_intlist.Call(this, source, destination);
        public Tensor narrow(long dim, long start, long length) => Op.narrow.Call(this, dim, start, length);
        public Tensor permute(params long[] permutation) => Op.permute.Call(this, permutation);
        public Tensor ravel() => Op.ravel.Call(this);
        public Tensor repeat(params long[] sizes) => Op.repeat.Call(this, sizes);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Op.repeat_interleave_self_int.Call(this, repeats, dim, output_size);
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Op.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);
        public Tensor reshape(params long[] shape) => Op.reshape.Call(this, shape);
        public Tensor roll(long[] shifts) => Op.roll.Call(this, shifts);
        public Tensor roll(long[] shifts, long[] dims) => Op.roll.Call(this, shifts, dims);
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) =>
            Op.roll.Call(this, shifts, dims);
        public Tensor select(long dim, long index) => Op.select_int.Call(this, dim, index);
        public Tensor slice(long dim, long start, long finish, long step) =>
            Op.slice_Tensor.Call(this, dim, start, finish, step);
        public Tensor[] split(long size, int dim = 0) => Op.split_Tensor.CallList(this, size, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => Op.split_sizes.CallList(this, sizes, dim);
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Op.split_sizes.CallList(this, sizes, dim);
        public Tensor[] split(params long[] sizes) => Op.split_sizes.CallList(this, sizes);
        public Tensor swapaxes(long dim0, long dim1) => Op.swapaxes.Call(this, dim0, dim1);
        public Tensor swapdims(long dim0, long dim1) => Op.swapdims.Call(this, dim0, dim1);
        public Tensor t() => Op.t.Call(this);
        public Tensor tile(long[] reps) => Op.tile.Call(this, reps);
        public Tensor transpose(long dim0, long dim1) => Op.transpose_int.Call(this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => Op.transpose_.InPlace(this, dim0, dim1);
        public Tensor tril(long diagonal = 0) => Op.tril.Call(this, diagonal);
        public Tensor tril_(long diagonal = 0) => Op.tril_.InPlace(this, diagonal);
        public Tensor triu(long diagonal = 0) => Op.triu.Call(this, diagonal);
        public Tensor triu_(long diagonal = 0) => Op.triu_.InPlace(this, diagonal);
        public Tensor[] unbind(long dimension = 0) => Op.unbind_int.CallList(this, dimension);
        public Tensor unflatten(long dim, params long[] sizes) => Op.unflatten_int.Call(this, dim, sizes);
        public Tensor unsqueeze(long dim) => Op.unsqueeze.Call(this, dim);
        public Tensor unsqueeze_(long dim) => Op.unsqueeze_.InPlace(this, dim);
        public Tensor view(params long[] shape) => Op.view.Call(this, shape);
        public Tensor view_as(Tensor other) => Op.view_as.Call(this, other);
        public Tensor zero_() => Op.zero_.InPlace(this);

        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());
        public Tensor expand(Size sizes, bool isImplicit = false) => expand(sizes.Shape, isImplicit);
        public Tensor unflatten(long dim, Size sizes) => unflatten(dim, sizes.Shape);
        public Tensor squeeze(long? dim = null) =>
            dim is { } at ? Op.squeeze_dim.Call(this, at) : Op.squeeze.Call(this);
        public Tensor squeeze_(long? dim = null) =>
            dim is { } at ? Op.squeeze__dim.InPlace(this, at) : Op.squeeze_.InPlace(this);
        public Tensor roll(long shifts, long? dims = null) =>
            Op.roll.Call(this, new[] { shifts }, dims is { } at ? [at] : Array.Empty<long>());
        public Tensor roll((long, long) shifts, (long, long) dims) =>
            roll([shifts.Item1, shifts.Item2], [dims.Item1, dims.Item2]);
        public Tensor rot90(long k = 1, (long, long)? dims = null) =>
            Op.rot90.Call(this, k, dims is { } plane ? new[] { plane.Item1, plane.Item2 } : [0, 1]);
        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like(Op.empty_like, dtype, device, requires_grad);
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like(Op.zeros_like, dtype, device, requires_grad);
        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like(Op.ones_like, dtype, device, requires_grad);
        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like(Op.rand_like, dtype, device, requires_grad);
        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like(Op.randn_like, dtype, device, requires_grad);
        public Tensor full_like(
            Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Op.full_like.Call(
                this, value, dtype ?? this.dtype, Value.None, device ?? this.device).requires_grad_(requires_grad);
        public Tensor randint_like(
            long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Op.randint_like_low_dtype.Call(
                this, low, high, dtype ?? this.dtype, Value.None, device ?? this.device).requires_grad_(requires_grad);

        private Tensor Like(Operator factory, ScalarType? dtype, Device? device, bool requires_grad) =>
            factory.Call(this, dtype ?? this.dtype, Value.None, device ?? this.device).requires_grad_(requires_grad);
    }
}
