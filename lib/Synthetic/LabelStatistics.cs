using System.Text.Json;

namespace FanTrans.Synthetic;

/// <summary>
/// Aggregate label statistics of a real dataset, which the synthetic labels follow: data-manifests/synthfaces.json.
/// Lists go by <see cref="ActionUnits"/>; matrices are square in the same order.
/// </summary>
internal sealed record LabelStatistics
{
    /// <summary>FACS numbers, in the dataset's order.</summary>
    public required IReadOnlyList<int> ActionUnits { get; init; }

    /// <summary>How many people the dataset has.</summary>
    public required int Subjects { get; init; }

    /// <summary>Recordings of each of them.</summary>
    public required int Recordings { get; init; }

    /// <summary>Mean number of coded frames of a recording.</summary>
    public required int FramesPerRecording { get; init; }

    /// <summary>Share of frames with the action unit present.</summary>
    public required IReadOnlyList<double> Rates { get; init; }

    /// <summary>Correlation of the binary labels (φ).</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Phi { get; init; }

    /// <summary>Probability that an absent action unit is present in the next frame.</summary>
    public required IReadOnlyList<double> Onset { get; init; }

    /// <summary>Probability that a present action unit is absent in the next frame.</summary>
    public required IReadOnlyList<double> Offset { get; init; }

    /// <summary>Median length of an uninterrupted presence, frames.</summary>
    public required IReadOnlyList<double> MedianRun { get; init; }

    /// <summary>Mean length of an uninterrupted presence, frames.</summary>
    public required IReadOnlyList<double> MeanRun { get; init; }

    /// <summary>Standard deviation over subjects of their rates.</summary>
    public required IReadOnlyList<double> SubjectSpread { get; init; }

    /// <summary>
    /// Share of an action unit's latent variance between subjects, then in each of <see cref="TimeScales"/>; fitted
    /// by this kit to run lengths and spread.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<double>> Weights { get; init; }

    /// <summary>Time constants of the latent processes, frames.</summary>
    public IReadOnlyList<double> TimeScales { get; private init; } = [];

    /// <summary>The statistics of a dataset.</summary>
    /// <param name="profile">"bp4d" or "disfa".</param>
    /// <exception cref="ArgumentException">There are none of that name; the message lists them.</exception>
    public static LabelStatistics Load(string profile)
    {
        using var manifest = typeof(LabelStatistics).Assembly.GetManifestResourceStream("FanTrans.synthfaces.json")!;
        var file = JsonSerializer.Deserialize<StatisticsFile>(manifest, JsonSerializerOptions.Web)!;
        return file.Profiles.TryGetValue(profile, out var found)
            ? found with
            {
                TimeScales = file.TimeScales,
            }
            : throw new ArgumentException(
                $"there is no profile '{profile}'; known are {string.Join(", ", file.Profiles.Keys)}.",
                nameof(profile)
            );
    }

    private sealed record StatisticsFile
    {
        public required IReadOnlyList<double> TimeScales { get; init; }

        public required IReadOnlyDictionary<string, LabelStatistics> Profiles { get; init; }
    }
}
