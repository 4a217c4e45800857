using System.Globalization;

namespace FanTrans.Data;

/// <summary>How the table of a <see cref="CsvDataset"/> is read.</summary>
public sealed record CsvDatasetOptions
{
    /// <summary>The folder from which the table's paths start; null for the table's own folder.</summary>
    public string? Images { get; init; }

    /// <summary>FACS numbers to label, in order; null for every action unit of the table, in its order.</summary>
    public IReadOnlyList<int>? ActionUnits { get; init; }

    /// <summary>
    /// For a table of intensities, 0 to 5: the least one that counts as present, such as 2. Null for a table of
    /// occurrences: 0, 1, and 9 or nothing where not known.
    /// </summary>
    public double? PresentFrom { get; init; }

    /// <summary>
    /// Whose faces these are: tables that say the same have the same people, so that nobody whom weights have seen in
    /// one is tested in another. Null is the names of the table and of its folder, such as "images/labels.csv".
    /// </summary>
    public string? People { get; init; }

    /// <summary>
    /// Finds the face where the table gives neither landmarks nor a box; images in which it finds none are left out and
    /// listed. Null takes the whole image for the face's crop.
    /// </summary>
    public ILandmarkFinder? Finder { get; init; }

    /// <summary>Takes "PresentFrom=2&amp;Images=faces" apart, each part at most once.</summary>
    /// <exception cref="ArgumentException">A part is none of these.</exception>
    internal static CsvDatasetOptions Parse(string text)
    {
        var options = new CsvDatasetOptions();
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            options = part.Split('=', 2) switch
            {
                ["Images", var folder] => options with { Images = Uri.UnescapeDataString(folder) },
                ["People", var people] => options with { People = Uri.UnescapeDataString(people) },
                ["ActionUnits", var units] => options with { ActionUnits = FanTrans.ActionUnits.Parse(units) },
                ["PresentFrom", var least]
                    when double.TryParse(
                        least,
                        NumberStyles.AllowDecimalPoint,
                        CultureInfo.InvariantCulture,
                        out var value
                    ) => options with
                {
                    PresentFrom = value,
                },
                _ => throw new ArgumentException(
                    $"'{part}': expected Images=FOLDER, ActionUnits=1,2,5, PresentFrom=2 or People=NAME, "
                        + "with & between.",
                    nameof(text)
                ),
            };
        }
        return options;
    }
}

/// <summary>
/// One's own data: a folder of images and a table with a row per image. Its columns, in any order and found by name:
/// <c>subject</c>; <c>path</c>, or <c>frame</c> and where there are several recordings <c>sequence</c>, by which the
/// image is found as subject/sequence/0012.jpg or in a folder above; and a column per action unit, AU01 or 1. Optional:
/// landmarks <c>x_0</c> to <c>y_67</c>, and the face's box <c>left</c>, <c>top</c>, <c>right</c>, <c>bottom</c>, both
/// in pixels; and <c>success</c>, as OpenFace writes it: rows with 0, where it lost the face, are left out and told of.
/// Further columns are not used.
/// </summary>
public sealed class CsvDataset : AuDataset
{
    private readonly string table;
    private readonly Row[] rows;

    private CsvDataset(string table, string people, Reader reader, Row[] rows, IReadOnlyList<string> withoutFace)
    {
        (this.table, People, ActionUnits, this.rows, WithoutFace) = (table, people, reader.Units, rows, withoutFace);
        Warnings = [.. Lacks(reader).Select(lack => $"{People}: {lack}.")];
    }

