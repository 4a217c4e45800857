using System.Text.Json;
using FanTrans.Charts;
using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Charts;

public class FiguresTests
{
    [Fact]
    public void AContactSheetCarriesEveryPictureAsItIs()
    {
        var figure = Parse(Figures.ContactSheet([SampleFigures.Image, SampleFigures.Image], ["one", "two"]));

        var images = figure.GetProperty("layout").GetProperty("images").EnumerateArray().ToList();
        Assert.Equal(2, images.Count);
        var source = images[1].GetProperty("source").GetString()!;
        Assert.StartsWith("data:image/png;base64,", source, StringComparison.Ordinal);
        Assert.Equal(
            SampleFigures.Image.Pixels,
            RgbImage.Decode(Convert.FromBase64String(source.Split(',')[1])).Pixels
        );
        Assert.Equal(
            ["one", "two"],
            figure.GetProperty("layout").GetProperty("annotations").EnumerateArray().Select(Text("text"))
        );
        Assert.NotEqual(Number("x")(images[0]), Number("x")(images[1]));
    }

    [Fact]
    public void AContactSheetDrawsLandmarksWhereTheyAreInEachPicture()
    {
        // 24 x 20 pixels in a square cell: scaled by cell/24, centred in y.
        var figure = Parse(
            Figures.ContactSheet(
                [SampleFigures.Image],
                landmarks:
                [
                    [0, 0, 24, 20, float.NaN, 3],
                ]
            )
        );

        var image = figure.GetProperty("layout").GetProperty("images")[0];
        var (x, y, width, height) = (
            Number("x")(image),
            Number("y")(image),
            Number("sizex")(image),
            Number("sizey")(image)
        );
        var points = Trace(figure, 0);
        Assert.Equal([x, x + width], Numbers(points, "x"), Near);
        Assert.Equal([y, y + height], Numbers(points, "y"), Near);
    }

    [Fact]
    public void LandmarksAreDrawnInPageScaleAndHollowWhereInvisible()
    {
        var visible = Enumerable.Range(0, 68).Select(i => i != 3).ToArray();
        var points = Enumerable.Range(0, 136).Select(i => i % 2 == 0 ? 12f : 10f).ToArray();

        var markers = Trace(Parse(Figures.Landmarks(SampleFigures.Image, points, visible)), 1);

        Assert.All(Numbers(markers, "x"), x => Assert.Equal(260, x));
        var symbols = markers
            .GetProperty("marker")
            .GetProperty("symbol")
            .EnumerateArray()
            .Select(symbol => symbol.GetString())
            .ToList();
        Assert.Equal([3], symbols.Index().Where(symbol => symbol.Item == "circle-open").Select(symbol => symbol.Index));
    }

    [Fact]
    public void AHeatMapSpreadsOverThePicture()
    {
        var figure = Parse(
            Figures.HeatOverFace(
                SampleFigures.Image,
                new double[,]
                {
                    { 0, 1, 2 },
                    { 3, 4, 8 },
                }
            )
        );

        var (heat, image) = (Trace(figure, 0), figure.GetProperty("layout").GetProperty("images")[0]);
        Assert.Equal(Number("sizex")(image), 3 * Number("dx")(heat), 1.0);
        Assert.Equal(Number("sizey")(image), 2 * Number("dy")(heat), 1.0);
        Assert.Equal(Number("dx")(heat) / 2, Number("x0")(heat));
        Assert.Equal(8, Number("zmax")(heat));
    }

    [Fact]
    public void MapsLieOverTheirFacesOnOneScale()
    {
        var grey = new RgbImage(8, 8, [.. Enumerable.Repeat((byte)100, 3 * 64)]);

        var figure = Parse(
            Figures.HeatSheet(
                [grey, grey],
                [
                    new double[,]
                    {
                        { 4 },
                    },
                    new double[,]
                    {
                        { 0 },
                    },
                ]
            )
        );

        var pictures = figure
            .GetProperty("layout")
            .GetProperty("images")
            .EnumerateArray()
            .Select(image =>
                RgbImage.Decode(Convert.FromBase64String(image.GetProperty("source").GetString()!.Split(',')[1]))
            )
            .ToList();
        // The darkest colour, rgba(128, 0, 38, 0.85), over grey; and nothing at 0.
        Assert.Equal((124, 15, 47), pictures[0][3, 3]);
        Assert.Equal((100, 100, 100), pictures[1][3, 3]);
    }

