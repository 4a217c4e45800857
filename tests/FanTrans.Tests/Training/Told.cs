using FanTrans.Training;

namespace FanTrans.Tests.Training;

/// <summary>Does something with every report, at once.</summary>
internal sealed class Told(Action<TrainingProgress> action) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => action(value);
}
