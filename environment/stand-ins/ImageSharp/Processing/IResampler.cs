namespace SixLabors.ImageSharp.Processing.Processors.Transforms;

/// <summary>A filter: the weight of a source pixel by its distance from the target pixel's centre.</summary>
public interface IResampler
{
    /// <summary>Beyond this distance every weight is 0.</summary>
    float Radius { get; }

    float GetValue(float x);
}

/// <summary>Not weighed at all: the resizer takes the pixel under the target pixel's corner.</summary>
internal sealed class NearestNeighborKernel : IResampler
{
    public float Radius => 1;

    public float GetValue(float x) => x;
}
