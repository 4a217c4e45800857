namespace FanTrans.Tests;

/// <summary>Tests that draw from PyTorch's random numbers or count its tensors, both of which a process has only one
/// of: they run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TorchCollection
{
    public const string Name = "torch";
}
