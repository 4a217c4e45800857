using System.Text.Json;
using System.Text.Json.Nodes;

namespace FanTrans.Training.Experiments;

/// <summary>One experiment of a sweep.</summary>
/// <param name="Number">Its place, from 0: the index of an array job.</param>
/// <param name="Name">Its folder's name, made of what the sweep varies.</param>
/// <param name="Varied">What the sweep varies, by option path.</param>
/// <param name="Options">All of its options.</param>
public sealed record SweepCell(
    int Number,
    string Name,
    IReadOnlyDictionary<string, string> Varied,
    ExperimentOptions Options
);

/// <summary>
/// Experiments as a small JSON file: <c>preset</c> names what all start from, else it is
/// <see cref="ExperimentOptions.Small"/>; <c>base</c> has options by path; <c>grid</c> has lists of values, all of
/// which are combined; <c>cells</c> lists sets of options, each of which is combined with the grid.
/// <code>
/// { "preset": "Ablation",
///   "base": { "Data": "synthfaces", "Training.Epochs": 5 },
///   "cells": [ { "Model.AttentionDrop": "None" }, { "Model.AttentionDrop": "Learnable", "Model.InitialKeep": 0.8 } ],
///   "grid": { "Seed": [1, 2, 3], "Fold": [1, 2, 3] } }
/// </code>
/// </summary>
public sealed class Sweep
{
    private Sweep(string path, IReadOnlyList<SweepCell> cells) => (Path, Cells) = (path, cells);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Every experiment, the grid's last list varying fastest.</summary>
    public IReadOnlyList<SweepCell> Cells { get; }

    /// <summary>Reads a sweep and checks every experiment's options.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file, names an unknown option,
    /// or two cells are the same.</exception>
    public static Sweep Load(string path)
    {
        JsonObject file;
        try
        {
            var documentOptions = new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                AllowDuplicateProperties = false,
            };
            file =
                JsonNode.Parse(File.ReadAllText(path), documentOptions: documentOptions) as JsonObject
                ?? throw new InvalidDataException($"{path}: expected a JSON object with preset, base, cells and grid.");
            if (
                file.Select(f => f.Key).FirstOrDefault(k => k is not ("preset" or "base" or "cells" or "grid")) is
                { } unknown
            )
                throw new InvalidDataException($"{path}: expected preset, base, cells and grid, found {unknown}.");
            (string, string)[][] sets = file["cells"] is { } given
                ? [.. Items("cells", given).Select(cell => Fields(cell))]
                :
                [
                    [],
                ];
            foreach (var (option, values) in (file["grid"] ?? new JsonObject()).AsObject())
            {
                var list = Items(option, values).Select(OptionFields.Plain).ToArray();
                var name = OptionFields.Spelled<ExperimentOptions>(option);
                sets = [.. sets.SelectMany(_ => list, (set, value) => ((string, string)[])[.. set, (name, value)])];
            }
            foreach (var option in sets.SelectMany(set => set.GroupBy(s => s.Item1)).Where(g => g.Count() > 1))
                throw new ArgumentException($"{option.Key}: expected it once, in cells or in grid, found it twice.");
            var start = file["preset"] is { } preset
                ? OptionFields.Preset<ExperimentOptions>(OptionFields.Plain(preset))
                : ExperimentOptions.Small;
            foreach (var (option, value) in Fields(file["base"] ?? new JsonObject()))
                start = OptionFields.With(start, option, value);
            var cells = sets.Select(
                    (set, number) =>
                        new SweepCell(
                            number,
                            Name(set),
                            set.ToDictionary(s => s.Item1, s => s.Item2),
                            set.Aggregate(start, (options, s) => OptionFields.With(options, s.Item1, s.Item2))
                                .Validate()
                        )
                )
                .ToArray();
            if (cells.FirstOrDefault(c => c.Options.Data.Length == 0) is { } nameless)
                throw new InvalidDataException(
                    $"{path}: {nameless.Name} has no Data; expected a dataset's folder or registered name."
                );
            if (cells.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
                throw new InvalidDataException($"{path}: {twice.Key} is there twice.");
            return new Sweep(path, cells);
        }
        catch (Exception error) when (error is ArgumentException or JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>A cell's folder.</summary>
    /// <param name="output">The sweep's folder.</param>
    /// <param name="cell">The cell.</param>
    public static string FolderOf(string output, SweepCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return System.IO.Path.Combine(output, cell.Name);
    }

    /// <summary>Whether a cell's experiment is done.</summary>
    /// <param name="output">The sweep's folder.</param>
    /// <param name="cell">The cell.</param>
    public static bool IsDone(string output, SweepCell cell) => Experiment.IsDone(FolderOf(output, cell));

    /// <summary>The items of a list. An empty one would leave no experiment at all.</summary>
    private static IEnumerable<JsonNode> Items(string name, JsonNode? list) =>
        list is JsonArray { Count: > 0 } items && !items.Contains(null)
            ? items.OfType<JsonNode>()
            : throw new ArgumentException(
                $"{name}: expected a list of at least one value, found {list?.ToJsonString() ?? "null"}."
            );

    private static (string Option, string Value)[] Fields(JsonNode node)
    {
        (string Option, string Value)[] fields =
        [
            .. node.AsObject()
                .Select(f =>
                    (
                        OptionFields.Spelled<ExperimentOptions>(f.Key),
                        OptionFields.Plain(
                            f.Value
                                ?? throw new ArgumentException(
                                    $"{f.Key} is null, expected a value; \"null\" in quotes is none."
                                )
                        )
                    )
                ),
        ];
        return fields.GroupBy(f => f.Option).FirstOrDefault(g => g.Count() > 1) is { Key: var twice }
            ? throw new ArgumentException($"{twice}: expected it once, found it twice.")
            : fields;
    }

    /// <summary>Such as "AttentionDrop-None_Seed-1": what a folder may be called everywhere.</summary>
    private static string Name((string Option, string Value)[] set) =>
        set.Length == 0 ? "only" : string.Join('_', set.Select(s => $"{s.Option.Split('.')[^1]}-{Plain(s.Value)}"));

    private static string Plain(string value) =>
        string.Concat(
            System
                .IO.Path.GetFileName(value.TrimEnd('/'))
                .Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' ? c : '-')
        );
}
