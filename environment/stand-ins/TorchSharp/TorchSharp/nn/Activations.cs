using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU(bool inplace) : base(nameof(ReLU)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, inplace);
    }

    public sealed class ReLU6 : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU6(bool inplace) : base(nameof(ReLU6)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.relu6(tensor, inplace);
    }

    public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal LeakyReLU(double negative_slope, bool inplace) : base(nameof(LeakyReLU))
        {
            this.negative_slope = negative_slope;
            this.inplace = inplace;
        }

        public double negative_slope { get; set; }
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.leaky_relu(tensor, negative_slope, inplace);
    }

    public sealed class GELU : ParameterLessModule<Tensor, Tensor>
    {
        internal GELU(bool inplace) : base(nameof(GELU)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor, inplace);
    }

    public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
    {
        internal SiLU(bool inplace) : base(nameof(SiLU)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.silu(tensor, inplace);
    }

    public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal Sigmoid(bool inplace) : base(nameof(Sigmoid)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);
    }

    public sealed class Tanh : ParameterLessModule<Tensor, Tensor>
    {
        internal Tanh(bool inplace) : base(nameof(Tanh)) => this.inplace = inplace;
        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.tanh(tensor, inplace);
    }

    public sealed class Softplus : ParameterLessModule<Tensor, Tensor>
    {
        internal Softplus(double beta, double threshold) : base(nameof(Softplus))
        {
            this.beta = beta;
            this.threshold = threshold;
        }

        public double beta { get; set; }
        public double threshold { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.softplus(tensor, beta, threshold);
    }

    public sealed class LogSigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal LogSigmoid() : base(nameof(LogSigmoid))
        {
        }

        public override Tensor forward(Tensor tensor) => nn.functional.logsigmoid(tensor);
    }

    public sealed class Softmax : ParameterLessModule<Tensor, Tensor>
    {
        internal Softmax(long dim) : base(nameof(Softmax)) => this.dim = dim;
        public long dim { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.softmax(tensor, dim);
    }

    public sealed class LogSoftmax : ParameterLessModule<Tensor, Tensor>
    {
        internal LogSoftmax(long dim) : base(nameof(LogSoftmax)) => this.dim = dim;
        public long dim { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.log_softmax(tensor, dim);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ReLU ReLU(bool inplace = false) => new(inplace);
            public static Modules.ReLU6 ReLU6(bool inplace = false) => new(inplace);
            public static Modules.LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) =>
                new(negative_slope, inplace);
            public static Modules.GELU GELU() => new(false);
            public static Modules.GELU GELU(bool inplace) => new(inplace);
            public static Modules.SiLU SiLU() => new(false);
            public static Modules.SiLU SiLU(bool inplace) => new(inplace);
            public static Modules.Sigmoid Sigmoid() => new(false);
            public static Modules.Sigmoid Sigmoid(bool inplace) => new(inplace);
            public static Modules.Tanh Tanh() => new(false);
            public static Modules.Tanh Tanh(bool inplace = false) => new(inplace);
            public static Modules.Softplus Softplus(double beta = 1, double threshold = 20) => new(beta, threshold);
            public static Modules.LogSigmoid LogSigmoid() => new();
            public static Modules.Softmax Softmax(long dim) => new(dim);
            public static Modules.LogSoftmax LogSoftmax(long dim) => new(dim);
        }
    }
}
