using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// The rendered faces that the shipped weights are trained on: people whom no other set has, and for each frame
/// an expression, head turn, light, backdrop and camera of its own, all varied as widely as the renderer can, so that
/// photographs lie within. All fifteen rendered action units are labelled; a trace of one is not (9).
/// </summary>
public sealed class PretrainingFaces : AuDataset
{
    private readonly FigureCache figures;
    private readonly int people, framesPerPerson, imageSize, first;

    /// <summary>A set; pictures are rendered when they are read.</summary>
    /// <param name="people">How many people.</param>
    /// <param name="framesPerPerson">Frames of each.</param>
    /// <param name="imageSize">Side of the square picture in pixels, 32 to 128.</param>
    /// <param name="first">The first person's number, so that a part can be held out.</param>
    public PretrainingFaces(int people, int framesPerPerson = 3, int imageSize = 128, int first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(people);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerPerson);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(imageSize, 128);
        (this.people, this.framesPerPerson, this.imageSize, this.first) = (people, framesPerPerson, imageSize, first);
        figures = new FigureCache(HeadGrid.Coarse, subject => Person.Draw(Identities.Reserved(first + subject), null, 0));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> ActionUnits => RenderedUnits.All;

    /// <inheritdoc/>
    public override int Count => people * framesPerPerson;

    /// <inheritdoc/>
    public override FaceKey Key(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return new FaceKey($"R{first + (index / framesPerPerson):000000}", "T1", (index % framesPerPerson) + 1);
    }

    /// <inheritdoc/>
    public override sbyte[] LabelsAt(int index)
    {
        var (intensities, _) = Intensities(index);
        return [.. ActionUnits.Select(unit => Label(intensities[unit]))];
    }

    /// <inheritdoc/>
    public override FaceFrame Read(int index)
    {
        var figure = figures.Get(index / framesPerPerson);
        var (intensities, r) = Intensities(index);
        var motion = WideBehaviour.Draw(ref r, intensities, figure.Person);
        var scene = WideScene.Draw(ref r);
        var hand = r.Chance(0.1) ? new Hand(ref r) : null;
        var cover = r.Chance(0.02) ? Cover.Lower(new Vector3((float)r.NextDouble(), (float)r.NextDouble(), (float)r.NextDouble())) : null;
        var labels = ActionUnits.Select(unit => cover is not null && unit > 7 ? LabelRule.Unknown : Label(intensities[unit]));
        var key = Key(index);
        return SynthFaces.Render(HeadGrid.Coarse, figure, motion, scene, new Occluders(hand, cover), imageSize, (uint)r.NextBits()) with
        {
            Subject = key.Subject,
            Sequence = key.Sequence,
            Frame = key.Frame,
            Labels = [.. labels],
            Intensities = [.. ActionUnits.Select(unit => (byte)Math.Min(5, intensities[unit]))],
        };
    }

    private static sbyte Label(double intensity) => intensity >= 1 ? (sbyte)1 : intensity > 0.25 ? LabelRule.Unknown : (sbyte)0;

    private (Dictionary<int, double> Intensities, SeededRandom Numbers) Intensities(int index)
    {
        var r = new SeededRandom(0x50BE, first + (index / framesPerPerson), index % framesPerPerson);
        return (Expression.Draw(ref r), r);
    }
}