    [Fact]
    public void FeatureMapsAreWhiteAtZeroAndEachUpToItsLargest()
    {
        var figure = Parse(
            Figures.FeatureMaps([
                new double[,]
                {
                    { -3, 0, 1.5 },
                },
            ])
        );

        var source = figure.GetProperty("layout").GetProperty("images")[0].GetProperty("source").GetString()!;
        var picture = RgbImage.Decode(Convert.FromBase64String(source.Split(',')[1]));
        Assert.Equal((0x05, 0x30, 0x61), picture[0, 0]);
        Assert.All(
            new[] { 0, 1, 2 },
            channel => Assert.InRange(picture.Pixels[(3 * (picture.Width / 2)) + channel], 252, 255)
        );
        Assert.True(picture[picture.Width - 1, 0] is var (r, _, b) && r > b);
    }

    [Fact]
    public void TheCumulativeCurveCountsTheFacesBelowEachError()
    {
        var figure = Parse(Figures.CumulativeErrors([new ErrorGroup("all", [0.01, 0.02, 0.3])]));

        var curve = Trace(figure, 0);
        double At(double percent) =>
            Numbers(curve, "x").Zip(Numbers(curve, "y")).Last(p => p.First <= percent + 1e-9).Second;
        Assert.Equal(
            (0, 100.0 / 3, 200.0 / 3, 200.0 / 3),
            (At(0.9), At(1.5), At(2.0), At(15)),
            (a, b) =>
                Near(a.Item1, b.Item1) && Near(a.Item2, b.Item2) && Near(a.Item3, b.Item3) && Near(a.Item4, b.Item4)
        );
        Assert.Equal("all, 3 faces", curve.GetProperty("name").GetString());
    }

    [Fact]
    public void LandmarkErrorsAreBoxesOfTheirQuantiles()
    {
        var boxes = Trace(Parse(Figures.LandmarkErrors([new ErrorGroup("eyes", [0.01, 0.02, 0.03, 0.04, 0.05])])), 0);

        Assert.Equal("[3.0]", boxes.GetProperty("median").GetRawText());
        Assert.Equal("[3.0]", boxes.GetProperty("mean").GetRawText());
        Assert.True(Numbers(boxes, "q1").Single() is > 1 and < 3);
        Assert.Equal("eyes (mean 3.0 %)", boxes.GetProperty("y")[0].GetString());
    }

