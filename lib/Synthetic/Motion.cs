namespace FanTrans.Synthetic;

/// <summary>Everything that can move a face's surface, each with its own field of displacements.</summary>
internal enum Motion
{
    Au1,
    Au2,
    Au4,
    Au6,
    Au7,
    Au9,
    Au10,
    Au12,
    Au14,
    Au15,
    Au17,
    Au23,
    Au24,

    /// <summary>The lips part (AU 25).</summary>
    LipsPart,

    /// <summary>The jaw drops (AU 26) while the lips stay together.</summary>
    Jaw,

    /// <summary>What the lower lip adds to <see cref="Jaw"/> once the lips are apart.</summary>
    JawLip,

    /// <summary>The lower lip following AU 10 while the lips are together.</summary>
    Au10Lower,

    /// <summary>The upper lip following AU 17 while the lips are together.</summary>
    Au17Upper,

    /// <summary>The lips draw together and forward (AU 18 and 22).</summary>
    Pucker,

    /// <summary>The corners of the mouth draw straight back (AU 20).</summary>
    Stretch,

    /// <summary>One millimetre of opening by the upper lid.</summary>
    UpperLid,

    /// <summary>One millimetre of opening by the lower lid.</summary>
    LowerLid,
}
