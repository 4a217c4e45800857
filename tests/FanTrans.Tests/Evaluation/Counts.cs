using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

internal static class Counts
{
    extension(BinaryCounts)
    {
        /// <summary>The counts of both sets of frames together.</summary>
        public static BinaryCounts operator +(BinaryCounts a, BinaryCounts b) =>
            new(
                a.TruePositives + b.TruePositives,
                a.FalsePositives + b.FalsePositives,
                a.FalseNegatives + b.FalseNegatives,
                a.TrueNegatives + b.TrueNegatives
            );
    }
}
