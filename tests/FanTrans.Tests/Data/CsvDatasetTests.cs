using System.Globalization;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public sealed class CsvDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFolderAndATableAreADataset()
    {
        Images("ada/1.png", "ada/2.png", "bob/1.png");
        var set = Open("path,subject,AU05,AU20\nada/1.png,ada,0,1\nada\\2.png,ada,9,\nbob/1.png,bob,1.0,0\n");
        Assert.Equal([5, 20], set.ActionUnits);
        Assert.Equal(
            [new FaceKey("ada", "ada", 1), new FaceKey("ada", "ada", 2), new FaceKey("bob", "bob", 1)],
            Enumerable.Range(0, 3).Select(set.Key)
        );
        Assert.Equal([0, 1, 9, 9, 1, 0], Enumerable.Range(0, 3).SelectMany(set.LabelsAt).Select(l => (int)l));
        var frame = set.Read(2);
        Assert.Equal((40, 30), (frame.Image.Width, frame.Image.Height));
        Assert.All(frame.Landmarks, v => Assert.True(float.IsNaN(v)));
        Assert.DoesNotContain(true, frame.Visible);
        // The crop is the whole image, with black above and below.
        var crop = FaceCrop.Around(frame.Box);
        Assert.Equal((20, 15, 40), (crop.CenterX, crop.CenterY, Math.Round(crop.Side, 3)));
        Assert.Equal(2, Folds.Random(set.SubjectOfFrame(), parts: 2).Count);
    }

    [Fact]
    public void ImagesAreFoundByTheirNumber()
    {
        Images("faces/ada/film/frame-0002.png", "faces/ada/7.png", "faces/x/img12.jpg", "faces/3.png");
        var set = Open(
            "frame;subject;sequence;1\n2;ada;film;1\n7;ada;film;0\n12;bob;x;1\n3;bob;y;9\n",
            new CsvDatasetOptions { Images = folder.At("faces") }
        );
        Assert.Equal(
            ["ada/film/2", "ada/film/7", "bob/x/12", "bob/y/3"],
            Enumerable.Range(0, 4).Select(i => $"{set.Key(i)}")
        );
        Assert.Equal(40, set.Read(3).Image.Width);
    }

    [Fact]
    public void IntensitiesCountFromAThreshold()
    {
        Images("1.png", "2.png");
        var set = Open(
            "image,person,AU12_r,AU12_c\n1.png,a,1.9,1\n2.png,b,2,0\n",
            new CsvDatasetOptions { PresentFrom = 2 }
        );
        Assert.Equal([0, 1], Enumerable.Range(0, 2).SelectMany(set.LabelsAt).Select(l => (int)l));
        Assert.Equal([2, 2], Enumerable.Range(0, 2).SelectMany(i => set.Read(i).Intensities!).Select(v => (int)v));
        Assert.Equal(
            [1, 0],
            Enumerable
                .Range(0, 2)
                .SelectMany(Open("image,person,AU12_r,AU12_c\n1.png,a,1.9,1\n2.png,b,2,0\n").LabelsAt)
                .Select(l => (int)l)
        );
    }

    [Fact]
    public void LandmarksAndBoxesAreUsedWhereTheyAreThere()
    {
        Images("1.png", "2.png", "3.png");
        var points = MadeUpFaces.Landmarks(20, 15, 8);
        var names = Enumerable.Range(0, 68).Select(k => $"x_{k}").Concat(Enumerable.Range(0, 68).Select(k => $"y_{k}"));
        var values = Enumerable
            .Range(0, 68)
            .Select(k => points[2 * k])
            .Concat(Enumerable.Range(0, 68).Select(k => points[(2 * k) + 1]));
        var none = string.Join(',', Enumerable.Repeat("", 136));
        var set = Open(
            $"path,subject,AU1,left,top,right,bottom,{string.Join(',', names)}\n"
                + $"1.png,a,1,,,,,{string.Join(',', values.Select(v => v.ToString("r")))}\n2.png,b,0,1,2,30,28.5,{none}\n3.png,c,0,,,,,{none}\n"
        );
        Assert.Equal(points, set.Read(0).Landmarks);
        Assert.Equal(FaceBox.Around(points), set.Read(0).Box);
        Assert.All(set.Read(0).Visible, Assert.True);
        Assert.Equal(new FaceBox(1, 2, 30, 28.5f), set.Read(1).Box);
        Assert.Equal(40, FaceCrop.Around(set.Read(2).Box).Side, 0.001);
        Assert.EndsWith(
            $": without a box, and taken whole: 1 images, such as {folder.At("3.png")}.",
            Assert.Single(set.Warnings)
        );
    }

    [Fact]
    public void OpenFacesTableIsReadAndFramesThatItLostAreLeftOut()
    {
        Images("1.png", "2.png");
        var points = MadeUpFaces.Landmarks(20, 15, 8);
        string[] axes = ["x", "y", "X", "Y", "Z"];
        var names = axes.SelectMany(axis => Enumerable.Range(0, 68).Select(k => $"{axis}_{k}"));
        var seen = Enumerable
            .Range(0, 2)
            .SelectMany(axis => Enumerable.Range(0, 68).Select(k => points[(2 * k) + axis].ToString("r")))
            .Concat(Enumerable.Repeat("7", 204));
        var zeros = Enumerable.Repeat("0", 340);
        string Table(string lost) =>
            $"path,subject, success, AU01_r, AU01_c, {string.Join(", ", names)}\n"
            + $"1.png,a,1,2.5,1,{string.Join(',', seen)}\n2.png,a,{lost},0,0,{string.Join(',', zeros)}\n";
        var set = Open(Table("0"));
        Assert.Equal(1, set.Count);
        Assert.Equal(points, set.Read(0).Landmarks);
        Assert.EndsWith(": without success, and left out: 1 rows.", Assert.Single(set.Warnings));
        var error = Assert.Throws<InvalidDataException>(() => Open(Table("1")));
        Assert.StartsWith($"{folder.At("faces.csv")}, line 3, column x_0: expected landmarks", error.Message);
    }

    [Theory]
    [InlineData("5000,1,5100,9", "found a box from 5000, 1 to 5100, 9.")]
    [InlineData("1,-9,9,0", "found a box from 1, -9 to 9, 0.")]
    [InlineData("0.1,0.25,0.9,0.75", "found a box from 0.1, 0.25 to 0.9, 0.75.")]
    public void ABoxThatIsNotInTheImageIsRefused(string box, string expected)
    {
        Images("1.png", "2.png");
        var set = Open($"path,subject,AU1,left,top,right,bottom\n1.png,a,1,-5,-5,50,50\n2.png,b,0,{box}\n");
        Assert.Equal(new FaceBox(-5, -5, 50, 50), set.Read(0).Box);
        var message = Assert.Throws<InvalidDataException>(() => set.Read(1)).Message;
        Assert.StartsWith($"{folder.At("faces.csv")}, line 3: expected the face in pixels", message);
        Assert.EndsWith($"in the image of 40 x 30, {expected}", message);
    }

    [Theory]
    [InlineData("AU01,au2,AU 4,AU06_c,AU07\n1.png,a,1,1,1,1,1", "with the same ending): AU 4, AU06_c.", null)]
    [InlineData("AU01_r,AU01_c,AU28_c\n1.png,a,2,1,1", "with the same ending): AU28_c.", 2.0)]
    [InlineData("AU01,AU04,AU07\n1.png,a,1,0,9", ": present in no image: AU04, AU07.", null)]
    [InlineData("AU01,AU04\n1.png,a,1,0", ": present in no image (PresentFrom=2.5): AU01, AU04.", 2.5)]
    public void ColumnsThatAreNotReadAndUnitsThatAreNeverPresentAreWarnedOf(string table, string end, double? least)
    {
        Images("1.png");
        var set = Open($"path,subject,{table}\n", new CsvDatasetOptions { PresentFrom = least });
        Assert.EndsWith(end, Assert.Single(set.Warnings));
    }

    [Fact]
    public void AFinderLeavesOutImagesWithoutAFaceAndListsThem()
    {
        Images("1.png", "2.png", "3.png");
        var set = Open(
            "path,subject,AU1,left,top,right,bottom\n1.png,a,1,,,,\n2.png,b,0,,,,\n3.png,c,1,1,1,9,9\n",
            new CsvDatasetOptions { Finder = new EverySecond() }
        );
        Assert.Equal(["a", "c"], set.SubjectOfFrame());
        Assert.Equal([folder.At("2.png")], set.WithoutFace);
        Assert.Contains("without a face, and left out: 1 images, such as ", Assert.Single(set.Warnings));
        Assert.False(float.IsNaN(set.Read(0).Landmarks[0]));
    }

    [Theory]
    [InlineData("path,AU1\n1.png,1\n", "line 1: expected a column subject or person or participant, found path, AU1")]
    [InlineData("subject,AU1\na,1\n", "line 1: expected a column path or frame")]
    [InlineData("path,subject\n1.png,a\n", "line 1: expected columns of action units, such as AU01")]
    [InlineData("path,subject,AU01_r\n1.png,a,1\n", "which need PresentFrom")]
    [InlineData("path,subject,AU1,AU01\n1.png,a,1,1\n", "line 1: two columns are AU1")]
    [InlineData(
        "path,subject,AU1\n1.png,a,3\n",
        "line 2, column AU1: expected 0, 1, or 9 or nothing for unknown (intensities need PresentFrom), found '3'"
    )]
    [InlineData("path,subject,AU1\n1.png,a,1\n9.png,b,1\n", "line 3, column path: expected an image in")]
    [InlineData("path,subject,AU1\n1.png,a,1\n1.png,b,1\n", "line 3: ")]
    [InlineData("frame,subject,AU1\n1,a,1\n1,a,1\n", "line 3: a/images/1 is there already, in line 2")]
    [InlineData("frame,subject,AU1\n5,a,1\n", "line 2, column frame: expected the number of an image in")]
    [InlineData("frame,subject,AU1\n1.5,a,1\n", "line 2, column frame: expected a frame number, found '1.5'")]
    [InlineData("path,subject,AU1\n1.png,,1\n", "line 2, column subject: expected a subject, found ''")]
    [InlineData("path,subject,AU1\n1.png,a,9\n", "expected labels 0 or 1, found none in 1 frames")]
    [InlineData(
        "path,subject,AU1,left,top,right,bottom\n1.png,a,1,9,1,2,3\n",
        "line 2, column right: expected left below right"
    )]
    [InlineData(
        "path,subject,AU1,left,top,right,bottom\n1.png,a,1,9,,,\n",
        "line 2, column top: expected all four sides of the box or none, found ''"
    )]
    [InlineData("path,subject,AU1\n1.png,a,1\n./1.png,b,1\n", "1.png is there already, in line 2")]
    [InlineData(
        "path,subject,AU1\n\n1.png,\"a,1\n2.png,b,1\n3.png,b,1\n",
        "line 3: expected 3 values, found 2, one of several lines (its quote may lack an end)."
    )]
    [InlineData("path,subject,AU1\n", "expected a header and rows")]
    public void WhatIsWrongIsNamedByFileLineAndColumn(string table, string expected)
    {
        Images("1.png");
        var message = Assert.Throws<InvalidDataException>(() => Open(table)).Message;
        Assert.StartsWith(folder.At("faces.csv"), message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void ATableCanBeNamedWhereverADatasetCan()
    {
        Images("in/1.png", "in/2.png", "in/3.png");
        folder.Write("faces.csv", "path,subject,AU12\n1.png,a,3\n2.png,b,0\n3.png,c,1\n");
        var (source, folds) = Datasets.Open(
            $"{folder.At("faces.csv")}?PresentFrom=2&Images={Uri.EscapeDataString(folder.At("in"))}"
        );
        Assert.Equal([1, 0, 0], Enumerable.Range(0, 3).SelectMany(source.LabelsAt).Select(l => (int)l));
        Assert.Equal(3, folds.Count);
        Assert.All(folds, fold => Assert.Single(fold.TestSubjects));
        Assert.EndsWith("/faces.csv", source.People, StringComparison.Ordinal);
        Assert.Equal(
            "mine",
            Open("path,subject,AU12\nin/1.png,a,1\n", new CsvDatasetOptions { People = "mine" }).People
        );
        Assert.Contains(
            "'Present=2': expected",
            Assert.Throws<ArgumentException>(() => Datasets.Open($"{folder.At("faces.csv")}?Present=2")).Message
        );
    }

    [Fact]
    public void NumbersInADatasetsTextHaveAPointInEveryCulture()
    {
        var here = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = german;
        try
        {
            Assert.Equal(0.5, CsvDatasetOptions.Parse("PresentFrom=0.5").PresentFrom);
        }
        finally
        {
            CultureInfo.CurrentCulture = here;
        }
    }

    private void Images(params string[] names)
    {
        foreach (var name in names)
            new RgbImage(40, 30).SavePng(folder.At(name));
    }

    private CsvDataset Open(string table, CsvDatasetOptions? options = null)
    {
        folder.Write("faces.csv", table);
        return CsvDataset.Open(folder.At("faces.csv"), options, TestContext.Current.CancellationToken);
    }

    private sealed class EverySecond : ILandmarkFinder
    {
        private int looked;

        public string Name => "every second";

        public float[]? Find(RgbImage image, FaceBox? near) =>
            looked++ % 2 == 0 ? MadeUpFaces.Landmarks(20, 15, 8) : null;
    }
}
