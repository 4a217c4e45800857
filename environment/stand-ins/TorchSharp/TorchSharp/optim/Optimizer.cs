using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public interface ILearningRateController
            {
                double LearningRate { get; set; }
                double InitialLearningRate { get; set; }
            }

            public interface IMomentum
            {
                double Momentum { get; set; }
            }

            public interface IBetas
            {
                (double, double) Betas { get; set; }
            }

            public abstract class Optimizer : IDisposable
            {
                protected IList<ParamGroup> _parameter_groups = [];

                private protected Optimizer()
                {
                }

                ~Optimizer() => Dispose(false);

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing)
                {
                }

                public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

                public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

                public virtual void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

                /// <summary>Fills the gradients with zeros. They stay allocated.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                    {
                        using var grad = parameter.grad;
                        grad?.zero_();
                    }
                }

                public abstract Tensor? step(Func<Tensor>? closure = null);

                /// <summary>The options of each group and the state of each parameter, live, not copied.</summary>
                public class StateDictionary
                {
                    internal StateDictionary()
                    {
                    }

                    public List<OptimizerOptions> Options { get; private set; } = [];
                    public List<OptimizerState> State { get; private set; } = [];
                    public List<List<int>> StateIndexRef { get; private set; } = [];
                }
            }
        }
    }
}

namespace TorchSharp.Modules
{
    public class OptimizerOptions
    {
        public double? LearningRate { get; set; }
        public double InitialLearningRate { get; set; }

        public virtual void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(InitialLearningRate);
            writer.Write(LearningRate!.Value);
        }

        public virtual void LoadStateDict(BinaryReader reader)
        {
            InitialLearningRate = reader.ReadDouble();
            LearningRate = reader.ReadDouble();
        }

