namespace FanTrans.Synthetic;

/// <summary>
/// What a face does in one frame: the strength of each action unit, the eyes and the head. Left and right are the
/// picture's.
/// </summary>
internal sealed class FaceMotion
{
    private readonly float[] strength = new float[15];

    /// <summary>How much stronger the picture's right half moves than its left, by action unit; about ±0.2.</summary>
    public float[] Asymmetry { get; } = new float[15];

    /// <summary>Closing of the eyes by a blink, 0 (open) to 1 (closed).</summary>
    public float Blink { get; set; }

    /// <summary>Upper lids raised or lowered without an action unit, millimetres.</summary>
    public float LidLift { get; set; }

    /// <summary>Lips drawn together and forward (AU 18 and 22), 0 to 1; not labelled.</summary>
    public float Pucker { get; set; }

    /// <summary>Corners of the mouth drawn straight back (AU 20), 0 to 1; not labelled.</summary>
    public float Stretch { get; set; }

    /// <summary>Where the eyes look relative to the head, degrees: right and down are positive.</summary>
    public (float Right, float Down) Gaze { get; set; }

    /// <summary>Pupil's radius in millimetres, 1.2 to 3.2.</summary>
    public float Pupil { get; set; } = 2;

    /// <summary>Turns of the head in degrees.</summary>
    public FacePose Pose { get; set; } = new(0, 0, 0);

    /// <summary>Strength of an action unit of FACS, 0 (absent) to 1 (the most a face can do).</summary>
    public float this[int actionUnit]
    {
        get => strength[RenderedUnits.Slot(actionUnit)];
        set => strength[RenderedUnits.Slot(actionUnit)] = value;
    }

    /// <summary>An action unit's strength in the picture's left and right half.</summary>
    public (float Left, float Right) Sides(int actionUnit)
    {
        var slot = RenderedUnits.Slot(actionUnit);
        var (s, skew) = (strength[slot], Asymmetry[slot]);
        return (s * (1 - skew), s * (1 + skew));
    }

    /// <summary>
    /// The displacement that an intensity of the FACS scale shows, from 0 (none), A = 1 (trace) and C = 3 (marked)
    /// to E = 5 (maximum), as a share of the maximum. The scale's steps are uneven, wide at C and D.
    /// </summary>
    public static float StrengthOf(float intensity)
    {
        ReadOnlySpan<float> at = [0, 0.16f, 0.34f, 0.56f, 0.80f, 1];
        var x = Math.Clamp(intensity, 0, 5);
        var k = Math.Min((int)x, 4);
        return at[k] + ((at[k + 1] - at[k]) * (x - k));
    }

    /// <summary>The motions that these strengths make, combined as the muscles combine.</summary>
    /// <param name="shape">The face's form, for the height of its open eyes.</param>
    /// <param name="motions">Results, one a <see cref="Motion"/>.</param>
    public void Resolve(FaceShape shape, Span<(float Left, float Right)> motions)
    {
        var au = this;
        // Brows: with 1 and 4 together the inner ends rise and draw together, the oblique brow.
        Put(motions, Motion.Au1, Sides(1));
        Put(motions, Motion.Au2, Scale(Sides(2), 1 - (0.25f * au[4])));
        Put(motions, Motion.Au4, Scale(Sides(4), 1 - (0.45f * Math.Max(au[1], au[2] * 0.8f))));
        Put(motions, Motion.Au6, Sides(6));
        Put(motions, Motion.Au7, Sides(7));
        Put(motions, Motion.Au9, Sides(9));
        Put(motions, Motion.Au12, Scale(Sides(12), 1 - (0.35f * au[15])));
        Put(motions, Motion.Au14, Sides(14));
        Put(motions, Motion.Au15, Scale(Sides(15), 1 - (0.25f * au[12])));

        // Lips: they cannot be pressed and parted at once; what pushes one lip pushes the other while they touch.
        var parted = au[25] * (1 - (0.9f * au[24]));
        var apart = Math.Min(1, 2.5f * parted);
        Put(motions, Motion.LipsPart, (parted, parted));
        Put(motions, Motion.Au24, Scale(Sides(24), 1 - apart));
        Put(motions, Motion.Au23, Scale(Sides(23), 1 - (0.4f * apart)));
        // A smile with parted lips bares the upper teeth.
        var bare = 0.38f * au[12] * apart;
        var (raiseLeft, raiseRight) = Scale(Sides(10), 0.55f + (0.45f * apart));
        Put(motions, Motion.Au10, (Math.Min(1.2f, raiseLeft + bare), Math.Min(1.2f, raiseRight + bare)));
        Put(motions, Motion.Au10Lower, Scale(Sides(10), 0.55f * (1 - apart)));
        Put(motions, Motion.Au17, Scale(Sides(17), 1 - (0.4f * apart)));
        Put(motions, Motion.Au17Upper, Scale(Sides(17), 1 - apart));
        var jaw = au[26] * (1 - (0.5f * au[17]));
        Put(motions, Motion.Jaw, (jaw, jaw));
        Put(motions, Motion.JawLip, (jaw * apart, jaw * apart));

        Put(motions, Motion.Pucker, (Pucker, Pucker));
        Put(motions, Motion.Stretch, (Stretch, Stretch));

        // Lids, in millimetres.
        var (rise, fall) = (shape.Aperture * 0.585f, shape.Aperture * 0.415f);
        Put(motions, Motion.UpperLid, Lid(rise, 0));
        Put(motions, Motion.LowerLid, Lid(fall, 1));

        (float, float) Lid(float open, int lower)
        {
            float Side(float au6, float au7, float au12)
            {
                var value =
                    lower == 0
                        ? open
                            + LidLift
                            + (0.35f * au[1])
                            + (0.35f * au[2])
                            - (0.5f * au[4])
                            - (1.5f * au7)
                            - (0.6f * au6)
                            - (0.05f * Gaze.Down)
                        : open - (2.6f * au7) - (2.2f * au6) - (0.6f * au12) - (1.0f * au[9]) + (0.03f * Gaze.Down);
                return Math.Max(lower == 0 ? 0.8f : -0.6f, value) * (1 - Blink);
            }
            return (
                Side(Sides(6).Left, Sides(7).Left, Sides(12).Left),
                Side(Sides(6).Right, Sides(7).Right, Sides(12).Right)
            );
        }
    }

    private static void Put(Span<(float, float)> motions, Motion motion, (float, float) value) =>
        motions[(int)motion] = value;

    private static (float, float) Scale((float Left, float Right) value, float by) =>
        (value.Left * by, value.Right * by);
}
