using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Prediction;

/// <summary>What a trained ensemble says about one face.</summary>
/// <param name="Face">The face's place and landmarks.</param>
/// <param name="ActionUnits">The N FACS numbers.</param>
/// <param name="Probabilities">N probabilities, 0 to 1.</param>
public sealed record FacePrediction(FaceLandmarks Face, IReadOnlyList<int> ActionUnits, float[] Probabilities);

/// <summary>From a picture to landmarks and action units.</summary>
/// <param name="ensemble">The trained peers; not changed.</param>
/// <param name="device">Their device; null is the processor.</param>
public sealed class FacePredictor(PeerEnsemble ensemble, Device? device = null)
{
    /// <summary>A face of a lower score counts as none, unless asked otherwise. Chosen by this kit.</summary>
    public const double DefaultLeastConfidence = 0.1;

    private readonly FaceSearch _search = new(ensemble.Fan, device);

    /// <summary>
    /// Predicts the action units of one face: the ensemble's logits, averaged over the crop and its mirror image.
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="box">Where the face is; null searches for it, see <see cref="FaceSearch"/>.</param>
    /// <param name="cancellation">Ends it early.</param>
    public FacePrediction Predict(RgbImage image, FaceBox? box = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        TorchThreads.Use();
        var face = box is { } given
            ? _search.Read(image, FaceCrop.Around(given), cancellation)
            : _search.Find(image, cancellation: cancellation);
        // The crop that training used: about the box of the landmarks.
        var crop = box is null ? FaceCrop.Around(FaceBox.Around(face.Landmarks)) : face.Crop;
        var size = ensemble.Options.Fan.ImageSize;
        using var mode = new EvaluationMode(ensemble);
        using var scope = NewDisposeScope();
        var pixels = LandmarkReader.Pixels(image, [new Look(crop), new Look(crop, Flipped: true)], size);
        var output = ensemble.call(BatchTensors.Copy(pixels, [2, 3, size, size], device));
        var probabilities = output.TeacherLogits.mean([0]).sigmoid().cpu().data<float>().ToArray();
        return new FacePrediction(face, ensemble.Options.ActionUnits, probabilities);
    }

    /// <summary>
    /// The same for a frame of a video: the face is looked for where it was, and in the whole picture only where it is not
    /// found there.
    /// </summary>
    /// <param name="image">The frame.</param>
    /// <param name="before">What the frame before gave; null for the first.</param>
    /// <param name="leastConfidence">A face of a lower score counts as lost.</param>
    /// <param name="cancellation">Ends it early.</param>
    public FacePrediction Follow(RgbImage image, FacePrediction? before, double leastConfidence, CancellationToken cancellation = default)
    {
        if (before is not null && before.Face.Score >= leastConfidence)
        {
            var there = Predict(image, FaceBox.Around(before.Face.Landmarks), cancellation);
            if (there.Face.Score >= leastConfidence)
                return there;
        }
        return Predict(image, box: null, cancellation);
    }

    /// <summary>
    /// Predicts frame after frame as they are asked for, following the face within a file.
    /// </summary>
    /// <param name="frames">Such as <see cref="PredictionInputs.Frames"/> gives; those of a video in order.</param>
    /// <param name="leastConfidence">A face of a lower score counts as none.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IEnumerable<FramePrediction> Predict(
        IEnumerable<InputFrame> frames, double leastConfidence = DefaultLeastConfidence, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(frames);
        (string File, FacePrediction Prediction)? before = null;
        foreach (var frame in frames)
        {
            cancellation.ThrowIfCancellationRequested();
            var prediction = Follow(frame.Image, before?.File == frame.File ? before?.Prediction : null, leastConfidence, cancellation);
            before = (frame.File, prediction);
            yield return new FramePrediction(frame.File, frame.Number, frame.Seconds, prediction, prediction.Face.Score >= leastConfidence) { Image = frame.Image };
        }
    }
}
