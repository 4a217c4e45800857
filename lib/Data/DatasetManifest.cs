namespace FanTrans.Data;

/// <summary>
/// What a licensed dataset is: where to apply for it, how it lies on disk, its action units, and who is tested on
/// by each published system. Facts come from the datasets' papers and the systems' public lists, named in the file.
/// </summary>
public sealed record DatasetManifest
{
    /// <summary>The name on the command line, for example "bp4d".</summary>
    public required string Name { get; init; }

    /// <summary>The name in print.</summary>
    public required string Title { get; init; }

    /// <summary>What it holds.</summary>
    public required string Description { get; init; }

    /// <summary>The paper to cite.</summary>
    public required string Reference { get; init; }

    /// <summary>The page to ask for the data at.</summary>
    public required string Apply { get; init; }

    /// <summary>Its licence in a line.</summary>
    public required string Licence { get; init; }

    /// <summary>FACS numbers in the order of every label and of every published table.</summary>
    public required IReadOnlyList<int> ActionUnits { get; init; }

    /// <summary>What the values in its label files mean.</summary>
    public required LabelRule Labels { get; init; }

    /// <summary>Where its files are.</summary>
    public required DatasetLayout Layout { get; init; }

    /// <summary>The recordings of each subject.</summary>
    public required IReadOnlyList<string> Sequences { get; init; }

    /// <summary>Subjects that are always tested together, by the part's name: P1, P2, P3.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Parts { get; init; }

    /// <summary>Each published system's numbering of the folds, by its name.</summary>
    public required IReadOnlyDictionary<string, ProtocolFolds> Protocols { get; init; }

    /// <summary>How many frames each published system uses, by its name; the first counts every coded frame.</summary>
    public required IReadOnlyDictionary<string, FrameList> FrameLists { get; init; }

    /// <summary>What is known to be wrong in the data as it is given out.</summary>
    public required IReadOnlyList<KnownDefect> Defects { get; init; }

    /// <summary>Every subject, sorted.</summary>
    public IReadOnlyList<string> Subjects => [.. Parts.Values.SelectMany(p => p).Order(StringComparer.Ordinal)];

    /// <summary>A manifest of the library: "bp4d" or "disfa".</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists them.</exception>
    public static DatasetManifest Load(string name) =>
        name is "bp4d" or "disfa"
            ? ManifestFile.Embedded<DatasetManifest>(name)
            : throw new ArgumentException($"expected the dataset bp4d or disfa, found '{name}'.", nameof(name));

    /// <summary>A manifest from a file, of the same form as data-manifests/bp4d.json.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A field is missing, unknown or wrong;
    /// the message names file and field.</exception>
    public static DatasetManifest Read(string path)
    {
        var manifest = ManifestFile.Read<DatasetManifest>(path);
        if (manifest.Contradictions().ToArray() is { Length: > 0 } wrong)
            throw new InvalidDataException(string.Join(Environment.NewLine, wrong.Select(w => $"{path}: {w}.")));
        return manifest;
    }

    /// <summary>The part of a subject, for example "P1".</summary>
    /// <param name="subject">The subject, for example "F001".</param>
    /// <exception cref="ArgumentException">The dataset has no such subject.</exception>
    public string PartOf(string subject) =>
        Parts.FirstOrDefault(p => p.Value.Contains(subject)).Key
        ?? throw new ArgumentException($"{Title} has no subject '{subject}'.", nameof(subject));

    /// <summary>The folds as a published system numbers them.</summary>
    /// <param name="name">The system: "jaa-net", "me-graphau" or "au-net".</param>
    /// <exception cref="ArgumentException">The manifest has no such system; the message lists them.</exception>
    public Protocol Protocol(string name) =>
        Protocols.TryGetValue(name, out var folds)
            ? new Protocol(name, folds.TestParts, [.. folds.TestParts.Select(p => Parts[p])])
            : throw new ArgumentException(
                $"{Title} has no protocol '{name}'; it has {string.Join(", ", Protocols.Keys)}.",
                nameof(name)
            );

