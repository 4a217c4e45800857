namespace FanTrans.Data;

/// <summary>
/// How training crops are varied. The ranges of the geometry, the colour jitter and the JPEG quality are those of the
/// authors' AU-Net; the form of blur and dropout is chosen by this kit.
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>Largest rotation either way, in degrees.</summary>
    public double Rotation { get; init; }

    /// <summary>Least factor of the face's size.</summary>
    public double ScaleLow { get; init; } = 1;

    /// <summary>Greatest factor of the face's size.</summary>
    public double ScaleHigh { get; init; } = 1;

    /// <summary>Largest shift in x and in y, as a share of the crop's side.</summary>
    public double Shift { get; init; }

    /// <summary>Probability of mirroring left to right; the landmarks' order is swapped with it.</summary>
    public double Flip { get; init; }

    /// <summary>Brightness, contrast and saturation are each scaled by 1 ± up to this.</summary>
    public double ColorJitter { get; init; }

    /// <summary>Probability of a blur over 3 x 3 pixels, of random strength.</summary>
    public double Blur { get; init; }

    /// <summary>Probability of the traces that JPEG leaves, at a random quality
    /// from <see cref="JpegQuality"/> to 100.</summary>
    public double Jpeg { get; init; }

    /// <summary>Least JPEG quality, 1 to 100.</summary>
    public int JpegQuality { get; init; } = 30;

    /// <summary>Probability of a crop without colour.</summary>
    public double Grey { get; init; }

    /// <summary>Probability of a colour cast: red and blue each times 0.7 to 1.3.</summary>
    public double Cast { get; init; }

    /// <summary>Probability of a tone curve with an exponent of 0.54 to 1.87.</summary>
    public double Gamma { get; init; }

    /// <summary>Probability of a dim, noisy crop: 1/16 to 0.6 of the light.</summary>
    public double LowLight { get; init; }

    /// <summary>Probability of noise with a deviation of 0.005 to 0.07.</summary>
    public double Noise { get; init; }

    /// <summary>Probability of a crop of 0.2 to 0.8 of its resolution.</summary>
    public double LowResolution { get; init; }

    /// <summary>Probability of coarse dropout: one to three rectangles of random grey.</summary>
    public double Dropout { get; init; }

    /// <summary>Longest side of a dropped rectangle, as a share of the crop's side.</summary>
    public double DropoutSide { get; init; } = 0.25;

    /// <summary>
    /// Probability that the crop is moved off the face, by 0.4 to 1.2 of its side and to half or twice its size: what a
    /// landmark detector must learn to see nothing in. Not for action units.
    /// </summary>
    public double Away { get; init; }

    /// <summary>No variation: evaluation.</summary>
    public static AugmentationOptions None { get; } = new();

    /// <summary>
    /// AU-Net's: rotation ±13.5°, the crop's side times 0.75 to 1.25, which makes the face 0.8 to 1.33 times as large,
    /// shift ±10 of 200 pixels, flip, colour jitter 0.3, blur, JPEG, dropout. Chosen here: the face's factor is
    /// uniform, and not the side's.
    /// </summary>
    public static AugmentationOptions Paper { get; } =
        new()
        {
            Rotation = 13.5,
            ScaleLow = 1 / 1.25,
            ScaleHigh = 1 / 0.75,
            Shift = 10.0 / 200,
            Flip = 0.5,
            ColorJitter = 0.3,
            Blur = 0.5,
            Jpeg = 0.5,
            Dropout = 0.5,
        };

    /// <summary>
    /// For landmarks that must also land on a face whose box is only guessed: as <see cref="Paper"/>, with wider
    /// rotation, scale and shift, and some crops off the face. Chosen by this kit.
    /// </summary>
    public static AugmentationOptions Landmarks { get; } =
        Paper with
        {
            Rotation = 25,
            ScaleLow = 0.65,
            ScaleHigh = 1.35,
            Shift = 0.1,
            Away = 0.1,
        };

    /// <summary>
    /// As <see cref="Landmarks"/> for any camera and light: also grey, dim, noisy, small, tinted. What the shipped
    /// weights are trained with. Chosen by this kit.
    /// </summary>
    public static AugmentationOptions AnyCamera { get; } =
        Landmarks with
        {
            Grey = 0.25,
            Cast = 0.3,
            Gamma = 0.5,
            LowLight = 0.12,
            Noise = 0.3,
            LowResolution = 0.3,
            Jpeg = 0.3,
            JpegQuality = 20,
            Blur = 0.3,
            Dropout = 0.3,
            DropoutSide = 0.35,
        };

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public AugmentationOptions Validate()
    {
        Check(Rotation is >= 0 and <= 180, nameof(Rotation), Rotation, "0 to 180 degrees");
        Check(ScaleLow is > 0 and <= 10, nameof(ScaleLow), ScaleLow, "above 0");
        Check(
            ScaleHigh >= ScaleLow && ScaleHigh <= 10,
            nameof(ScaleHigh),
            ScaleHigh,
            $"{nameof(ScaleLow)} ({ScaleLow}) to 10"
        );
        Check(Shift is >= 0 and <= 1, nameof(Shift), Shift, "0 to 1");
        Check(Flip is >= 0 and <= 1, nameof(Flip), Flip, "0 to 1");
        Check(ColorJitter is >= 0 and < 1, nameof(ColorJitter), ColorJitter, "0 to below 1");
        Check(Blur is >= 0 and <= 1, nameof(Blur), Blur, "0 to 1");
        Check(Jpeg is >= 0 and <= 1, nameof(Jpeg), Jpeg, "0 to 1");
        Check(JpegQuality is >= 1 and <= 100, nameof(JpegQuality), JpegQuality, "1 to 100");
        Check(Dropout is >= 0 and <= 1, nameof(Dropout), Dropout, "0 to 1");
        Check(Grey is >= 0 and <= 1, nameof(Grey), Grey, "0 to 1");
        Check(Cast is >= 0 and <= 1, nameof(Cast), Cast, "0 to 1");
        Check(Gamma is >= 0 and <= 1, nameof(Gamma), Gamma, "0 to 1");
        Check(LowLight is >= 0 and <= 1, nameof(LowLight), LowLight, "0 to 1");
        Check(Noise is >= 0 and <= 1, nameof(Noise), Noise, "0 to 1");
        Check(LowResolution is >= 0 and <= 1, nameof(LowResolution), LowResolution, "0 to 1");
        Check(Away is >= 0 and <= 1, nameof(Away), Away, "0 to 1");
        Check(DropoutSide is > 0 and <= 1, nameof(DropoutSide), DropoutSide, "above 0, to 1");
        return this;
    }

    private static void Check(bool holds, string name, double value, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(AugmentationOptions)}.{name}: expected {expected}, found {value}.");
    }
}
