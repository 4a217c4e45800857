using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>
/// The neutral face with closed eyes and lips: the features that all faces have, over the bare head of
/// <see cref="HeadNet"/>, and how a <see cref="FaceShape"/> moves them. Millimetres, in the bare head's coordinates.
/// </summary>
internal static class HeadShape
{
    /// <summary>Corners of the closed eye and of the closed mouth in the bare head's coordinates.</summary>
    public const float EyeInner = 16.5f,
        EyeOuter = 46,
        EyeMiddle = 31,
        MouthCorner = 25.5f,
        MouthY = 66;

    /// <summary>The eyeball's radius.</summary>
    public const float EyeRadius = 12.2f;

    private static readonly (float Y, float Height, float Width)[] Nose =
    [
        (-14, 0, 9),
        (-6, 3.2f, 9.5f),
        (2, 5.6f, 10.5f),
        (10, 10, 12.5f),
        (18, 15, 15),
        (26, 20.5f, 17.5f),
        (32, 24.3f, 19.5f),
        (36, 25.2f, 20.5f),
        (40, 22, 21),
        (43.5f, 14, 20.5f),
        (46, 7, 19),
        (49, 1.2f, 17),
        (53, 0, 16),
    ];

    /// <summary>Places every vertex of the neutral face.</summary>
    /// <param name="grid">The mesh.</param>
    /// <param name="s">The face's own form.</param>
    /// <param name="x">Results, one a vertex.</param>
    /// <param name="y">Results.</param>
    /// <param name="z">Results.</param>
    public static void Build(HeadGrid grid, FaceShape s, float[] x, float[] y, float[] z)
    {
        for (var i = 0; i < grid.Count; i++)
        {
            var (px, py, pz) = (grid.X[i], grid.Y[i], grid.Z[i]);
            Features(s, grid.X[i], grid.Y[i], grid.Z[i], ref px, ref py, ref pz);
            Proportions(s, grid.X[i], grid.Y[i], grid.Z[i], ref px, ref py, ref pz);
            (x[i], y[i], z[i]) = (px, py, pz);
        }
    }

    /// <summary>Where the middle of an eyeball lies for a face.</summary>
    /// <param name="s">The face's form.</param>
    /// <param name="side">-1 at the picture's left, 1 at its right.</param>
    public static (float X, float Y, float Z) EyeCentre(FaceShape s, int side)
    {
        float x = side * EyeMiddle,
            y = -1.2f,
            z = 63.6f - (1.2f * s.EyeDepth);
        Proportions(s, side * EyeMiddle, 0, 78, ref x, ref y, ref z);
        return (x, y, z);
    }

    /// <summary>Where a place of the bare head goes with a face's proportions, its features left out.</summary>
    public static (float X, float Y, float Z) Carry(FaceShape s, float x, float y, float z)
    {
        var (fx, fy, fz) = (x, y, z);
        Proportions(s, fx, fy, fz, ref x, ref y, ref z);
        return (x, y, z);
    }

