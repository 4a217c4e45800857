namespace FanTrans.Prediction;

/// <summary>
/// What reads crops: a face alignment network, with or without heads for action units. Plain arrays in and out, so that
/// nothing else here knows what runs it.
/// </summary>
internal interface IFaceNetwork
{
    /// <summary>Side of a crop in pixels.</summary>
    int ImageSize { get; }

    /// <summary>The N FACS numbers; none for a network of landmarks alone.</summary>
    IReadOnlyList<int> ActionUnits { get; }

    /// <summary>Reads crops, one reading each.</summary>
    /// <param name="images">count·3·S·S values, 0 to 1: each crop's red, green and blue planes.</param>
    /// <param name="count">How many.</param>
    CropReading[] Read(float[] images, int count);
}

/// <summary>What a network reads in one crop.</summary>
/// <param name="Landmarks">136 values in pixels of the crop, iBUG order.</param>
/// <param name="Confidence">68 values, 0 to 1: the height of each landmark's heatmap.</param>
/// <param name="Logits">N values.</param>
internal sealed record CropReading(float[] Landmarks, float[] Confidence, float[] Logits);
