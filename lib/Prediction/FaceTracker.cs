using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>
/// Follows the faces of one video: a face is looked for where it was, and the detector is asked now and then for new
/// ones, or at once where one is lost. A face that comes back near its place within two seconds keeps its number.
/// Chosen by this kit.
/// </summary>
internal sealed class FaceTracker(IFaceDetector detector, FaceReader reader, double leastConfidence)
{
    // Seconds; and, in sides of their crops, how near two places of one face are.
    private const double LongestGap = 2,
        BetweenDetections = 0.2,
        LongestUnconfirmed = 1;
    private const double Near = 0.6,
        Same = 0.25;

    private readonly List<Track> tracks = [];
    private int next;
    private double? detected;
    private bool lost;

    private bool HasDetector => detector is not HeatmapFaceDetector;

    /// <summary>The faces of the next frame with their numbers, by number.</summary>
    public List<(int Id, ReadFace Face, double Score)> Next(
        RgbImage image,
        double seconds,
        CancellationToken cancellation
    )
    {
        tracks.RemoveAll(t => seconds - t.Seen > LongestGap);
        var looks = tracks.Where(t => t.Followed).Select(t => (Track: t, t.Place, Confirmed: false)).ToList();
        // The fallback takes seconds: it is asked only where no face is followed.
        var due = detected is not { } last || seconds - last >= BetweenDetections || (lost && HasDetector);
        if (due && (HasDetector || looks.Count == 0))
        {
            detected = seconds;
            // Of two new faces the one that is nearer to where one was lost may be that one.
            var found = detector.Find(image, cancellation).Select(face => (face.Score, Place: FacePlace.Of(face)));
            foreach (var (score, place) in found.OrderBy(face => ToLost(face.Place)))
            {
                var known = looks.FindIndex(l => !l.Confirmed && Distance(l.Place, place) < Near);
                if (known >= 0)
                    looks[known] = (
                        looks[known].Track with
                        {
                            Score = score,
                            Confirmed = seconds,
                        },
                        looks[known].Place,
                        true
                    );
                else if (!looks.Exists(l => Distance(l.Place, place) < Near))
                    looks.Add(
                        (
                            Returning(place, score, seconds) ?? new Track(null, place, score, seconds, seconds),
                            place,
                            true
                        )
                    );
            }
        }
        var read = reader.Read(image, [.. looks.Select(l => l.Place)], cancellation);
        var faces = new List<(int Id, ReadFace Face, double Score)>();
        foreach (var ((track, _, _), face) in looks.Zip(read).OrderBy(l => l.First.Track.Id ?? int.MaxValue))
        {
            tracks.RemoveAll(t => t.Id == track.Id);
            var isFace =
                face.Confidence >= leastConfidence
                && (!HasDetector || seconds - track.Confirmed <= LongestUnconfirmed)
                // Two that have run onto one face are the one that was there first.
                && !faces.Exists(f => Distance(f.Face.Place, face.Place) < Same);
            if (isFace)
            {
                var id = track.Id ?? next++;
                tracks.Add(
                    track with
                    {
                        Id = id,
                        Place = FacePlace.Of(face.Landmarks, image) ?? face.Place,
                        Seen = seconds,
                        Followed = true,
                    }
                );
                faces.Add((id, face, track.Score));
            }
            else if (track.Id is not null)
            {
                tracks.Add(track with { Followed = false });
            }
        }
        lost = looks.Count > faces.Count;
        return faces;
    }

    /// <summary>The lost face that this one may be: the nearest, not farther than it may have gone.</summary>
    private Track? Returning(FacePlace place, double score, double seconds)
    {
        var track = tracks
            .Where(t => !t.Followed && Distance(t.Place, place) < Near * (1 + seconds - t.Seen))
            .MinBy(t => Distance(t.Place, place));
        if (track is null)
            return null;
        // No other face of this frame is it, too.
        tracks.Remove(track);
        return track with { Score = score, Confirmed = seconds };
    }

    /// <summary>How far it is to the nearest lost face; 0 where none is lost.</summary>
    private double ToLost(FacePlace place) =>
        tracks.Where(t => !t.Followed).Select(t => Distance(t.Place, place)).DefaultIfEmpty(0).Min();

    /// <summary>How far two places lie apart, in their mean side;
    /// twice the side counts as far as one side of way.</summary>
    private static double Distance(FacePlace a, FacePlace b)
    {
        double dx = a.Crop.CenterX - b.Crop.CenterX,
            dy = a.Crop.CenterY - b.Crop.CenterY;
        return (2 * Math.Sqrt((dx * dx) + (dy * dy)) / (a.Crop.Side + b.Crop.Side))
            + Math.Abs(Math.Log2(a.Crop.Side / b.Crop.Side));
    }

    private sealed record Track(int? Id, FacePlace Place, double Score, double Seen, double Confirmed)
    {
        public bool Followed { get; init; }
    }
}