        public virtual void LoadStateDict(OptimizerOptions source)
        {
            InitialLearningRate = source.InitialLearningRate;
            LearningRate = source.LearningRate;
        }
    }

    public abstract class OptimizerState
    {
        protected Parameter _parameter;

        protected OptimizerState(Parameter parameter) => _parameter = parameter;

        public abstract void Initialize(OptimizerOptions options);
        public abstract void SaveStateDict(BinaryWriter writer);
        public abstract void LoadStateDict(BinaryReader reader);
        public abstract void LoadStateDict(OptimizerState source);
        public virtual bool ApproximatelyEquals(OptimizerState other) => false;

        public virtual void to(Device device)
        {
        }

        protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor? tensor)
        {
            writer.Write(tensor is not null);
            tensor?.Save(writer);
        }

        protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor? result, Device device)
        {
            if (!reader.ReadBoolean())
            {
                result?.Dispose();
                result = null;
                return;
            }
            TensorExtensionMethods.Load(ref result, reader);
            result = result!.to(device, disposeAfter: true).DetachFromDisposeScope();
        }

        internal static void Move(ref Tensor? state, Device device) =>
            state = state?.to(device, disposeAfter: true).DetachFromDisposeScope();

        internal static void Copy(ref Tensor? state, Tensor? source, Device device)
        {
            if (!ReferenceEquals(state, source)) state?.Dispose();
            state = source?.to(device, copy: true).DetachFromDisposeScope();
        }

        internal static void Zero(ref Tensor? state, Tensor like)
        {
            state?.Dispose();
            state = like.zeros_like().DetachFromDisposeScope();
        }
    }

    public class ParamGroup : optim.ILearningRateController
    {
        public IEnumerable<Parameter> Parameters { get; set; } = [];

        public OptimizerOptions Options { get; set; } = null!;

        public double LearningRate
        {
            get => Options.LearningRate!.Value;
            set => Options.LearningRate = value;
        }

        public double InitialLearningRate
        {
            get => Options.InitialLearningRate;
            set => Options.InitialLearningRate = value;
        }
    }

    public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
        {
            Parameters = parameters;
            base.Options = options!;
        }

        public new TOptions Options
        {
            get => (TOptions)base.Options;
            set => base.Options = value;
        }
    }

    /// <summary>What the optimizers share: groups, one state per parameter, and their files.</summary>
    public abstract class OptimizerHelper : optim.Optimizer
    {
        protected OptimizerOptions _defaults = new();
        protected OrderedDict<nint, OptimizerState> _state = new();

        /// <summary>Runs the closure with gradients on, then the body for each group with gradients off.</summary>
        protected Tensor? _step<T>(Action<T> body, Func<Tensor>? loss_closure = null) where T : ParamGroup
        {
            Tensor? loss = null;
            if (loss_closure is not null)
                using (enable_grad()) loss = loss_closure();
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            foreach (var group in _parameter_groups) body((T)group);
            return loss;
        }

        public override IEnumerable<Parameter> parameters() => base.parameters();

        public override void add_param_group(ParamGroup param_group) => base.add_param_group(param_group);

        public override void zero_grad() => base.zero_grad();

        internal void Adopt(ParamGroup group, OptimizerOptions options, Func<Parameter, OptimizerState> newState)
        {
            options.InitialLearningRate = options.LearningRate!.Value;
            _parameter_groups.Add(group);
            foreach (var parameter in group.Parameters)
            {
                var state = newState(parameter);
                _state[parameter.Handle] = state;
                state.Initialize(options);
            }
        }

        /// <summary>The states of a group's parameters that have gradients, with both, in order.</summary>
        internal List<(Parameter Parameter, Tensor Grad, TState State)> Ready<TState>(ParamGroup group)
            where TState : OptimizerState
        {
            List<(Parameter, Tensor, TState)> ready = [];
            foreach (var parameter in group.Parameters)
                if (parameter.grad is { } grad) ready.Add((parameter, grad, (TState)_state[parameter.Handle]));
            return ready;
        }

        public void to(Device device)
        {
            foreach (var state in state_dict().State) state.to(device);
        }

        public virtual StateDictionary state_dict()
        {
            var result = new StateDictionary();
            var index = 0;
            foreach (var group in _parameter_groups)
            {
                result.Options.Add(group.Options);
                List<int> indices = [];
                foreach (var parameter in group.Parameters)
                {
                    indices.Add(index++);
                    result.State.Add(_state[parameter.Handle]);
                }
                result.StateIndexRef.Add(indices);
            }
            return result;
        }

        public virtual void load_state_dict(StateDictionary state_dict)
        {
            var own = this.state_dict();
            CheckCounts(own, state_dict.Options.Count, state_dict.State.Count);
            for (var i = 0; i < own.Options.Count; i++)
                if (own.Options[i] != state_dict.Options[i]) own.Options[i].LoadStateDict(state_dict.Options[i]);
            for (var i = 0; i < own.State.Count; i++)
                if (own.State[i] != state_dict.State[i]) own.State[i].LoadStateDict(state_dict.State[i]);
        }

        // ---- TorchSharp's own files: the class's name, two counts, the options, the states ----

        public void save_state_dict(string location)
        {
            using var stream = File.Create(location);
            using var writer = new BinaryWriter(stream);
            save_state_dict(writer);
        }

        public void save_state_dict(BinaryWriter writer)
        {
            var own = state_dict();
            writer.Write(GetType().Name);
            writer.Encode(own.Options.Count);
            writer.Encode(own.State.Count);
            foreach (var options in own.Options) options.SaveStateDict(writer);
            foreach (var state in own.State) state.SaveStateDict(writer);
        }

        public void load_state_dict(string location)
        {
            using var stream = File.OpenRead(location);
            using var reader = new BinaryReader(stream);
            load_state_dict(reader);
        }

        public void load_state_dict(BinaryReader reader)
        {
            var name = reader.ReadString();
            if (name != GetType().Name)
                throw new InvalidDataException(
                    $"Mismatched optimizer type: expected '{GetType().Name}', but found '{name}' in the loaded stream.");
            var own = state_dict();
            var options = reader.Decode();
            CheckCounts(own, options, reader.Decode());
            foreach (var item in own.Options) item.LoadStateDict(reader);
            foreach (var item in own.State) item.LoadStateDict(reader);
        }

        private static void CheckCounts(StateDictionary own, long options, long states)
        {
            if (options != own.Options.Count)
                throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
            if (states != own.State.Count)
                throw new ArgumentException("Invalid optimizer state -- different number of states.");
        }
    }
}
