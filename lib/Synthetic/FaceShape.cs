namespace FanTrans.Synthetic;

/// <summary>
/// How one face differs from the mean in form. Each number counts standard deviations, mostly within ±2, except
/// where a unit is given.
/// </summary>
internal sealed record FaceShape
{
    public float Width { get; init; }
    public float JawWidth { get; init; }
    public float ChinLength { get; init; }
    public float ChinWidth { get; init; }
    public float ChinForward { get; init; }
    public float Cheekbones { get; init; }
    public float Fullness { get; init; }
    public float ForeheadSlope { get; init; }
    public float BrowRidge { get; init; }
    public float BrowHeight { get; init; }
    public float BrowTilt { get; init; }
    public float EyeSpacing { get; init; }
    public float EyeWidth { get; init; }
    public float EyeTilt { get; init; }
    public float EyeDepth { get; init; }
    public float NoseLength { get; init; }
    public float NoseWidth { get; init; }
    public float NoseHeight { get; init; }
    public float NoseBridge { get; init; }
    public float NoseHump { get; init; }
    public float NoseTip { get; init; }
    public float MouthWidth { get; init; }
    public float MouthHeight { get; init; }
    public float UpperLip { get; init; }
    public float LowerLip { get; init; }
    public float MouthForward { get; init; }
    public float LipArch { get; init; }

    /// <summary>How far a resting mouth's corners stand up; many people's hang.</summary>
    public float MouthCurve { get; init; }

    public float NeckWidth { get; init; }
    public float Crooked { get; init; }

    /// <summary>Folds and hollows of age: 0 (twenty) to 1 (eighty).</summary>
    public float Age { get; init; }

    /// <summary>How far the lid's fold hangs over the eye, 0 to 1; 1 is a single lid.</summary>
    public float Hood { get; init; }

    /// <summary>Height of the open eye in millimetres, about 8 to 12.</summary>
    public float Aperture { get; init; } = 10;
}
