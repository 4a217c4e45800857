using FanTrans.Tests;
using FanTrans.Tests.Host.Jupyter;
using FanTrans.Tests.Notebooks;
using FanTrans.Tests.Training;
using FanTrans.Training;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer<LongestFirst>]

namespace FanTrans.Tests;

/// <summary>Tests that draw from PyTorch's random numbers or count its tensors, both of which a process has only one
/// of: they run one after another, beside the tests that leave PyTorch to other processes.</summary>
[CollectionDefinition(Name)]
public sealed class TorchCollection : ICollectionFixture<OneThread>
{
    public const string Name = "torch";
}

/// <summary>Tests of the process's memory, of the time that a reader takes and of a camera: nothing runs beside
/// them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<OneThread>
{
    public const string Name = "alone";
}

/// <summary>One torch thread: more only wait for each other on tensors as small as these.</summary>
public sealed class OneThread
{
    public OneThread() => TorchThreads.Use(1);
}

/// <summary>Collections that take minutes begin first, so that no core waits for them at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        typeof(SeriesTests).FullName!,
        TorchCollection.Name,
        typeof(JupyterTests).FullName!,
        typeof(NotebookPageTests).FullName!,
        typeof(ScriptTests).FullName!,
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Place).ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(
            Long,
            name => collection.TestCollectionDisplayName.Split(' ').Contains(name, StringComparer.Ordinal)
        );
        return place < 0 ? Long.Length : place;
    }
}
