using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// What a face does besides its labelled action units, drawn anew for every picture and widely: turns, gaze, lids, and
/// mouths pursed, stretched or wide open, which no label tells.
/// </summary>
internal static class WideBehaviour
{
    public static FaceMotion Draw(ref SeededRandom r, Dictionary<int, double> intensities, Person person)
    {
        var turn = r.Chance(0.4) ? 0.35f : 1;
        var motion = new FaceMotion
        {
            Pose = new FacePose(
                Math.Clamp(20 * turn * Person.Normal(ref r), -50, 50),
                Math.Clamp(9 * turn * Person.Normal(ref r), -28, 28),
                Math.Clamp(6 * turn * Person.Normal(ref r), -20, 20)
            ),
            LidLift = 0.8f * Person.Normal(ref r),
            Pupil = (float)r.Uniform(1.2, 3.2),
            Gaze = (Math.Clamp(10 * Person.Normal(ref r), -28, 28), Math.Clamp(6 * Person.Normal(ref r), -16, 18)),
        };
        for (var k = 0; k < RenderedUnits.All.Count; k++)
        {
            var unit = RenderedUnits.All[k];
            var uneven = (unit is 14 or 12 or 10 or 2 ? 0.16f : 0.08f) * (r.Chance(0.08) ? 4 : 1);
            motion.Asymmetry[k] = Math.Clamp(uneven * Person.Normal(ref r), -0.6f, 0.6f);
            motion[unit] = Math.Min(
                1.25f,
                FaceMotion.StrengthOf((float)intensities[unit])
                    * person.Expressivity
                    * (float)(intensities[unit] > 5 ? 1.15 : 1)
            );
        }
        // Raised lids go with raised brows in surprise and fear; a wide jaw with a bold drop.
        if (r.Chance(intensities[1] >= 1 && intensities[2] >= 1 ? 0.5 : 0.06))
            motion.LidLift += (float)r.Uniform(0.8, 2.8);
        if (intensities[26] >= 3 && r.Chance(0.5))
            motion[26] = (float)r.Uniform(1, 1.9);
        if (intensities[25] >= 1 && intensities[12] >= 1 && r.Chance(0.5))
            motion[25] = Math.Max(motion[25], (float)r.Uniform(0.7, 1.5));
        motion.Blink =
            r.Chance(0.05) ? (float)r.Uniform(0.6, 1)
            : r.Chance(0.1) ? (float)r.Uniform(0, 0.6)
            : 0;
        if (intensities[12] < 1)
            motion.Pucker = r.Chance(0.12) ? (float)r.Uniform(0.2, 1) : 0;
        if (motion.Pucker == 0)
            motion.Stretch = r.Chance(0.1) ? (float)r.Uniform(0.2, 1) : 0;
        return motion;
    }
}
