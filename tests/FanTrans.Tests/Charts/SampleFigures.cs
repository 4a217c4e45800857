using FanTrans.Charts;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Prediction;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Charts;

/// <summary>One figure of each kind, with everything that a kind can show.</summary>
internal static class SampleFigures
{
    /// <summary>A text that breaks a page, or plotly's own tags, wherever it is not escaped.</summary>
    public const string Hostile = "</script><b>a & \"b\"</b>";

    public static RgbImage Image { get; } = MakeImage();

    public static IReadOnlyList<int> Units => FanTrans.ActionUnits.Disfa;

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>A figure in plotly's own file format.</summary>
    public static string Json(Figure figure) => Plotly.NET.GenericChart.toFigureJson(figure.Chart);

    public static IReadOnlyDictionary<string, Func<string, Figure>> All { get; } =
        new Dictionary<string, Func<string, Figure>>
        {
            ["contact sheet"] = text =>
                Figures.ContactSheet([Image, Image], [text, "second"], [Points(), Points()], text),
            ["landmarks"] = text => Figures.Landmarks(Image, Points(), new bool[68], Points(), text),
            ["heat over face"] = text =>
                Figures.HeatOverFace(
                    Image,
                    new double[,]
                    {
                        { 0, double.NaN },
                        { 0.5, 2 },
                    },
                    text
                ),
            ["heat sheet"] = text =>
                Figures.HeatSheet(
                    [Image, Image],
                    [
                        new double[,]
                        {
                            { 0, 1 },
                            { 0.5, 2 },
                        },
                        new double[,]
                        {
                            { 0 },
                        },
                    ],
                    [text, "second"],
                    text
                ),
            ["feature maps"] = text =>
                Figures.FeatureMaps(
                    [
                        new double[,]
                        {
                            { 0, -1 },
                            { 0.5, 2 },
                        },
                    ],
                    [text],
                    text
                ),
            ["landmark errors"] = text =>
                Figures.LandmarkErrors([new ErrorGroup(text, [0.02, 0.04, 0.09]), new ErrorGroup("none", [])], text),
            ["cumulative errors"] = text =>
                Figures.CumulativeErrors(
                    [new ErrorGroup(text, [0.02, 0.04, 0.09]), new ErrorGroup("none", [])],
                    title: text
                ),
            ["masks"] = text => Figures.Masks(Units, [Masks(1), Masks(2)], text),
            ["attention"] = text =>
                Figures.Attention(
                    Units,
                    [
                        [Masks(1).Keep, Masks(2).Keep],
                        [Masks(3).Keep, Masks(1).Keep],
                    ],
                    text
                ),
            ["peer probabilities"] = text =>
                Figures.PeerProbabilities(Units, [Floats(), Floats()], Floats(), [0, 1, 9, 0, 1, 9, 0, 1], text),
            ["time lines"] = text =>
                Figures.TimeLines(
                    Film(),
                    [.. Enumerable.Range(0, 5).Select(k => new sbyte[] { 0, (sbyte)(k % 2), 9, 1, 0, 1, 0, 1 })],
                    title: text
                ),
            ["learning curves"] = text =>
                Figures.LearningCurves(
                    [
                        new EpochSeries(text, [0.1, double.NaN, 0.3]),
                        new EpochSeries(text, [0.2, 0.3, 0.4], Validation: false),
                    ],
                    text,
                    text
                ),
            ["F1"] = text =>
                Figures.F1ByUnit(
                    new AuEvaluation(
                        [.. Units.Select(unit => new AuMetrics(unit, new BinaryCounts(unit, 3, 2, 9), 0.5, 0.5, 0.1))],
                        Thresholds.ByProtocol(Units.Count)
                    ),
                    text,
                    text
                ),
            ["probabilities"] = text => Figures.Probabilities(Units, Floats(), text),
            ["correlations"] = text =>
                Figures.Correlations(
                    Units,
                    [new UnitMatrix(text, Square(-1)), new UnitMatrix("other", Square(-1))],
                    text
                ),
            ["probability matrices"] = text =>
                Figures.ProbabilityMatrices(Units, [new UnitMatrix(text, Square(0))], text),
            ["dataset summary"] = text => Figures.DatasetSummary(Summary(), text),
            ["comparison"] = text => Figures.Comparison(Table(text), text),
            ["differences by unit"] = text => Figures.DifferencesByUnit(Table(text), text),
            ["agreement"] = text =>
                Figures.Agreement(
                    [new(text, 0.5, 0.2, 0.01, 0.02), new("no value", double.NaN, double.NaN, double.NaN, double.NaN)],
                    text
                ),
            ["heads"] = text =>
                Figures.Heads(
                    new(
                        Units,
                        Square(0),
                        Square(0),
                        [new(1, 1, 1, Square(0), Square(0)), new(1, 1, 2, Square(0), Square(0))]
                    ),
                    attention: false,
                    text
                ),
            ["network"] = text =>
                Figures.Network(
                    Units,
                    [new UnitMatrix(text, Square(-1)), new UnitMatrix("other", Square(0))],
                    Face(),
                    title: text
                ),
            ["co-occurrence"] = text =>
                Figures.CoOccurrence(
                    Units,
                    [
                        [1, 1, 0, 9, 1, 0, 0, 0],
                    ],
                    text
                ),
        };

