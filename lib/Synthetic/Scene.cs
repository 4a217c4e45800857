using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>Where and how a person is recorded: light, backdrop, camera and film,
/// the same through a recording.</summary>
internal sealed record Scene
{
    public required Lighting Light { get; init; }

    public required Backdrop Backdrop { get; init; }

    public required Film Film { get; init; }

    /// <summary>From the camera to the head, millimetres: near ones distort.</summary>
    public required float Distance { get; init; }

    /// <summary>Mean side of the landmarks' box as a share of the picture's side.</summary>
    public required float FaceSize { get; init; }

    /// <summary>Where the box's middle lies away from the picture's, as a share of the picture's side.</summary>
    public required (float X, float Y) Offset { get; init; }

    /// <summary>Even light from the upper left, a grey backdrop and a sharp, clean picture.</summary>
    public static Scene Studio { get; } = MakeStudio();

    /// <summary>A scene from random numbers.</summary>
    /// <param name="r">Decides everything.</param>
    /// <param name="shift">-1 to 1: brighter and cooler, or darker, warmer and noisier.</param>
    public static Scene Draw(ref SeededRandom r, float shift)
    {
        var light = Lighting.Draw(ref r);
        var backdrop = new Backdrop(ref r);
        var film = Film.Draw(ref r);
        return new Scene
        {
            Light = light,
            Backdrop = backdrop,
            Film = film with
            {
                Exposure = film.Exposure * (1 - (0.25f * shift)),
                Balance = film.Balance + (0.08f * shift),
                Noise = film.Noise * (1 + (0.6f * shift)),
            },
            Distance = (float)r.Uniform(550, 1600),
            FaceSize = (float)r.Uniform(0.52, 0.64),
            Offset = ((float)r.Uniform(-0.04, 0.04), (float)r.Uniform(-0.04, 0.04)),
        };
    }

    private static Scene MakeStudio()
    {
        var r = new SeededRandom(0x57D10);
        return Draw(ref r, 0) with
        {
            Light = new Lighting
            {
                Key = Vec.Unit(new Vector3(-0.5f, -0.6f, 0.7f)),
                KeyColour = new Vector3(0.95f),
                Softness = 5,
                Fill = Vec.Unit(new Vector3(0.7f, -0.1f, 0.7f)),
                FillColour = new Vector3(0.2f),
                Sky = new Vector3(0.32f),
                Ground = new Vector3(0.15f),
            },
            Backdrop = Backdrop.Plain(new Vector3(0.30f)),
            Film = new Film
            {
                Exposure = 1.1f,
                Balance = 0,
                Contrast = 1,
                Blur = 0.2f,
                Noise = 0,
            },
            Distance = 1100,
            FaceSize = 0.62f,
            Offset = (0, 0.02f),
        };
    }
}
