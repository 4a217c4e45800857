namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor gather(long dim, Tensor index) => Op.gather.Call(this, dim, index);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Op.index_add.Call(this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Op.index_add_.InPlace(this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Op.index_copy.Call(this, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            Op.index_copy_.InPlace(this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) =>
            Op.index_fill_int_Scalar.Call(this, dim, index, value);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            Op.index_fill__int_Scalar.InPlace(this, dim, index, value);
        public Tensor index_select(long dim, Tensor index) => Op.index_select.Call(this, dim, index);
        public Tensor masked_fill(Tensor mask, Scalar value) => Op.masked_fill_Scalar.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => Op.masked_fill__Scalar.InPlace(this, mask, value);
        public Tensor masked_scatter(Tensor mask, Tensor value) => Op.masked_scatter.Call(this, mask, value);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => Op.masked_scatter_.InPlace(this, mask, value);
        public Tensor masked_select(Tensor mask) => Op.masked_select.Call(this, mask);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Op.scatter_src.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Op.scatter__src.InPlace(this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Op.scatter_add.Call(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) =>
            Op.scatter_add_.InPlace(this, dim, index, src);
        public Tensor take(Tensor index) => Op.take.Call(this, index);
        public Tensor take_along_dim(Tensor indices) => Op.take_along_dim.Call(this, indices);
        public Tensor take_along_dim(Tensor indices, long dim) => Op.take_along_dim.Call(this, indices, dim);
    }
}
