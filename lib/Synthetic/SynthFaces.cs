using System.Collections.Concurrent;
using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// Rendered faces with known action units and landmarks: what to run before the licensed datasets have arrived.
/// Labels follow the aggregate statistics of BP4D or DISFA (<see cref="LabelStatistics"/>); faces come from a
/// parametric head with muscles, skin, hair, light and camera, all made by code from the seed. The same options give
/// the same bytes on any machine, from any number of threads.
/// </summary>
public sealed partial class SynthFaces : AuDataset
{
    private static readonly ConcurrentBag<FaceRenderer> FineRenderers = [];
    private static readonly ConcurrentBag<FaceRenderer> CoarseRenderers = [];

    private readonly LatentLabels latent;
    private readonly HeadGrid grid;
    private readonly FigureCache figures;
    private readonly IntensityScale scale;
    private readonly int recordings,
        framesPerRecording,
        step;
    private readonly string[] names;

    /// <summary>Draws the labels of a set; pictures are rendered when they are read.</summary>
    /// <param name="options">What to draw.</param>
    /// <exception cref="ArgumentException">An option lies outside its range; the message names it.</exception>
    public SynthFaces(SynthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        Statistics = LabelStatistics.Load(options.Profile);
        options.Planted?.Validate(Statistics.ActionUnits);
        var manifest = DatasetManifest.Load(options.Profile);
        (names, Parts) = NamesOf(manifest, options.Subjects ?? Statistics.Subjects);
        recordings = Math.Min(options.Recordings ?? Statistics.Recordings, options.FramesPerSubject);
        framesPerRecording = (options.FramesPerSubject + recordings - 1) / recordings;
        step = options.FrameStep ?? Math.Max(1, Statistics.FramesPerRecording / framesPerRecording);
        latent = new LatentLabels(
            Statistics,
            options.Seed,
            names.Length,
            recordings,
            ((framesPerRecording - 1) * step) + 1
        );
        scale = new IntensityScale(options.Profile == "disfa" ? 2 : 1, options.Difficulty.Subtlety);
        grid = options.ImageSize > 128 ? HeadGrid.Fine : HeadGrid.Coarse;
        figures = new FigureCache(
            grid,
            subject =>
                Person.Draw(
                    Identities.Drawn(options.Seed, subject),
                    manifest.Name == "bp4d" ? names[subject][0] == 'M' : null,
                    Shift(subject)
                )
        );
    }

    /// <summary>The action units that the renderer shows, by FACS number.</summary>
    public static IReadOnlyList<int> RenderedUnits => Synthetic.RenderedUnits.All;

    /// <summary>What was asked for.</summary>
    public SynthOptions Options { get; }

    /// <summary>What the labels follow.</summary>
    internal LabelStatistics Statistics { get; }

    /// <summary>People are drawn from the seed by their place in the list.</summary>
    public override string People => $"{Name} {Options.Profile} of {names.Length}, seed {Options.Seed}";

    /// <inheritdoc/>
    public override IReadOnlyList<int> ActionUnits => Statistics.ActionUnits;

    /// <summary>
    /// The three parts of the subjects for <see cref="Folds.FromParts"/>: the profile's published parts; with fewer
    /// subjects each part keeps its share, with more they join the parts in turn.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> Parts { get; }

    /// <inheritdoc/>
    public override int Count => names.Length * Options.FramesPerSubject;

    /// <inheritdoc/>
    public override FaceKey Key(int index)
    {
        var (subject, recording, frame) = Place(index);
        return new FaceKey(names[subject], RecordingName(recording), (frame * step) + 1);
    }

    /// <inheritdoc/>
    public override sbyte[] LabelsAt(int index)
    {
        var (subject, recording, frame) = Place(index);
        var labels = new sbyte[ActionUnits.Count];
        for (var unit = 0; unit < labels.Length; unit++)
        {
            labels[unit] = (sbyte)(latent.At(subject, recording, frame * step, unit) > latent.Thresholds[unit] ? 1 : 0);
            if (Options is { Profile: "bp4d", Difficulty.UnknownLabels: > 0 } && IsUnknown(subject, recording, unit))
                labels[unit] = LabelRule.Unknown;
        }
        return labels;
    }

