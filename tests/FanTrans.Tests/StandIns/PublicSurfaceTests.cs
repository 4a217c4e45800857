using System.Reflection;

namespace FanTrans.Tests.StandIns;

/// <summary>
/// What a stand-in shows must exist in the real package, under the same signature: then code that compiles
/// here compiles there. (Plotly.NET.Interactive and DynamicObj have no listing; their few members were read in
/// the sources of 5.0.0 and 2.0.0.)
/// </summary>
public class PublicSurfaceTests
{
    [Theory]
    [InlineData("TorchSharp", "TorchSharp-0.105.1")]
    [InlineData("SixLabors.ImageSharp", "SixLabors.ImageSharp-3.1.12")]
    [InlineData("Plotly.NET", "Plotly.NET-5.1.0")]
    [InlineData("Plotly.NET.CSharp", "Plotly.NET.CSharp-0.13.0")]
    public void EveryMemberOfTheStandInIsInTheRealPackage(string package, string listing)
    {
        RestoredPackages.SkipUnlessStandIn(package);
        var real = File.ReadLines(Repository.Shared($"api/{listing}.api.txt")).ToHashSet();

        var shown = PublicSurface.Of(Assembly.Load(package)).ToList();
        var lacking = shown.Where(line => !real.Contains(line)).ToList();

        Assert.NotEmpty(shown);
        Assert.True(
            lacking.Count == 0,
            $"{lacking.Count} of {shown.Count} members of the stand-in are not in {listing}:\n{string.Join('\n', lacking)}");
    }
}
