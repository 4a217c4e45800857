namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static class lr_scheduler
        {
            /// <summary>Sets the groups' learning rates, an epoch at a step. The first step is taken at construction.</summary>
            public abstract class LRScheduler
            {
                internal readonly Optimizer _optimizer;
                internal readonly List<double> _base_lrs;
                internal int _last_epoch;
                private readonly bool _verbose;
                private List<double> _last_lrs;
                protected int _step_count;

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _optimizer = optimizer;
                    _last_epoch = last_epoch;
                    _verbose = verbose;
                    _base_lrs = [.. optimizer.ParamGroups.Select(group => group.InitialLearningRate)];
                    _last_lrs = [.. Current()];
                }

                public virtual void step() => step(null);

                public virtual void step(int? epoch)
                {
                    _step_count++;
                    _last_epoch = epoch ?? _last_epoch + 1;
                    List<double> rates = [.. epoch is null ? get_lr() : get_closed_form_lr()];
                    var group = 0;
                    foreach (var controller in _optimizer.ParamGroups)
                    {
                        controller.LearningRate = rates[group];
                        if (_verbose && _last_lrs[group] != rates[group])
                            Console.WriteLine($"Adjusting learning rate to {rates[group]}");
                        group++;
                    }
                    _last_lrs = rates;
                }

                public virtual void step(double current, int? epoch = null) => step(epoch);

                protected virtual IEnumerable<double> get_lr() => Current();
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();
                public IEnumerable<double> get_last_lr() => _last_lrs;

                private protected IEnumerable<double> Current() =>
                    _optimizer.ParamGroups.Select(group => group.LearningRate);

                private protected IEnumerable<double> Times(double factor) => Current().Select(rate => rate * factor);

                private protected IEnumerable<double> Base(Func<double, double> rate) => _base_lrs.Select(rate);
            }

            public static LRScheduler StepLR(
                Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new impl.StepLR(optimizer, step_size, gamma, last_epoch, verbose);

            public static LRScheduler MultiStepLR(
                Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new impl.MultiStepLR(optimizer, milestones, gamma, last_epoch, verbose);

            public static LRScheduler LambdaLR(
                Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) =>
                new impl.LambdaLR(optimizer, lr_lambda, last_epoch, verbose);

            public static LRScheduler ExponentialLR(
                Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new impl.ExponentialLR(optimizer, gamma, last_epoch, verbose);

            public static LRScheduler ConstantLR(
                Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1,
                bool verbose = false) =>
                new impl.ConstantLR(optimizer, factor, total_iters, last_epoch, verbose);

            public static LRScheduler LinearLR(
                Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1, int total_iters = 5,
                int last_epoch = -1, bool verbose = false) =>
                new impl.LinearLR(optimizer, start_factor, end_factor, total_iters, last_epoch, verbose);

            public static LRScheduler CosineAnnealingLR(
                Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

            public static class impl
            {
                public class StepLR : LRScheduler
                {
                    private readonly int _step_size;
                    private readonly double _gamma;

                    public StepLR(
                        Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _step_size = step_size;
                        _gamma = gamma;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _last_epoch == 0 || _last_epoch % _step_size != 0 ? Current() : Times(_gamma);

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        Base(rate => rate * Math.Pow(_gamma, _last_epoch / _step_size));
                }

                public class MultiStepLR : LRScheduler
                {
                    private readonly IList<int> _milestones;
                    private readonly double _gamma;

                    public MultiStepLR(
                        Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1,
                        bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _milestones = milestones;
                        _gamma = gamma;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _milestones.Contains(_last_epoch) ? Times(_gamma) : Current();

                    protected override IEnumerable<double> get_closed_form_lr()
                    {
                        var passed = _milestones.Distinct().Count(milestone => milestone <= _last_epoch);
                        return Base(rate => rate * Math.Pow(_gamma, passed));
                    }
                }

                public class LambdaLR : LRScheduler
                {
                    private readonly List<Func<int, double>> _lambdas;

                    public LambdaLR(
                        Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, optimizer.ParamGroups.Select(_ => lr_lambda), last_epoch, verbose)
                    {
                    }

                    public LambdaLR(
                        Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1,
                        bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _lambdas = [.. lr_lambdas];
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _base_lrs.Select((rate, group) => rate * _lambdas[group](_last_epoch));
                }

                public class ExponentialLR : LRScheduler
                {
                    private readonly double _gamma;

                    public ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _gamma = gamma;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => _last_epoch == 0 ? Current() : Times(_gamma);

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        Base(rate => rate * Math.Pow(_gamma, _last_epoch));
                }

                public class ConstantLR : LRScheduler
                {
                    private readonly double _factor;
                    private readonly int _total_iters;

                    public ConstantLR(
                        Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1,
                        bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _factor = factor;
                        _total_iters = total_iters;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _last_epoch == 0 ? Times(_factor) : _last_epoch == _total_iters ? Times(1 / _factor) : Current();

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        Base(rate => rate * (_last_epoch >= _total_iters ? 1 : _factor));
                }

                public class LinearLR : LRScheduler
                {
                    private readonly double _start;
                    private readonly double _end;
                    private readonly int _total_iters;

                    public LinearLR(
                        Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1, int total_iters = 5,
                        int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _start = start_factor;
                        _end = end_factor;
                        _total_iters = total_iters;
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch == 0) return Times(_start);
                        if (_last_epoch > _total_iters) return Current();
                        return Times(1 + (_end - _start) / (_total_iters * _start + (_last_epoch - 1) * (_end - _start)));
                    }

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        Base(rate => rate * (_start + (_end - _start) * Math.Min(_total_iters, _last_epoch) / _total_iters));
                }

                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _T_max;
                    private readonly double _eta_min;

                    public CosineAnnealingLR(
                        Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _T_max = T_max;
                        _eta_min = eta_min;
                        step();
                    }

                    /// <summary>Half the sum of one and the cosine at an epoch.</summary>
                    private double Wave(int epoch) => (1 + Math.Cos(Math.PI * epoch / _T_max)) / 2;

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch == 0) return Current();
                        if ((_last_epoch - 1 - _T_max) % (2 * _T_max) == 0)
                            return Current().Zip(
                                _base_lrs, (rate, first) => rate + (first - _eta_min) * (1 - Math.Cos(Math.PI / _T_max)) / 2);
                        var factor = Wave(_last_epoch) / Wave(_last_epoch - 1);
                        return Current().Select(rate => factor * (rate - _eta_min) + _eta_min);
                    }

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        Base(rate => _eta_min + (rate - _eta_min) * Wave(_last_epoch));
                }
            }
        }
    }
}