    /// <summary>The coded intensities of a frame, 0 to 5 by <see cref="ActionUnits"/>, without its picture.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public byte[] IntensitiesAt(int index)
    {
        var (subject, recording, frame) = Place(index);
        var intensities = new byte[ActionUnits.Count];
        for (var unit = 0; unit < intensities.Length; unit++)
            intensities[unit] = (byte)
                scale.At(latent.At(subject, recording, frame * step, unit), latent.Thresholds[unit]);
        return intensities;
    }

    /// <summary>Whether <see cref="SynthOptions.Planted"/> hides its action units in a frame.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public bool IsHidden(int index) =>
        Options.Planted is { } planted && new SeededRandom(Options.Seed, 0x41D, index).Chance(planted.Fraction);

    /// <summary>How the head is turned in a frame, without its picture.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public FacePose PoseAt(int index)
    {
        var (subject, recording, frame) = Place(index);
        return Behaviour.At(Options.Seed, subject, recording, frame * step, figures.Get(subject).Person, []).Pose;
    }

    /// <inheritdoc/>
    public override FaceFrame Read(int index)
    {
        var (subject, recording, frame) = Place(index);
        var figure = figures.Get(subject);
        var take = new SeededRandom(Options.Seed, 0x7A4E, subject, recording);
        var scene = Scene.Draw(ref take, Shift(subject));
        var intensities = Hidden(subject, recording, frame * step);
        var still = new SeededRandom(Options.Seed, 0x57, index);
        Cover? cover = null;
        if (IsHidden(index))
        {
            foreach (var unit in Options.Planted!.ActionUnits)
                intensities[unit] = 0;
            var colour = new Vector3(
                (float)still.Uniform(0.02, 0.7),
                (float)still.Uniform(0.02, 0.7),
                (float)still.Uniform(0.02, 0.7)
            );
            cover = Options.Planted.IsUpper ? Cover.Upper(colour) : Cover.Lower(colour);
        }
        var motion = Behaviour.At(Options.Seed, subject, recording, frame * step, figure.Person, intensities);
        var hand = still.Chance(Options.Difficulty.Occlusion) ? new Hand(ref still) : null;
        return Render(
            grid,
            figure,
            motion,
            scene,
            new Occluders(hand, cover),
            Options.ImageSize,
            (uint)still.NextBits()
        ) with
        {
            Subject = names[subject],
            Sequence = RecordingName(recording),
            Frame = (frame * step) + 1,
            Labels = LabelsAt(index),
            Intensities = IntensitiesAt(index),
        };
    }

    /// <summary>
    /// One face on purpose: a person, an expression and a pose before a plain backdrop in even light.
    /// </summary>
    /// <param name="person">Seed of the person.</param>
    /// <param name="intensities">Action units by FACS number with intensities
    /// from 0 (absent) over 1 (A) to 5 (E).</param>
    /// <param name="pose">How the head is turned.</param>
    /// <param name="size">Side of the picture in pixels, 32 to 1024.</param>
    /// <exception cref="ArgumentException">An action unit is not rendered, the person is reserved, or the size lies
    /// outside its range.</exception>
    public static FaceFrame Portrait(
        long person,
        IReadOnlyDictionary<int, double> intensities,
        FacePose pose = default,
        int size = 256
    )
    {
        ArgumentNullException.ThrowIfNull(intensities);
        Identities.RefuseReserved(person, nameof(person));
        if (size is < 32 or > 1024)
            throw new ArgumentException($"size: expected 32 to 1024, found {size}.", nameof(size));
        var grid = size > 128 ? HeadGrid.Fine : HeadGrid.Coarse;
        var motion = new FaceMotion { Pose = pose };
        foreach (var (unit, intensity) in intensities)
            motion[unit] = FaceMotion.StrengthOf((float)intensity);
        var figure = new Figure(Person.Draw(person, null, 0), grid);
        var units = RenderedUnits;
        return Render(grid, figure, motion, Scene.Studio, default, size, 0) with
        {
            Labels = [.. units.Select(u => (sbyte)(intensities.GetValueOrDefault(u) >= 1 ? 1 : 0))],
            Intensities = [.. units.Select(u => (byte)Math.Clamp(intensities.GetValueOrDefault(u), 0, 5))],
        };
    }

