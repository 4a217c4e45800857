using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>Finds the faces of a picture. Calls may come from several threads at once.</summary>
public interface IFaceDetector
{
    /// <summary>What it is, for messages and tables.</summary>
    string Name { get; }

    /// <summary>The faces of a picture, the surest first; the same answer for the same picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="cancellation">Ends it early.</param>
    IReadOnlyList<DetectedFace> Find(RgbImage image, CancellationToken cancellation = default);
}

/// <summary>A face as a detector finds it.</summary>
/// <param name="Box">About the box of the 68 landmarks (brows to chin) of the face turned upright by
/// <paramref name="Roll"/>, about its own centre; it may reach beyond the picture.</param>
/// <param name="Score">0 to 1: how sure the detector is.</param>
/// <param name="Roll">How far the face is turned in the picture's plane, degrees, positive clockwise.</param>
public readonly record struct DetectedFace(FaceBox Box, double Score, double Roll = 0);
