using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>Puts a module into evaluation mode without gradients, and back as it was on disposal.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly nn.Module _module;
    private readonly bool _training;
    private readonly IDisposable _gradients;

    public EvaluationMode(nn.Module module)
    {
        (_module, _training) = (module, module.training);
        module.eval();
        _gradients = no_grad();
    }

    public void Dispose()
    {
        _gradients.Dispose();
        _module.train(_training);
    }
}