    /// <summary>A partial copy of DISFA: 20 of the 27 subjects, 8 frames of each.</summary>
    public static PreparationSummary Summary() =>
        PreparationSummary.Of(
            new FanTrans.Synthetic.SynthFaces(
                new FanTrans.Synthetic.SynthOptions
                {
                    Profile = "disfa",
                    Subjects = 20,
                    FramesPerSubject = 8,
                }
            ),
            DatasetManifest.Load("disfa")
        );

    /// <summary>Three variants: the second is better, the third cannot be compared.</summary>
    private static SweepTable Table(string name)
    {
        Interval[] differences =
        [
            .. Enumerable
                .Range(0, Units.Count)
                .Select(n =>
                    n == 0
                        ? new Interval(double.NaN, double.NaN, double.NaN)
                        : new Interval(0.02 * (n - 3), 0, 0, n > 5 ? 0.001 : 0.4)
                ),
        ];
        MetricIntervals Of(Interval macro, params double[] runs) =>
            new(Metric.F1, runs.Length, 9, differences, macro, runs);
        return new SweepTable(
            Units,
            9,
            [
                new SweepRow("none", [1], [1, 2], 0.4, [new(Of(new(0.51, 0.45, 0.56), 0.5, 0.52), null, double.NaN)]),
                new SweepRow(
                    name,
                    [1],
                    [1, 2],
                    0.4,
                    [new(Of(new(0.54, 0.5, 0.58), 0.54, 0.54), Of(new(0.03, 0.01, 0.05, 0.01), 0.04, 0.02), 0.02)]
                ),
                new SweepRow("other", [1], [1], 0.4, [new(Of(new(0.5, 0.45, 0.55), 0.5), null, double.NaN)]),
            ],
            []
        );
    }

    /// <summary>A face of landmarks that differ.</summary>
    private static float[] Face() =>
        [.. Enumerable.Range(0, 136).Select(i => i % 2 == 0 ? 10f * (i % 17) : 3f * (i % 23))];

    /// <summary>Five frames of a video; in the third no face is found.</summary>
    public static AuTimeLine Film() =>
        new(
            "film.avi",
            Units,
            [1, 2, 3, 4, 5],
            [0, 0.1, 0.2, 0.3, 0.4],
            [
                .. Enumerable
                    .Range(0, 5)
                    .Select(k => Units.Select((_, n) => k == 2 ? float.NaN : (k + n) % 5 / 4f).ToArray()),
            ],
            [.. Enumerable.Range(0, 5).Select(_ => new bool?[Units.Count])]
        );

    private static (double[,] Keep, IReadOnlyList<double[,]> Draws, double[,] Evaluation) Masks(int head)
    {
        var kept = new double[Units.Count, Units.Count];
        for (var i = 0; i < Units.Count; i++)
            kept[i, (i + head) % Units.Count] = kept[i, i] = 1;
        return (kept, [kept, kept], kept);
    }

    private static float[] Floats() => [.. Ramp().Select(value => (float)value)];

    /// <summary>0 to 1, the first not known.</summary>
    private static double[] Ramp() =>
        [.. Enumerable.Range(0, Units.Count).Select(i => i == 0 ? double.NaN : i / (Units.Count - 1.0))];

    private static double[,] Square(double lowest)
    {
        var values = new double[Units.Count, Units.Count];
        for (var i = 0; i < Units.Count; i++)
        {
            for (var j = 0; j < Units.Count; j++)
                values[i, j] = i == j ? 1 : lowest + ((1 - lowest) * (i + j) / (2.0 * Units.Count));
        }
        values[0, 1] = double.NaN;
        return values;
    }

    private static float[] Points()
    {
        var points = new float[136];
        for (var i = 0; i < 68; i++)
            (points[2 * i], points[(2 * i) + 1]) = i == 5 ? (float.NaN, float.NaN) : (i / 3f, i / 4f);
        return points;
    }

    private static RgbImage MakeImage()
    {
        var image = new RgbImage(24, 20);
        new Random(5).NextBytes(image.Pixels);
        return image;
    }
}
