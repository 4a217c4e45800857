using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>The values of an occurrence label, as BP4D codes them.</summary>
public static class Labels
{
    /// <summary>The action unit is not visible or was not coded: 9. Left out of every metric and loss.</summary>
    public const sbyte Unknown = LabelRule.Unknown;

    /// <summary>True for 0 and 1, false for <see cref="Unknown"/>.</summary>
    /// <param name="label">The label.</param>
    /// <param name="frame">The frame it belongs to, for the message.</param>
    /// <exception cref="ArgumentException">The label is none of 0, 1 and 9.</exception>
    public static bool IsKnown(sbyte label, int frame) =>
        label switch
        {
            0 or 1 => true,
            Unknown => false,
            _ => throw new ArgumentException($"label of frame {frame}: expected 0, 1 or {Unknown}, found {label}."),
        };

    /// <summary>Share of present frames among the known ones of each action unit.</summary>
    /// <param name="labels">One row per frame, N labels each.</param>
    /// <param name="units">N, the number of action units.</param>
    /// <returns>N rates, 0 to 1; NaN for an action unit without a known frame.</returns>
    /// <exception cref="ArgumentException">A row has not N labels, or a label is none of 0, 1 and 9.</exception>
    public static double[] Rates(IEnumerable<sbyte[]> labels, int units)
    {
        var present = new long[units];
        var known = new long[units];
        var frame = 0;
        foreach (var row in labels)
        {
            if (row.Length != units)
                throw new ArgumentException(
                    $"frame {frame}: expected {units} labels, found {row.Length}.",
                    nameof(labels)
                );
            for (var n = 0; n < units; n++)
            {
                if (!IsKnown(row[n], frame))
                    continue;
                known[n]++;
                present[n] += row[n];
            }
            frame++;
        }
        return [.. present.Zip(known, (p, k) => k == 0 ? double.NaN : (double)p / k)];
    }
}
