using FanTrans.Training;

namespace FanTrans.Tests.Training;

/// <summary>
/// Tests that train run alone: torch's random numbers come from one generator of the whole process, and another test's
/// tensors would count in the memory.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class TrainingCollection : ICollectionFixture<OneThread>
{
    public const string Name = "Training";
}

/// <summary>One torch thread: more only wait for each other on tensors as small as these.</summary>
public sealed class OneThread : IDisposable
{
    private readonly int before;

    public OneThread()
    {
        before = TorchSharp.torch.get_num_threads();
        TorchThreads.Use(1);
    }

    public void Dispose() => TorchThreads.Use(before);
}