    /// <summary>Whether a problem with a frame is one that the data has as it is given out.</summary>
    /// <param name="kind">What is wrong.</param>
    /// <param name="key">The frame.</param>
    public bool IsKnown(DefectKind kind, FaceKey key) => Defects.Any(d => d.Kind == kind && d.Covers(key));

    /// <summary>What a schema cannot say: that the parts of the file agree with each other.</summary>
    private IEnumerable<string> Contradictions()
    {
        if (ActionUnits.Count == 0 || ActionUnits.Distinct().Count() < ActionUnits.Count)
            yield return "actionUnits: expected each of at least one action unit once";
        foreach (var unknown in ActionUnits.Where(unit => !FanTrans.ActionUnits.IsValid(unit)))
            yield return $"actionUnits: expected FACS numbers, 1 to 99, found {unknown}";
        foreach (
            var name in Parts
                .Values.SelectMany(p => p)
                .Concat(Sequences)
                .Where(n => n.Length == 0 || n.AsSpan().ContainsAny("/\\\0"))
        )
            yield return $"parts, sequences: expected names of folders, found \"{Printable.Of(name)}\"";
        if (
            Labels.Kind is LabelKind.Intensity
            && (Labels.Maximum is not { } top || Labels.PresentFrom is not { } from || from > top)
        )
            yield return "labels: an intensity needs 'maximum' and 'presentFrom', the second at most the first";
        foreach (var subject in Parts.Values.SelectMany(p => p).GroupBy(s => s).Where(g => g.Count() > 1))
            yield return $"parts: subject {subject.Key} is in {subject.Count()} of them";
        foreach (var (name, protocol) in Protocols)
        {
            for (var i = 0; i < protocol.TestParts.Count; i++)
            {
                if (!Parts.ContainsKey(protocol.TestParts[i]))
                    yield return $"protocols.{name}.testParts[{i}]: expected one of {string.Join(", ", Parts.Keys)}, "
                        + $"found \"{protocol.TestParts[i]}\"";
            }
            if (Parts.Keys.FirstOrDefault(p => !protocol.TestParts.Contains(p)) is { } untested)
                yield return $"protocols.{name}.testParts: no fold tests on {untested}";
        }
        var subjects = Subjects.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, list) in FrameLists)
        {
            foreach (var stranger in list.BySubject.Keys.Where(s => !subjects.Contains(s)))
                yield return $"frameLists.{name}.bySubject: {stranger} is in no part";
            foreach (var (part, members) in Parts)
            {
                var sum = members.Sum(s => list.BySubject.GetValueOrDefault(s));
                if (list.ByPart.GetValueOrDefault(part) != sum)
                    yield return $"frameLists.{name}.byPart.{part}: expected {sum}, the sum of its subjects, found "
                        + $"{list.ByPart.GetValueOrDefault(part)}";
            }
            if (list.Frames != list.ByPart.Values.Sum())
                yield return $"frameLists.{name}.frames: expected {list.ByPart.Values.Sum()}, the sum of the parts, "
                    + $"found {list.Frames}";
            foreach (var (part, counts) in list.Positives ?? new Dictionary<string, IReadOnlyList<int>>())
            {
                if (!Parts.ContainsKey(part) || counts.Count != ActionUnits.Count)
                    yield return $"frameLists.{name}.positives.{part}: expected a known part and {ActionUnits.Count} "
                        + $"counts, found {counts.Count}";
            }
        }
        for (var i = 0; i < Defects.Count; i++)
        {
            if (!subjects.Contains(Defects[i].Subject))
                yield return $"defects[{i}].subject: {Defects[i].Subject} is in no part";
            if (Defects[i].Sequence != KnownDefect.EverySequence && !Sequences.Contains(Defects[i].Sequence))
                yield return $"defects[{i}].sequence: expected one of {string.Join(", ", Sequences)} or *, found "
                    + $"\"{Defects[i].Sequence}\"";
            foreach (var range in Defects[i].Frames.Where(r => r is not [var first, var last] || first > last))
                yield return $"defects[{i}].frames: expected ranges [first, last], found [{string.Join(", ", range)}]";
        }
    }
}
