using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanTrans.Data;

/// <summary>
/// Everything that was found about a licensed folder while it was prepared: collected, not thrown, so that one run
/// tells it all. Several threads may add at once; the order of the result depends on what was found alone.
/// </summary>
public sealed class PreparationReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private readonly Lock gate = new();
    private readonly List<Problem> problems = [];

    /// <summary>Adds a finding.</summary>
    /// <param name="problem">What was found.</param>
    internal void Add(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        lock (gate)
            problems.Add(problem);
    }

    /// <summary>Adds findings.</summary>
    /// <param name="problems">What was found.</param>
    internal void Add(IEnumerable<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        foreach (var problem in problems)
            Add(problem);
    }

    /// <summary>All findings by kind, subject, sequence and frame.</summary>
    internal IReadOnlyList<Problem> Problems
    {
        get
        {
            lock (gate)
            {
                return
                [
                    .. problems
                        .OrderBy(p => p.Kind)
                        .ThenBy(p => p.Subject, StringComparer.Ordinal)
                        .ThenBy(p => p.Sequence, StringComparer.Ordinal)
                        .ThenBy(p => p.FirstFrame ?? -1)
                        .ThenBy(p => p.Detail, StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>Whether anything is wrong that the manifest does not know of.</summary>
    public bool HasProblems => Problems.Any(p => !p.IsNote);

    /// <summary>Whether something is wrong with what was to be read, and not only lacking.</summary>
    public bool HasFaults => Problems.Any(p => p.IsFault);

    /// <summary>How many things are wrong of a kind, those that the manifest knows of included.</summary>
    /// <param name="kind">The kind.</param>
    internal int Count(ProblemKind kind) => Problems.Where(p => p.Kind == kind).Sum(p => p.Count);

    /// <summary>The report as JSON: for each kind its count and every finding,
    /// with its place, frames and detail.</summary>
    public string ToJson()
    {
        var problems = Problems;
        return JsonSerializer.Serialize(
            new Document(
                problems.Where(p => !p.IsNote).Sum(p => p.Count),
                problems.Where(p => p.IsNote).Sum(p => p.Count),
                [
                    .. problems
                        .GroupBy(p => p.Kind)
                        .Select(g => new Section(g.Key, g.Sum(p => p.Count), [.. g.Select(Finding.Of)])),
                ]
            ),
            Json
        );
    }

    /// <summary>Reads <see cref="ToJson"/>'s text.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidDataException">It is no report.</exception>
    public static PreparationReport Parse(string json)
    {
        var report = new PreparationReport();
        try
        {
            var document = JsonSerializer.Deserialize<Document>(json, Json) ?? throw new JsonException("it is null");
            foreach (var section in document.Kinds)
                report.Add(section.Findings.Select(f => f.ToProblem(section.Kind)));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"expected a preparation report: {error.Message}", error);
        }
        return report;
    }

    /// <summary>Lines for people: each kind with its count and a few examples.</summary>
    /// <param name="examples">Examples of each kind, at least 1.</param>
    public IEnumerable<string> Lines(int examples = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        foreach (
            var group in Problems.GroupBy(p => (p.IsNote, p.Kind)).OrderBy(g => g.Key.IsNote).ThenBy(g => g.Key.Kind)
        )
        {
            var title = JsonNamingPolicy.KebabCaseLower.ConvertName(group.Key.Kind.ToString()).Replace('-', ' ');
            yield return $"{group.Sum(p => p.Count)} x {title}{(group.Key.IsNote ? " (note)" : "")}";
            foreach (var problem in group.Take(examples))
                yield return "    "
                    + string.Join(": ", new[] { problem.Where, problem.Detail }.Where(s => s.Length > 0));
            if (group.Count() > examples)
                yield return $"    and {group.Count() - examples} more places";
        }
    }

    private sealed record Document(int Problems, int Notes, IReadOnlyList<Section> Kinds);

    private sealed record Section(ProblemKind Kind, int Count, IReadOnlyList<Finding> Findings);

    private sealed record Finding(string Subject, string Sequence, int[]? Frames, int Count, bool Known, string Detail)
    {
        public static Finding Of(Problem p) =>
            new(
                p.Subject,
                p.Sequence,
                p.FirstFrame is { } first ? [first, p.LastFrame ?? first] : null,
                p.Count,
                p.Known,
                p.Detail
            );

        public Problem ToProblem(ProblemKind kind) =>
            new(kind, Subject, Sequence, Detail)
            {
                FirstFrame = Frames?[0],
                LastFrame = Frames?[1],
                Count = Count,
                Known = Known,
            };
    }
}
