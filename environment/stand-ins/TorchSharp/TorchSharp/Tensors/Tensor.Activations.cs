namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor elu(double alpha = 1) => Op.elu.Call(this, alpha);
        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) =>
            Op.elu.Call(this, alpha, scale, input_scale);
        public Tensor elu_(double alpha = 1) => Op.elu_.InPlace(this, alpha);
        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) =>
            Op.elu_.InPlace(this, alpha, scale, input_scale);
        public Tensor gelu() => Op.gelu.Call(this);
        public Tensor gelu_() => Op.gelu_.InPlace(this);
        public Tensor hardsigmoid() => Op.hardsigmoid.Call(this);
        public Tensor hardsigmoid_() => Op.hardsigmoid_.InPlace(this);
        public Tensor hardswish() => Op.hardswish.Call(this);
        public Tensor hardswish_() => Op.hardswish_.InPlace(this);
        public Tensor hardtanh(Scalar min, Scalar max) => Op.hardtanh.Call(this, min, max);
        public Tensor hardtanh_(Scalar min, Scalar max) => Op.hardtanh_.InPlace(this, min, max);
        public Tensor leaky_relu(Scalar negative_slope) => Op.leaky_relu.Call(this, negative_slope);
        public Tensor leaky_relu_(Scalar negative_slope) => Op.leaky_relu_.InPlace(this, negative_slope);
        public Tensor log_sigmoid() => Op.log_sigmoid.Call(this);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Op.log_softmax_int.Call(this, dim, dtype);
        public Tensor relu() => Op.relu.Call(this);
        public Tensor relu6() => Op.relu6.Call(this);
        public Tensor relu6_() => Op.relu6_.InPlace(this);
        public Tensor relu_() => Op.relu_.InPlace(this);
        public Tensor sigmoid() => Op.sigmoid.Call(this);
        public Tensor sigmoid_() => Op.sigmoid_.InPlace(this);
        public Tensor silu() => Op.silu.Call(this);
        public Tensor silu_() => Op.silu_.InPlace(this);
        public Tensor softmax(long dim, ScalarType? dtype = null) => Op.softmax_int.Call(this, dim, dtype);
        public Tensor softplus(double beta = 1, double threshold = 20) => Op.softplus.Call(this, beta, threshold);
        public Tensor tanh() => Op.tanh.Call(this);
        public Tensor tanh_() => Op.tanh_.InPlace(this);
    }
}