    internal static FaceFrame Render(
        HeadGrid grid,
        Figure figure,
        FaceMotion motion,
        Scene scene,
        Occluders before,
        int size,
        uint seed
    )
    {
        var pool = grid.Divisor == 1 ? FineRenderers : CoarseRenderers;
        if (!pool.TryTake(out var renderer))
            renderer = new FaceRenderer(grid);
        var (landmarks, visible) = (new float[2 * Ibug68.Count], new bool[Ibug68.Count]);
        var image = renderer.Render(figure, motion, scene, before, size, seed, landmarks, visible);
        pool.Add(renderer);
        return new FaceFrame
        {
            Subject = "",
            Sequence = "",
            Frame = 0,
            Image = image,
            Landmarks = landmarks,
            Visible = visible,
            Box = FaceBox.Around(landmarks),
            Labels = [],
        };
    }

    /// <summary>Names and parts: the profile's, thinned out or continued to the number asked for.</summary>
    private static (string[] Names, IReadOnlyList<IReadOnlyList<string>> Parts) NamesOf(
        DatasetManifest manifest,
        int subjects
    )
    {
        IReadOnlyList<string>[] published =
        [
            .. manifest.Parts.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value),
        ];
        List<string>[] parts = [.. published.Select(_ => new List<string>())];
        var longest = published.Max(p => p.Count);
        var total = 0;
        for (var k = 0; k < longest && total < subjects; k++)
        {
            for (var part = 0; part < parts.Length && total < subjects; part++)
            {
                if (k >= published[part].Count)
                    continue;
                // First, last, second, second but last …, so that few subjects still are women and men.
                parts[part].Add(published[part][k % 2 == 0 ? k / 2 : published[part].Count - 1 - (k / 2)]);
                total++;
            }
        }
        for (var extra = 0; total < subjects; extra++, total++)
            parts[extra % parts.Length]
                .Add(manifest.Name == "bp4d" ? $"{(extra % 2 == 0 ? 'F' : 'M')}{101 + extra}" : $"SN{101 + extra}");
        foreach (var part in parts)
            part.Sort(StringComparer.Ordinal);
        return ([.. parts.SelectMany(p => p)], parts);
    }

    private string RecordingName(int recording) =>
        Options.Profile == "disfa" && recording == 0 ? "left" : $"T{recording + 1}";

    private (int Subject, int Recording, int Frame) Place(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var (subject, within) = Math.DivRem(index, Options.FramesPerSubject);
        var (recording, frame) = Math.DivRem(within, framesPerRecording);
        return (subject, recording, frame);
    }

    /// <summary>-1, 0 or 1 by the subject's part, times the shift asked for.</summary>
    private float Shift(int subject)
    {
        var part = 0;
        for (var before = Parts[0].Count; before <= subject; before += Parts[part].Count)
            part++;
        return (float)Options.Difficulty.SubjectShift * (part - 1);
    }

    /// <summary>Whole recordings were not coded for an action unit, as in BP4D.</summary>
    private bool IsUnknown(int subject, int recording, int unit) =>
        new SeededRandom(Options.Seed, 0x999, subject, recording, unit).Chance(Options.Difficulty.UnknownLabels);

    /// <summary>
    /// What the face does, against what the coder saw: intensities by action unit, for the labelled ones from the
    /// labels' hidden values and a disturbance that stands for the coder's errors.
    /// </summary>
    private Dictionary<int, double> Hidden(int subject, int recording, int time)
    {
        var noise =
            FixedMath.Sin(Math.PI * Options.Difficulty.LabelNoise)
            / FixedMath.Cos(Math.PI * Options.Difficulty.LabelNoise);
        var hidden = new Dictionary<int, double>();
        var values = new Dictionary<int, double>();
        for (var unit = 0; unit < ActionUnits.Count; unit++)
        {
            var number = ActionUnits[unit];
            double value = latent.At(subject, recording, time, unit);
            if (noise > 0)
            {
                var seed = new SeededRandom(Options.Seed, 0xC0D, subject, recording, unit);
                value += noise * 1.9 * Noise.Value(time / 9f, unit, (uint)seed.NextBits());
            }
            values[number] = value;
            hidden[number] = scale.At(value, latent.Thresholds[unit]);
        }
        Behaviour.AddUnlabelled(Options.Seed, subject, recording, time, values, hidden, scale);
        return hidden;
    }
}