    private static void Features(FaceShape s, float fx, float fy, float fz, ref float x, ref float y, ref float z)
    {
        var ax = Math.Abs(fx);
        if (fz < 20 || fy < -70 || fy > 130)
            return;

        // Nose: a ridge whose height and width change downwards, its wings and nostrils.
        if (fy is > -14 and < 53 && ax < 32)
        {
            var k = 1;
            while (Nose[k].Y < fy)
                k++;
            var t = (fy - Nose[k - 1].Y) / (Nose[k].Y - Nose[k - 1].Y);
            var height = Lerp(Nose[k - 1].Height, Nose[k].Height, t);
            var width = Lerp(Nose[k - 1].Width, Nose[k].Width, t);
            var bridge = Smooth(30, 2, fy);
            height *= 1 + (0.11f * s.NoseHeight);
            height += bridge * Smooth(-14, -2, fy) * 2.2f * s.NoseBridge;
            height += 1.5f * s.NoseHump * Hill(0, fy, 0, 13, 1, 13);
            height *= 1 + (0.05f * s.NoseTip * Smooth(24, 36, fy));
            width *= 1 + (0.05f * s.NoseWidth) - (0.07f * s.NoseHeight * bridge);
            z += height * Hill(ax / width * (ax / width));
        }
        var wing = 13.6f;
        z += (5.6f + (0.5f * s.NoseWidth)) * Hill(ax, fy, wing, 40.2f, 7, 7.5f);
        z -= 2.2f * Hill(ax, fy, 20.5f, 38.5f, 5, 8);
        z -= 6.5f * Hill(ax, fy, 6.6f, 47.2f, 5.5f, 4);

        // Sockets: deep at the inner corner, shallow at the outer; the ridge of the brow above.
        z -= 8.5f * Hill(ax, fy, 15.5f, 0, 13, 13);
        z -= (3 + (1.0f * s.EyeDepth)) * Hill(ax, fy, 29, -4, 24, 17);
        z -= 1.5f * Hill(ax, fy, 27, 11, 17, 10);
        z += (2.4f + (1.3f * s.BrowRidge)) * Hill(ax, fy, 27, -19, 26, 12);
        z += (1.2f + (0.8f * s.BrowRidge)) * Hill(fx, fy, 0, -17, 16, 16);
        z += 1.2f * Hill(ax, fy, 24, -42, 30, 24);

        // Cheeks, and the folds from nose to mouth and from mouth to chin.
        z += (1.6f + (1.0f * s.Cheekbones)) * Hill(ax, fy, 43, 22, 26, 20);
        var fold = FoldDistance(ax, fy);
        z +=
            (0.9f + (1.6f * s.Age) + (0.5f * s.Fullness))
            * Hill((fold - 6) / 11 * ((fold - 6) / 11))
            * Hill(0, fy, 0, 54, 1, 22);
        z -= (0.5f + (1.3f * s.Age)) * Hill(fold / 4 * (fold / 4)) * Hill(0, fy, 0, 54, 1, 22);
        z -= 1.5f * s.Age * Hill(ax, fy, 32, 78, 7, 14);
        z -= (1.2f * Math.Max(0, s.Age - 0.4f) + (0.8f * Math.Max(0, -s.Fullness))) * Hill(ax, fy, 42, 52, 20, 22);

        // Lips: the red of each is a roll; between them a valley; the groove of the philtrum.
        var corner = ax / (MouthCorner + 1);
        var taper = Hill(corner * corner);
        var wide = 1 - Math.Clamp(corner * corner * corner, 0, 1);
        if (fy is > 44 and < 90 && ax < 34)
        {
            var upper = Hill((fy - 61.2f) / 6.2f * ((fy - 61.2f) / 6.2f));
            var lower = Hill((fy - 71.2f) / 6.6f * ((fy - 71.2f) / 6.6f));
            z += (3.6f + (0.9f * s.UpperLip)) * upper * MathF.Sqrt(taper);
            z += (4.6f + (0.9f * s.LowerLip)) * lower * MathF.Sqrt(taper);
            z -= 2.6f * Hill((fy - MouthY) / 3.2f * ((fy - MouthY) / 3.2f)) * wide;
            z -= 1.4f * Hill(fx, fy, 0, 53, 4.5f, 7);
            z += 1.1f * Hill(ax, fy, 6, 54, 3.6f, 7);
            z -= 2.4f * Hill(ax, fy, 27.5f, 66.5f, 6, 6);
            // The arch of the red's upper edge, and fuller lips push the edges apart.
            y -= (1.1f * s.UpperLip) * Hill((fy - 58) / 7 * ((fy - 58) / 7)) * taper;
            y += (1.2f * s.LowerLip) * Hill((fy - 75) / 8 * ((fy - 75) / 8)) * taper;
            var bow = (1 + (0.35f * s.LipArch)) * Hill((fy - 58) / 8 * ((fy - 58) / 8));
            y += bow * (1.3f * Hill(ax / 5 * (ax / 5)) - (0.6f * Hill((ax - 6) / 5 * ((ax - 6) / 5))));
            y +=
                0.9f
                * Hill((fy - MouthY) / 6 * ((fy - MouthY) / 6))
                * (Hill(ax / 9 * (ax / 9)) - (0.9f * Hill((ax - 14) / 10 * ((ax - 14) / 10))));
        }
        z -= 1.6f * Hill(fx, fy, 0, 83, 22, 6);

        // Chin: a boss, sometimes with a dimple's hint.
        z += 2 * Hill(fx, fy, 0, 101, 17, 13);
    }

