namespace FanTrans.Tests.Host;

/// <summary>Tests that run cells inside of the test's process. The kernel takes the console for itself,
/// of which there is one.</summary>
[CollectionDefinition(Name)]
public sealed class HostCollection
{
    public const string Name = "notebook host";
}