    /// <inheritdoc/>
    public override string People { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> ActionUnits { get; }

    /// <inheritdoc/>
    public override int Count => rows.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings { get; }

    /// <summary>Images that are left out, since the finder found no face in them.</summary>
    public IReadOnlyList<string> WithoutFace { get; }

    /// <summary>Opens a table; reads no image unless a face must be found in it.</summary>
    /// <param name="table">A text file with commas, semicolons or tabs between its values.</param>
    /// <param name="options">How to read it; null for occurrences and images in the table's folder.</param>
    /// <param name="cancellation">Stops the search for faces.</param>
    /// <exception cref="FileNotFoundException">There is no such table.</exception>
    /// <exception cref="InvalidDataException">A column or an image is missing, a value is wrong, a frame is there
    /// twice, or no label is known; the message names file, line and column.</exception>
    public static CsvDataset Open(
        string table,
        CsvDatasetOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new CsvDatasetOptions();
        var reader = new Reader(TextTable.Read(table), options);
        var rows = reader.Rows();
        var withoutFace = new List<string>();
        if (options.Finder is { } finder)
            rows = [.. rows.Select(row => Found(row, finder, withoutFace, cancellation)).OfType<Row>()];
        var file = new FileInfo(table);
        var people = options.People ?? $"{file.Directory?.Name}/{file.Name}";
        var dataset = new CsvDataset(table, people, reader, rows, withoutFace);
        dataset.RequireKnownLabels(table);
        return dataset;
    }

    /// <inheritdoc/>
    public override FaceKey Key(int index) => rows[index].Key;

    /// <inheritdoc/>
    public override sbyte[] LabelsAt(int index) => [.. rows[index].Labels];

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The image cannot be read, or the face's box is not in it; the message
    /// names file and line.</exception>
    public override FaceFrame Read(int index)
    {
        var row = rows[index];
        var image = RgbImage.Load(row.Path);
        var landmarks = row.Landmarks ?? [.. Enumerable.Repeat(float.NaN, 2 * Ibug68.Count)];
        return new FaceFrame
        {
            Subject = row.Key.Subject,
            Sequence = row.Key.Sequence,
            Frame = row.Key.Frame,
            Image = image,
            Landmarks = [.. landmarks],
            Visible =
            [
                .. Enumerable
                    .Range(0, Ibug68.Count)
                    .Select(k => !float.IsNaN(landmarks[2 * k] + landmarks[(2 * k) + 1])),
            ],
            Box = row.Box is { } box ? Within(image, box, row.Line) : FaceCrop.WholeImage(image),
            Labels = [.. row.Labels],
            Intensities = row.Intensities is null ? null : [.. row.Intensities],
        };
    }

    private IEnumerable<string> Lacks(Reader reader)
    {
        if (WithoutFace.Count > 0)
            yield return $"without a face, and left out: {WithoutFace.Count} images, such as {WithoutFace[0]}";
        if (reader.Failed > 0)
            yield return $"without success, and left out: {reader.Failed} rows";
        var whole = Array.FindAll(rows, row => row.Box is null);
        if (whole.Length > 0 && whole.Length < rows.Length)
            yield return $"without a box, and taken whole: {whole.Length} images, such as {whole[0].Path}";
        if (reader.Unread.Count > 0)
            yield return "columns that look like action units and are not read (expected AU01, AU02 and so on, all "
                + $"with the same ending): {Printable.Of(string.Join(", ", reader.Unread), 400)}";
        int[] never = [.. ActionUnits.Where((_, k) => !Array.Exists(rows, row => row.Labels[k] == 1))];
        if (never.Length > 0)
            yield return $"present in no image{reader.From}: {string.Join(", ", never.Select(unit => $"AU{unit:00}"))}";
    }

    /// <summary>The box, which may reach beyond the image, but not lie beside it.</summary>
    private FaceBox Within(RgbImage image, FaceBox box, int line)
    {
        // A box of less than 2 pixels is one in shares of the image.
        if (box is { Width: >= 2, Height: >= 2, X1: > 0, Y1: > 0 } && box.X0 < image.Width && box.Y0 < image.Height)
            return box;
        throw new InvalidDataException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{table}, line {line}: expected the face in pixels, not in shares of 0 to 1, and in the image of "
                    + $"{image.Width} x {image.Height}, found a box from {box.X0}, {box.Y0} to {box.X1}, {box.Y1}."
            )
        );
    }

    private static Row? Found(Row row, ILandmarkFinder finder, List<string> withoutFace, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (row.Box is not null)
            return row;
        if (finder.Find(RgbImage.Load(row.Path), null) is { } landmarks)
            return row with { Landmarks = landmarks, Box = LandmarkSets.Box(landmarks) };
        withoutFace.Add(row.Path);
        return null;
    }

    private sealed record Row(
        int Line,
        string Path,
        FaceKey Key,
        sbyte[] Labels,
        byte[]? Intensities,
        float[]? Landmarks,
        FaceBox? Box
    );

    /// <summary>Takes a table apart.</summary>
    private sealed class Reader
    {
        private static readonly string[] BoxColumns = ["left", "top", "right", "bottom"];

        private readonly TextTable table;
        private readonly CsvDatasetOptions options;
        private readonly string folder;
        private readonly int subject,
            sequence,
            path,
            frame,
            success;
        private readonly int[] units,
            points,
            box;
        private readonly Dictionary<string, ILookup<int?, string>> imagesOf = new(StringComparer.Ordinal);

        public Reader(TextTable table, CsvDatasetOptions options)
        {
            (this.table, this.options) = (table, options);
            table.RequireRows();
            folder = options.Images ?? Path.GetDirectoryName(Path.GetFullPath(table.Name))!;
            if (!Directory.Exists(folder))
                throw new InvalidDataException($"{folder}: no such folder; expected the images of {table.Name}.");
            subject = table.Require("subject", "person", "participant");
            sequence = table.Find("sequence", "recording", "video");
            path = table.Find("path", "image", "file", "filename");
            frame = path < 0 ? table.Require("path", "frame") : table.Find("frame");
            success = table.Find("success");
            var found = UnitColumns();
            Units = options.ActionUnits ?? [.. found.Keys];
            if (Units.FirstOrDefault(unit => !found.ContainsKey(unit)) is > 0 and var missing)
                throw new InvalidDataException($"{table.Name}, line 1: expected a column AU{missing:00}.");
            units = [.. Units.Select(unit => found[unit])];
            // Whoever names the units leaves the others out on purpose.
            Unread = options.ActionUnits is null ? table.LikeActionUnits(found.Keys) : [];
            points =
                table.Find("x_0") < 0
                    ? []
                    :
                    [
                        .. Enumerable
                            .Range(0, Ibug68.Count)
                            .SelectMany(k => new[] { table.Require($"x_{k}"), table.Require($"y_{k}") }),
                    ];
            box = table.Find(BoxColumns[0]) < 0 ? [] : Array.ConvertAll(BoxColumns, name => table.Require(name));
        }

        public IReadOnlyList<int> Units { get; }

        /// <summary>Columns that look like further action units.</summary>
        public IReadOnlyList<string> Unread { get; }

        /// <summary>Rows that say themselves that they are of no face.</summary>
        public int Failed { get; private set; }

        /// <summary>What counts as present, for messages.</summary>
        public string From =>
            options.PresentFrom is { } least
                ? string.Create(CultureInfo.InvariantCulture, $" (PresentFrom={least})")
                : "";

        public Row[] Rows()
        {
            var numbers = new Dictionary<(string, string), int>();
            var rows = new Row[table.Count];
            for (var row = 0; row < rows.Length; row++)
                rows[row] = At(row, numbers);
            table.RequireDistinct(row => $"{rows[row].Key}");
            table.RequireDistinct(row => Path.GetFullPath(rows[row].Path));
            Row[] seen = [.. rows.Where((_, row) => Succeeded(row))];
            Failed = rows.Length - seen.Length;
            return seen;
        }

        private bool Succeeded(int row) => success < 0 || table.Number(row, success, "0 or 1", 0, 1) is not 0;

        private OrderedDictionary<int, int> UnitColumns()
        {
            // OpenFace's tables have both: AU01_c is 0 or 1, AU01_r is from 0 to 5.
            foreach (var suffix in options.PresentFrom is null ? new[] { "", "_c" } : ["", "_r"])
            {
                if (table.ActionUnits(suffix) is { Count: > 0 } found)
                    return found;
            }
            throw new InvalidDataException(
                $"{table.Name}, line 1: expected columns of action units, such as AU01"
                    + (
                        table.ActionUnits("_r").Count > 0
                            ? "; AU01_r and so on are intensities, which need PresentFrom."
                            : "."
                    )
            );
        }

        private Row At(int row, Dictionary<(string, string), int> numbers)
        {
            var who = table.Text(row, subject);
            if (who.Length == 0)
                throw table.Wrong(row, subject, "a subject");
            var named = path < 0 ? "" : table.Text(row, path).Replace('\\', '/');
            var recording = sequence >= 0 ? table.Text(row, sequence) : Path.GetDirectoryName(named) ?? "";
            var number =
                frame >= 0
                    ? table.Whole(row, frame, "a frame number", greatest: int.MaxValue - 1)
                    : numbers[(who, recording)] = numbers.GetValueOrDefault((who, recording)) + 1;
            var key = new FaceKey(who, recording.Length == 0 ? "images" : recording, number);
            var image = path >= 0 ? Path.Combine(folder, named) : Numbered(row, who, recording, number);
            if (!File.Exists(image))
                throw table.Wrong(row, path, $"an image in {folder}");
            var (labels, intensities) = Labels(row);
            var landmarks =
                points.Length == 0 || !Succeeded(row)
                    ? null
                    : Array.ConvertAll(points, column => Pixel(row, column) ?? float.NaN);
            return new Row(table.Line(row), image, key, labels, intensities, landmarks, Box(row, landmarks));
        }

        private (sbyte[] Labels, byte[]? Intensities) Labels(int row)
        {
            if (options.PresentFrom is not { } least)
            {
                const string Expected = "0, 1, or 9 or nothing for unknown (intensities need PresentFrom)";
                return (
                    Array.ConvertAll(
                        units,
                        column =>
                            table.Number(row, column, Expected, 0, 9) switch
                            {
                                null or 9 => LabelRule.Unknown,
                                0 => (sbyte)0,
                                1 => (sbyte)1,
                                _ => throw table.Wrong(row, column, Expected),
                            }
                    ),
                    null
                );
            }
            var values = Array.ConvertAll(
                units,
                column =>
                    table.Number(row, column, "an intensity from 0 to 5, or 9 or nothing for unknown", 0, 9) switch
                    {
                        null or 9 => (double?)null,
                        <= 5 and var value => value,
                        _ => throw table.Wrong(row, column, "an intensity from 0 to 5, or 9 or nothing for unknown"),
                    }
            );
            return (
                Array.ConvertAll(values, value => value is { } v ? (sbyte)(v >= least ? 1 : 0) : LabelRule.Unknown),
                Array.ConvertAll(values, value => (byte)Math.Round(value ?? 0))
            );
        }

        private float? Pixel(int row, int column) => (float?)table.Number(row, column, "a place in pixels", -1e6, 1e6);

        private FaceBox? Box(int row, float[]? landmarks)
        {
            var sides = Array.ConvertAll(box, column => Pixel(row, column));
            if (sides is [{ } x0, { } y0, { } x1, { } y1])
            {
                return x1 > x0 && y1 > y0
                    ? new FaceBox(x0, y0, x1, y1)
                    : throw table.Wrong(row, box[2], "left below right, and top below bottom");
            }
            if (Array.Exists(sides, side => side is not null))
                throw table.Wrong(row, box[Array.IndexOf(sides, null)], "all four sides of the box or none");
            if (landmarks is null || Array.TrueForAll(landmarks, float.IsNaN))
                return null;
            try
            {
                return LandmarkSets.Box(landmarks);
            }
            catch (ArgumentException)
            {
                throw table.Wrong(row, points[0], "landmarks that are not all in one line or place");
            }
        }

        /// <summary>The image of a frame by its number: in the folder of its subject
        /// and recording, or in one above.</summary>
        private string Numbered(int row, string who, string recording, int number)
        {
            foreach (
                var place in new[]
                {
                    Path.Combine(folder, who, recording),
                    Path.Combine(folder, who),
                    Path.Combine(folder, recording),
                    folder,
                }
            )
            {
                if (!imagesOf.TryGetValue(place, out var images))
                {
                    images = (Directory.Exists(place) ? Folders.Files(place).Where(RgbImage.IsImage) : []).ToLookup(
                        ImageFolder.Number
                    );
                    imagesOf.Add(place, images);
                }
                if (images[number].ToArray() is { Length: > 0 } found)
                    return found.Length == 1
                        ? found[0]
                        : throw table.Wrong(row, frame, $"one image of that number in {place}");
            }
            throw table.Wrong(row, frame, $"the number of an image in {folder}");
        }
    }
}