    private static void Proportions(FaceShape s, float fx, float fy, float fz, ref float x, ref float y, ref float z)
    {
        var ax = Math.Abs(fx);
        var side = Math.Clamp(fx / 6, -1, 1);
        var front = Smooth(0, 40, fz);
        if (fy < 120)
            x *= 1 + (0.035f * s.Width * Smooth(150, 60, fy));
        var jaw = Smooth(30, 80, fy) * Smooth(150, 112, fy);
        x *= 1 + (0.055f * s.JawWidth * jaw);
        // Soft tissue over cheeks and under the jaw.
        var flesh = Hill(ax, fy, 48, 62, 40, 44);
        x += side * 3.2f * s.Fullness * flesh;
        z += 1.6f * s.Fullness * flesh * front;
        y += 3.5f * Math.Max(0, s.Fullness + s.Age) * Hill(ax, fy, 30, 112, 50, 22);
        x += side * 2.5f * s.Cheekbones * Hill(ax, fy, 58, 18, 26, 26);

        var chin = Smooth(78, 104, fy) * Smooth(150, 116, fy) * front;
        y += 4.2f * s.ChinLength * chin * Hill(ax / 70 * (ax / 70));
        z += 3 * s.ChinForward * chin * Hill(ax / 50 * (ax / 50));
        x += side * 3 * s.ChinWidth * Hill(ax, fy, 20, 104, 26, 18);

        z -= 5 * s.ForeheadSlope * Smooth(-25, -95, fy) * front;

        // Brows and eyes.
        y -= 3.0f * s.BrowHeight * Hill(ax, fy, 30, -24, 38, 16);
        y -= 2.0f * s.BrowTilt * Hill(ax, fy, 46, -22, 22, 15);
        var eye = Hill(ax, fy, EyeMiddle, 0, 30, 26);
        x += side * 1.7f * s.EyeSpacing * eye;
        x += 1.1f * s.EyeWidth * eye * Math.Clamp((ax - EyeMiddle) / 14, -1, 1) * side;
        y -= 1.7f * s.EyeTilt * Hill(ax, fy, EyeOuter, 0, 20, 14);

        // Nose and mouth.
        y += 2.6f * s.NoseLength * Hill(ax, fy, 0, 40, 32, 28);
        x += side * 2.2f * s.NoseWidth * Hill(ax, fy, 15, 40, 15, 15);
        y -= 1.6f * s.NoseTip * Hill(ax, fy, 0, 37, 14, 14);
        x += side * 2.6f * s.MouthWidth * Hill(ax, fy, 27, 66, 24, 18);
        y += 2.2f * s.MouthHeight * Hill(ax, fy, 0, 67, 50, 20);
        z += 2.2f * s.MouthForward * Hill(ax, fy, 0, 66, 40, 26);
        y -= 1.6f * s.MouthCurve * Hill(ax, fy, 27, 66, 14, 14);

        var neck = Smooth(104, 135, fy) * Smooth(60, 30, fz);
        x *= 1 + (0.08f * s.NeckWidth * neck);

        // No face is the same on both sides.
        y +=
            s.Crooked
            * (
                0.9f * Hill(fx, fy, 28, 66, 22, 16)
                - (0.8f * Hill(fx, fy, -32, -22, 26, 14))
                + (0.5f * Hill(fx, fy, 31, 0, 20, 14))
            );
        x += s.Crooked * 1.2f * Hill(fx, fy, 0, 36, 26, 22);
    }

    /// <summary>Distance from the nasolabial line, positive on the cheek's side:
    /// from the wing to beside the mouth's corner.</summary>
    internal static float FoldDistance(float ax, float fy)
    {
        var line = 18.5f + (0.44f * (fy - 38));
        return (ax - line) * 0.91f;
    }
}
