using TorchSharp;

namespace FanTrans.Training;

/// <summary>
/// PyTorch's processor threads. Its library uses one unless told, and should be told once, before the first heavy
/// operation; the number also fixes the order of its sums, so bits repeat only for the same number.
/// </summary>
public static class TorchThreads
{
    private static readonly Lock Gate = new();

    /// <summary>Threads in use; 0 before the first <see cref="Use"/>.</summary>
    public static int Count { get; private set; }

    /// <summary>Sets the number of threads. Without a number: what was set before, or else one a processor.</summary>
    /// <param name="count">At least 1, or null.</param>
    public static void Use(int? count = null)
    {
        if (count is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(count));
        lock (Gate)
        {
            var wanted = count ?? (Count > 0 ? Count : Environment.ProcessorCount);
            if (wanted == Count)
                return;
            torch.set_num_threads(wanted);
            Count = wanted;
        }
    }
}
