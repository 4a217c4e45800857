namespace FanTrans.Data;

/// <summary>How a face is cut out of its picture.</summary>
public enum CropAlignment
{
    /// <summary>An upright square about the face box, known from the authors' AU-Net: side 200(w + h)/260.</summary>
    Box,

    /// <summary>
    /// The eyes made level, and a square 2.9 times the extent of five points (eye centres, nose tip, mouth corners)
    /// about their middle: the alignment of JAA-Net, which many systems share.
    /// </summary>
    FivePoint,
}

/// <summary>The form in which crops are kept.</summary>
public enum CropFormat
{
    /// <summary>Small; the pixels are kept roughly.</summary>
    Jpeg,

    /// <summary>Large; every pixel is kept.</summary>
    Png,
}

/// <summary>What a prepared set is made of. Everything here is written into its manifest.</summary>
public sealed record PreparationOptions
{
    /// <summary>Side in pixels of the square that the network sees. Known from the authors' AU-Net: 256.</summary>
    public int Size { get; init; } = 256;

    /// <summary>
    /// How much wider than that square the kept crop is, 1 or more, so that rotated, shifted and enlarged training
    /// crops find picture around it. 1.5 holds almost all of AU-Net's augmentation; chosen by this kit.
    /// </summary>
    public double Margin { get; init; } = 1.5;

    /// <summary>How faces are cut out.</summary>
    public CropAlignment Alignment { get; init; } = CropAlignment.Box;

    /// <summary>How crops are kept.</summary>
    public CropFormat Format { get; init; } = CropFormat.Jpeg;

    /// <summary>Quality of JPEG crops, 1 to 100. 95 is chosen by this kit.</summary>
    public int Quality { get; init; } = 95;

    /// <summary>Side in pixels of the kept crop.</summary>
    public int StoredSize => (int)Math.Round(Size * Margin);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public PreparationOptions Validate()
    {
        Require(Size is >= 16 and <= 2048, nameof(Size), "16 to 2048", Size);
        Require(Margin is >= 1 and <= 4, nameof(Margin), "1 to 4", Margin);
        Require(Quality is >= 1 and <= 100, nameof(Quality), "1 to 100", Quality);
        Require(Enum.IsDefined(Alignment), nameof(Alignment), "Box or FivePoint", Alignment);
        Require(Enum.IsDefined(Format), nameof(Format), "Jpeg or Png", Format);
        return this;
    }

    private static void Require(bool holds, string name, string expected, object found)
    {
        if (!holds)
            throw new ArgumentException($"{name}: expected {expected}, found {found}.");
    }
}
