using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>What a person does over a recording besides the labelled action units:
/// turning, looking, blinking.</summary>
internal static class Behaviour
{
    /// <summary>
    /// Action units that the profile does not label, each drawn from what it goes along with and from a course of its
    /// own: number, rate, and shares of other action units' hidden values. Chosen by this kit.
    /// </summary>
    private static readonly (int Unit, double Rate, (int With, double Share)[] From)[] Companions =
    [
        (25, 0.32, [(12, 0.45), (10, 0.30), (24, -0.35), (17, -0.15)]),
        (26, 0.16, [(25, 0.55)]),
        (9, 0.05, [(4, 0.40), (7, 0.20), (10, 0.15)]),
        (7, 0.18, [(6, 0.50), (4, 0.25), (9, 0.20)]),
        (10, 0.12, [(12, 0.30), (9, 0.35), (25, 0.20)]),
        (14, 0.14, [(12, 0.20)]),
        (15, 0.07, [(4, 0.15), (12, -0.20)]),
        (17, 0.12, [(15, 0.45), (25, -0.30)]),
        (23, 0.06, [(25, -0.30)]),
        (24, 0.06, [(25, -0.45), (17, 0.25)]),
    ];

    public static void AddUnlabelled(
        long seed,
        int subject,
        int recording,
        int time,
        Dictionary<int, double> values,
        Dictionary<int, double> intensities,
        IntensityScale scale
    )
    {
        foreach (var (unit, rate, from) in Companions)
        {
            if (values.ContainsKey(unit))
                continue;
            double value = 0,
                own = 1;
            foreach (var (with, share) in from)
            {
                if (!values.TryGetValue(with, out var other))
                    continue;
                value += share * other;
                own -= share * share;
            }
            var r = new SeededRandom(seed, 0xC09, subject, recording, unit);
            value +=
                Math.Sqrt(Math.Max(0.1, own))
                * ((0.6 * Person.Normal(ref r)) + (1.5 * Noise.Value(time / 30f, unit, (uint)r.NextBits())));
            values[unit] = value;
            intensities[unit] = scale.At(value, Quantile(rate));
        }
    }

    /// <summary>The whole state of a face at a time of a recording.</summary>
    public static FaceMotion At(
        long seed,
        int subject,
        int recording,
        int time,
        Person person,
        Dictionary<int, double> intensities
    )
    {
        var r = new SeededRandom(seed, 0xBEA, subject, recording);
        var course = (uint)r.NextBits();
        float Drift(int which, float pace) => Noise.Fractal((time / pace) + (which * 53.7f), which, 2, course);

        var liveliness = r.Chance(0.3) ? 1.0f : 0.45f;
        var (yaw, pitch, roll) = (
            9 * Person.Normal(ref r) * liveliness,
            5 * Person.Normal(ref r) * liveliness,
            3 * Person.Normal(ref r)
        );
        var motion = new FaceMotion
        {
            Pose = new FacePose(
                Math.Clamp(yaw + (34 * liveliness * Drift(0, 70)), -35, 35),
                Math.Clamp(pitch + (18 * liveliness * Drift(1, 60)), -20, 20),
                Math.Clamp(roll + (14 * liveliness * Drift(2, 80)), -15, 15)
            ),
            LidLift = 0.9f * Drift(5, 50),
            Pupil = (float)r.Uniform(1.5, 2.8),
        };
        // Eyes stay on something for a while, then jump; mostly they make up for the head's turn.
        var glance = new SeededRandom(seed, 0x6A2E, subject, recording, time / 22);
        motion.Gaze = (
            Math.Clamp((9 * Person.Normal(ref glance)) - (0.5f * motion.Pose.Yaw), -28, 28),
            Math.Clamp((5 * Person.Normal(ref glance)) - (0.5f * motion.Pose.Pitch), -16, 18)
        );
        // A blink every few seconds, some six frames long.
        var since = time % 90;
        var blink = new SeededRandom(seed, 0xB11, subject, recording, time / 90);
        var start = blink.Below(84);
        if (since >= start && since < start + 6)
            motion.Blink = 1 - (Math.Abs(since - start - 2.5f) / 3.5f);

        var habits = new SeededRandom(seed, 0x4AB, subject);
        for (var k = 0; k < RenderedUnits.All.Count; k++)
        {
            var unit = RenderedUnits.All[k];
            // Smirks and single dimples are common; brows and jaw move evenly.
            var uneven = unit is 14 or 12 or 10 or 2 ? 0.16f : 0.08f;
            motion.Asymmetry[k] = Math.Clamp(uneven * Person.Normal(ref habits), -0.5f, 0.5f);
            if (intensities.TryGetValue(unit, out var intensity) && intensity > 0)
                motion[unit] = Math.Min(1.15f, FaceMotion.StrengthOf((float)intensity) * person.Expressivity);
        }
        return motion;
    }

    /// <summary>The value that a standard normal variable exceeds with a probability, by bisection.</summary>
    private static double Quantile(double probability)
    {
        double low = -5,
            high = 5;
        for (var step = 0; step < 40; step++)
        {
            var middle = (low + high) / 2;
            if (IntensityScale.Tail(middle) > probability)
                low = middle;
            else
                high = middle;
        }
        return low;
    }
}
