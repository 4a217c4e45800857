namespace FanTrans.Data;

/// <summary>Finds landmarks in pictures for which a dataset has none: a face alignment network.</summary>
public interface ILandmarkFinder
{
    /// <summary>Names the network and its weights; a prepared set keeps it, so that another one is noticed.</summary>
    string Name { get; }

    /// <summary>The landmarks of the face, called from several threads at once; the same answer for the same input.</summary>
    /// <param name="image">The whole picture.</param>
    /// <param name="near">The face's box in the nearest frame of the recording with landmarks; null where none has.</param>
    /// <returns>136 values in pixels of the picture, iBUG order, NaN where not found; null where there is no face.</returns>
    float[]? Find(RgbImage image, FaceBox? near);
}
