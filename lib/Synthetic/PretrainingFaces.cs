using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>What <see cref="PretrainingFaces"/> holds.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>How many people.</summary>
    public int People { get; init; } = 8000;

    /// <summary>Pictures of each person.</summary>
    public int FramesPerPerson { get; init; } = 4;

    /// <summary>Side of the square picture in pixels, 32 to 128.</summary>
    public int ImageSize { get; init; } = 128;

    /// <summary>The first person's number, so that a part can be held out.</summary>
    public int First { get; init; }

    internal void Validate()
    {
        static void Check(bool holds, string field, int found, string expected)
        {
            if (!holds)
                throw new ArgumentException(
                    $"{nameof(PretrainingOptions)}.{field}: expected {expected}, found {found}."
                );
        }
        Check(People > 0, nameof(People), People, "at least 1");
        Check(FramesPerPerson > 0, nameof(FramesPerPerson), FramesPerPerson, "at least 1");
        Check(First >= 0, nameof(First), First, "at least 0");
        Check(ImageSize is >= 32 and <= 128, nameof(ImageSize), ImageSize, "32 to 128");
    }
}

/// <summary>
/// The rendered faces that the shipped weights are trained on: people whom no other set has, and for each picture
/// an expression, head turn, light, backdrop and camera of its own, all varied as widely as the renderer can, so that
/// photographs lie within. All fifteen rendered action units are labelled; a trace of one reads 9 (unknown).
/// </summary>
internal sealed class PretrainingFaces : AuDataset
{
    /// <summary>What <see cref="Datasets"/> knows these faces by.</summary>
    public const string Name = "pretraining-faces";

    private readonly PretrainingOptions options;
    private readonly FigureCache figures;

    /// <summary>A set; pictures are rendered when they are read.</summary>
    /// <param name="options">What to draw.</param>
    /// <exception cref="ArgumentException">An option lies outside its range; the message names it.</exception>
    public PretrainingFaces(PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        figures = new FigureCache(
            HeadGrid.Coarse,
            subject => Person.Draw(Identities.Reserved(options.First + subject), null, 0)
        );
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> ActionUnits => RenderedUnits.All;

    /// <inheritdoc/>
    public override int Count => options.People * options.FramesPerPerson;

    /// <summary>One fold: the last fiftieth of the people, at least one, is held out.</summary>
    public Fold Fold()
    {
        var subjects = SubjectOfFrame();
        var people = subjects.Distinct().ToArray();
        var held = Math.Max(1, people.Length / 50);
        return new Fold(1, subjects, people[..^held], [], people[^held..]);
    }

    /// <summary>Makes these faces known to <see cref="Datasets"/>.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A package that is used brings its datasets along.")]
    internal static void Register() =>
        Datasets.Register(
            Name,
            text =>
            {
                var faces = new PretrainingFaces(OptionFields.Read(new PretrainingOptions(), text));
                return (new CachedDataset(faces, limit: 4L << 30), [faces.Fold()]);
            }
        );

    /// <inheritdoc/>
    public override FaceKey Key(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return new FaceKey($"R{PersonOf(index):000000}", "T1", (index % options.FramesPerPerson) + 1);
    }

    /// <inheritdoc/>
    public override sbyte[] LabelsAt(int index)
    {
        var (intensities, cover, _) = Show(index);
        return Labels(intensities, cover);
    }

    /// <inheritdoc/>
    public override FaceFrame Read(int index)
    {
        var figure = figures.Get(index / options.FramesPerPerson);
        var (intensities, covered, r) = Show(index);
        var motion = WideBehaviour.Draw(ref r, intensities, figure.Person);
        var scene = WideScene.Draw(ref r);
        var hand = r.Chance(0.1) ? new Hand(ref r) : null;
        var colour = new Vector3((float)r.NextDouble(), (float)r.NextDouble(), (float)r.NextDouble());
        var before = new Occluders(hand, covered ? Cover.Lower(colour) : null);
        var key = Key(index);
        return SynthFaces.Render(
            HeadGrid.Coarse,
            figure,
            motion,
            scene,
            before,
            options.ImageSize,
            (uint)r.NextBits()
        ) with
        {
            Subject = key.Subject,
            Sequence = key.Sequence,
            Frame = key.Frame,
            Labels = Labels(intensities, covered),
            Intensities = [.. ActionUnits.Select(unit => (byte)Math.Min(5, intensities[unit]))],
        };
    }

    private sbyte[] Labels(Dictionary<int, double> intensities, bool covered) =>
        [.. ActionUnits.Select(unit => covered && unit > 7 ? LabelRule.Unknown : Label(intensities[unit]))];

    private static sbyte Label(double intensity) =>
        intensity >= 1 ? (sbyte)1
        : intensity > 0.25 ? LabelRule.Unknown
        : (sbyte)0;

    private int PersonOf(int index) => options.First + (index / options.FramesPerPerson);

    /// <summary>What a picture shows, and the random numbers that are left for the rest of it.</summary>
    private (Dictionary<int, double> Intensities, bool Covered, SeededRandom Numbers) Show(int index)
    {
        var r = new SeededRandom(0x50BE, PersonOf(index), index % options.FramesPerPerson);
        return (Expression.Draw(ref r), r.Chance(0.02), r);
    }
}
