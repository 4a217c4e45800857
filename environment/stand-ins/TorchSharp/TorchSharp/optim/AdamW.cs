using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static AdamW AdamW(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(
                IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9,
                double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false,
                bool maximize = false) =>
                new(parameters.Select(item => item.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(
                IEnumerable<AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>AdamW (Loshchilov and Hutter, 2019): weight decay apart from the gradient; its default here, as in TorchSharp, is 0.</summary>
    public class AdamW : OptimizerHelper, optim.IBetas
    {
        public AdamW(
            IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
        {
        }

        public AdamW(
            IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
            if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
            if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1: {beta1}");
            if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2: {beta2}");
            if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
            _defaults = new Options
            {
                LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps,
                weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize,
            };
            foreach (var group in parameters) add_param_group(group);
        }

        public (double, double) Betas
        {
            get => (((Options)_defaults).beta1!.Value, ((Options)_defaults).beta2!.Value);
            set => (((Options)_defaults).beta1, ((Options)_defaults).beta2) = value;
        }

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            var defaults = (Options)_defaults;
            param_group.Options ??= new Options();
            var options = (Options)param_group.Options;
            options.LearningRate ??= defaults.LearningRate;
            options.beta1 ??= defaults.beta1;
            options.beta2 ??= defaults.beta2;
            options.eps ??= defaults.eps;
            options.weight_decay ??= defaults.weight_decay;
            options.amsgrad ??= defaults.amsgrad;
            options.maximize ??= defaults.maximize;
            Adopt(param_group, options, parameter => new State(parameter));
        }

        public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

        /// <summary>One update, in PyTorch's order of operations; parameters at the same step go through together.</summary>
        private void Update(ParamGroup group)
        {
            var (beta1, beta2) = group.Betas;
            var lr = group.LearningRate;
            var eps = group.Options.eps!.Value;
            var weight_decay = group.Options.weight_decay!.Value;
            foreach (var batch in Ready<State>(group).GroupBy(item => ++item.State.step))
            {
                var items = batch.ToList();
                Tensor[] parameters = [.. items.Select(item => item.Parameter)];
                Tensor[] grads = [.. items.Select(item => item.Grad)];
                Tensor[] averages = [.. items.Select(item => item.State.exp_avg)];
                Tensor[] squares = [.. items.Select(item => item.State.exp_avg_sq)];
                if (group.Options.maximize!.Value) grads = Op._foreach_neg.CallList(grads);

                Op._foreach_mul__Scalar.CallVoid(parameters, 1 - lr * weight_decay);
                Op._foreach_mul__Scalar.CallVoid(averages, beta1);
                Op._foreach_add__List.CallVoid(averages, grads, 1 - beta1);
                Op._foreach_mul__Scalar.CallVoid(squares, beta2);
                Op._foreach_addcmul__Scalar.CallVoid(squares, grads, grads, 1 - beta2);

                if (group.Options.amsgrad!.Value)
                {
                    foreach (var item in items)
                        item.State.max_exp_avg_sq!.copy_(item.State.max_exp_avg_sq.maximum(item.State.exp_avg_sq));
                    squares = [.. items.Select(item => item.State.max_exp_avg_sq!)];
                }
                var denominators = Op._foreach_sqrt.CallList(squares);
                Op._foreach_div__Scalar.CallVoid(denominators, Math.Sqrt(1 - Math.Pow(beta2, batch.Key)));
                Op._foreach_add__Scalar.CallVoid(denominators, eps);
                var stepSize = lr / (1 - Math.Pow(beta1, batch.Key));
                Op._foreach_addcdiv__Scalar.CallVoid(parameters, averages, denominators, -stepSize);
            }
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            foreach (var (_, state) in _state) ((State)state).Dispose();
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor exp_avg = null!;
            public Tensor exp_avg_sq = null!;
            public Tensor? max_exp_avg_sq;

            public State(Parameter parameter) : base(parameter)
            {
            }

            public override void Initialize(OptimizerOptions options)
            {
                step = 0;
                Zero(ref exp_avg!, _parameter);
                Zero(ref exp_avg_sq!, _parameter);
                if (((Options)options).amsgrad!.Value)
                {
                    Zero(ref max_exp_avg_sq, _parameter);
                    return;
                }
                max_exp_avg_sq?.Dispose();
                max_exp_avg_sq = null;
            }

            public override void to(Device device)
            {
                Move(ref exp_avg!, device);
                Move(ref exp_avg_sq!, device);
                Move(ref max_exp_avg_sq, device);
            }

            public override void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(step);
                exp_avg.Save(writer);
                exp_avg_sq.Save(writer);
                SaveConditionalStateTensor(writer, max_exp_avg_sq);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                step = reader.ReadInt64();
                exp_avg.Load(reader);
                exp_avg_sq.Load(reader);
                LoadConditionalStateTensor(reader, ref max_exp_avg_sq, _parameter.device);
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var other = (State)source;
                step = other.step;
                Copy(ref exp_avg!, other.exp_avg, _parameter.device);
                Copy(ref exp_avg_sq!, other.exp_avg_sq, _parameter.device);
                Copy(ref max_exp_avg_sq, other.max_exp_avg_sq, _parameter.device);
            }

            public override bool ApproximatelyEquals(OptimizerState other) =>
                other is State state && step == state.step && exp_avg.allclose(state.exp_avg) &&
                exp_avg_sq.allclose(state.exp_avg_sq) &&
                (max_exp_avg_sq is null ||
                 (state.max_exp_avg_sq is not null && max_exp_avg_sq.allclose(state.max_exp_avg_sq)));

            public void Dispose()
            {
                exp_avg.Dispose();
                exp_avg_sq.Dispose();
                max_exp_avg_sq?.Dispose();
            }
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? weight_decay;
            public double? eps;
            public bool? amsgrad;
            public bool? maximize;

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(beta1!.Value);
                writer.Write(beta2!.Value);
                writer.Write(eps!.Value);
                writer.Write(weight_decay!.Value);
                writer.Write(amsgrad!.Value);
                writer.Write(maximize!.Value);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                beta1 = reader.ReadDouble();
                beta2 = reader.ReadDouble();
                eps = reader.ReadDouble();
                weight_decay = reader.ReadDouble();
                amsgrad = reader.ReadBoolean();
                maximize = reader.ReadBoolean();
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var other = (Options)source;
                (beta1, beta2, eps, weight_decay) = (other.beta1, other.beta2, other.eps, other.weight_decay);
                (amsgrad, maximize) = (other.amsgrad, other.maximize);
            }
        }

        public class ParamGroup : ParamGroup<Options>, optim.IBetas
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
            {
            }

            public ParamGroup(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : base(parameters, new Options
                {
                    LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay,
                    amsgrad = amsgrad, maximize = maximize,
                })
            {
            }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }
        }
    }
}