    [Fact]
    public void TimeLinesHaveAGapWithoutAFaceAndShadeTheTruth()
    {
        sbyte[][] truth =
        [
            .. Enumerable.Range(0, 5).Select(k => new sbyte[] { (sbyte)(k is 1 or 2 ? 1 : 0), 0, 0, 9, 0, 0, 0, 0 }),
        ];
        var figure = Parse(Figures.TimeLines(SampleFigures.Film(), truth, threshold: 0.6));

        // Two lines an action unit: the probability, and where it is at least the threshold.
        Assert.Equal("[0.0,0.25,null,0.75,1.0]", Trace(figure, 0).GetProperty("y").GetRawText());
        Assert.Equal("[null,null,null,0.75,1.0]", Trace(figure, 1).GetProperty("y").GetRawText());
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4], Numbers(Trace(figure, 0), "x"), Near);
        var shaded = figure
            .GetProperty("layout")
            .GetProperty("shapes")
            .EnumerateArray()
            .Where(shape => Text("type")(shape) == "rect")
            .Single();
        Assert.Equal(
            (0.05, 0.25),
            (Number("x0")(shaded), Number("x1")(shaded)),
            (a, b) => Near(a.Item1, b.Item1) && Near(a.Item2, b.Item2)
        );
    }

    [Fact]
    public void MasksStandInARowAHead()
    {
        var maps = new double[2, 2]
        {
            { 1, 0.25 },
            { 0.5, 1 },
        };
        var figure = Parse(Figures.Masks([1, 2], [(maps, [new double[2, 2], maps], maps)]));

        var panels = figure.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(4, panels.Count);
        Assert.Equal("[[1.0,0.25],[0.5,1.0]]", panels[0].GetProperty("z").GetRawText());
        Assert.Equal("[[0.0,0.0],[0.0,0.0]]", panels[1].GetProperty("z").GetRawText());
        var captions = figure.GetProperty("layout").GetProperty("annotations").EnumerateArray().Select(Text("text"));
        Assert.Equal(["keep probability", "training draw 1", "training draw 2", "evaluation", "head 1"], captions);
    }

    [Fact]
    public void LearningCurvesGiveAGapForAMissingEpochAndOneColourToAName()
    {
        var figure = Parse(
            Figures.LearningCurves(
                [
                    new EpochSeries("a", [0.125, double.NaN, 0.5]),
                    new EpochSeries("b", [0.25]),
                    new EpochSeries("a", [1, 2, 3], Validation: false),
                ],
                "loss"
            )
        );

        Assert.Equal("[0.125,null,0.5]", Trace(figure, 0).GetProperty("y").GetRawText());
        Assert.Equal([1, 2, 3], Numbers(Trace(figure, 0), "x"));
        string Line(int trace, string property) =>
            Trace(figure, trace).GetProperty("line").GetProperty(property).GetString()!;
        Assert.Equal(Line(0, "color"), Line(2, "color"));
        Assert.NotEqual(Line(0, "color"), Line(1, "color"));
        Assert.Equal(("solid", "dot"), (Line(0, "dash"), Line(2, "dash")));
    }

    [Fact]
    public void F1StandsInTheGivenOrderWithTheAverageOfWhatIsDefined()
    {
        AuMetrics Unit(int unit, int right, int wrong, int absent) =>
            new(unit, new BinaryCounts(right, wrong, wrong, absent), double.NaN, double.NaN, double.NaN);
        var figure = Parse(
            Figures.F1ByUnit(
                new AuEvaluation([Unit(12, 9, 1, 19), Unit(4, 0, 0, 0), Unit(1, 3, 2, 8)], Thresholds.ByProtocol(3))
            )
        );

        var (constant, model) = (Trace(figure, 0), Trace(figure, 1));
        Assert.Equal(
            ["AU12", "AU4", "AU1", "Avg"],
            model.GetProperty("x").EnumerateArray().Select(code => code.GetString())
        );
        Assert.Equal("[90.0,null,60.0,75.0]", model.GetProperty("y").GetRawText());
        Assert.Equal("[50.0,null,50.0,50.0]", constant.GetProperty("y").GetRawText());
        Assert.Equal("constant predictor, average 50.0", constant.GetProperty("name").GetString());
        Assert.Equal("model, average 75.0", model.GetProperty("name").GetString());
    }

    [Fact]
    public void ProbabilitiesAreDarkFromTheThresholdOn()
    {
        var figure = Parse(Figures.Probabilities([1, 2, 4], [0.25f, 0.5f, float.NaN]));

        var bars = Trace(figure, 0);
        Assert.Equal("[0.25,0.5,null]", bars.GetProperty("x").GetRawText());
        var colors = bars.GetProperty("marker")
            .GetProperty("color")
            .EnumerateArray()
            .Select(color => color.GetString())
            .ToList();
        Assert.NotEqual(colors[0], colors[1]);
        Assert.Equal(colors[0], colors[2]);
        Assert.Equal("AU2 outer brow raiser", bars.GetProperty("y")[1].GetString());
    }

    [Fact]
    public void CorrelationsShareOneScaleWithWhiteAtZero()
    {
        var matrix = new double[,]
        {
            { 1, -0.5 },
            { -0.5, 1 },
        };
        var figure = Parse(Figures.Correlations([6, 12], [new UnitMatrix("a", matrix), new UnitMatrix("b", matrix)]));

        var maps = figure
            .GetProperty("data")
            .EnumerateArray()
            .Where(trace => Text("type")(trace) == "heatmap")
            .ToList();
        Assert.Equal(2, maps.Count);
        foreach (var map in maps)
        {
            Assert.Equal((-1, 1), (Number("zmin")(map), Number("zmax")(map)));
            Assert.Equal("[[1.0,-0.5],[-0.5,1.0]]", map.GetProperty("z").GetRawText());
            Assert.Equal(["AU6", "AU12"], map.GetProperty("x").EnumerateArray().Select(code => code.GetString()));
            var middle = map.GetProperty("colorscale").EnumerateArray().Single(stop => stop[0].GetDouble() == 0.5);
            Assert.Equal("#ffffff", middle[1].GetString());
        }
        var numbers = figure.GetProperty("data").EnumerateArray().First(trace => Text("type")(trace) == "scatter");
        Assert.Equal(
            ["1.00", "-.50", "-.50", "1.00"],
            numbers.GetProperty("text").EnumerateArray().Select(text => text.GetString())
        );
    }

    [Fact]
    public void ADatasetSummaryHasEverySubjectOnceAndThePublishedCounts()
    {
        var summary = SampleFigures.Summary();
        var figure = Parse(Figures.DatasetSummary(summary));

        var traces = figure.GetProperty("data").EnumerateArray().ToArray();
        var frames = traces.Where(t => Text("type")(t) == "bar" && !t.TryGetProperty("orientation", out _)).ToArray();
        Assert.Equal(
            ["P1: 56, 43,548 missing", "P2: 56, 43,549 missing", "P3: 48, 43,557 missing"],
            frames.Select(Text("name"))
        );
        Assert.Equal(160, frames.Sum(t => Numbers(t, "y").Sum()));
        Assert.Equal(27, frames.SelectMany(t => Numbers(t, "x")).Distinct().Count());
        var published = traces.First(t => Text("type")(t) == "scatter");
        Assert.Equal(130_814, Numbers(published, "y").Sum());
        // Who has no frame has no share either; the gaps between the parts are columns too.
        var shares = traces.First(t => Text("type")(t) == "heatmap").GetProperty("z")[0].EnumerateArray().ToArray();
        Assert.Equal(27 + 2, shares.Length);
        Assert.Equal(20, shares.Count(s => s.ValueKind == JsonValueKind.Number));
        var all = traces.Last(t => Text("type")(t) == "bar");
        Assert.Equal(100.0 * summary.All.Positives[6] / 160, Numbers(all, "x").ElementAt(6), 1e-4);
    }

    [Fact]
    public void CoOccurrenceCountsOnlyFramesThatKnowBoth()
    {
        sbyte[][] labels =
        [
            [1, 1],
            [1, 0],
            [1, 9],
            [0, 1],
            [9, 1],
        ];

        var map = Trace(Parse(Figures.CoOccurrence([1, 2], labels)), 0);

        // AU1 is present and AU2 known in two frames, in one of them AU2 is present; the other way round 2 and 1.
        Assert.Equal("[[1.0,0.5],[0.5,1.0]]", map.GetProperty("z").GetRawText());
    }

    [Fact]
    public void AUnitThatNeverOccursHasAnEmptyRow()
    {
        var map = Trace(
            Parse(
                Figures.CoOccurrence(
                    [1, 2],
                    [
                        [0, 1],
                        [0, 1],
                    ]
                )
            ),
            0
        );
        Assert.Equal("[[null,null],[0.0,1.0]]", map.GetProperty("z").GetRawText());
    }

    [Fact]
    public void WhatDoesNotFitTogetherIsRefusedWithBothNumbers()
    {
        Assert.Contains(
            "expected 2 values",
            Message(() => Figures.Probabilities([1, 2], [0.5f])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected 2 x 2 values, found 1 x 1",
            Message(() => Figures.Correlations([1, 2], [new UnitMatrix("m", new double[1, 1])])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected 0 to 1, found -0.5",
            Message(() =>
                Figures.ProbabilityMatrices(
                    [1],
                    [
                        new UnitMatrix(
                            "m",
                            new[,]
                            {
                                { -0.5 },
                            }
                        ),
                    ]
                )
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "captions: expected 1, found 2",
            Message(() => Figures.ContactSheet([SampleFigures.Image], ["a", "b"])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected a FACS number, 1 to 99, found 300",
            Message(() => Figures.Probabilities([300], [0.5f])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "each action unit once",
            Message(() => Figures.Probabilities([1, 1], [0.5f, 0.5f])),
            StringComparison.Ordinal
        );
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static JsonElement Parse(Figure figure) => JsonDocument.Parse(SampleFigures.Json(figure)).RootElement;

    private static JsonElement Trace(JsonElement figure, int index) => figure.GetProperty("data")[index];

    private static Func<JsonElement, string?> Text(string property) =>
        element => element.GetProperty(property).GetString();

    private static Func<JsonElement, double> Number(string property) =>
        element => element.GetProperty(property).GetDouble();

    private static IEnumerable<double> Numbers(JsonElement element, string property) =>
        element.GetProperty(property).EnumerateArray().Select(value => value.GetDouble());

    private static bool Near(double a, double b) => Math.Abs(a - b) < 0.02;
}
