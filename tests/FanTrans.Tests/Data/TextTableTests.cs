using CsCheck;
using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Data;

public sealed class TextTableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("frame,AU01,AU12\n1,0,1\n2,9,0\n")]
    [InlineData("frame;AU1;AU12\r\n1;0,0;1,0\r\n2;9;0\r\n")] // German Excel, with its decimal comma
    [InlineData("\uFEFFframe\t1\t12\n1\t0\t1\n\n2\t9.0\t0.0\n\n  \n")]
    [InlineData("\"frame\",\"AU01\",\"12\"\n\"1\",\"0\",\"1\"\n\"2\",\"9\",\"0\"")]
    [InlineData("frame, AU01 ,AU12,\n1,0,1,\n2, 9.0 ,0,\n")]
    [InlineData("\n\nframe,AU_1,au012\n1,0,1\n2,9,0\n")]
    public void WhatPeopleAndProgramsWriteIsTheSame(string text)
    {
        var table = Read(text);
        table.RequireRows();
        var units = table.ActionUnits();
        Assert.Equal([1, 12], units.Keys);
        Assert.Equal(
            [1, 2],
            Enumerable.Range(0, table.Count).Select(row => table.Whole(row, table.Require("FRAME"), "a frame"))
        );
        Assert.Equal(
            [0, 1, 9, 0],
            Enumerable.Range(0, 2).SelectMany(row => units.Values.Select(c => table.Whole(row, c, "a label")))
        );
    }

    [Fact]
    public void ASuffixTellsColumnsOfOneActionUnitApart()
    {
        var table = Read("AU01_r,AU01_c,AU45_c,AU01\n0.5,1,0,1\n");
        Assert.Equal([(1, 1), (45, 2)], table.ActionUnits("_c").Select(u => (u.Key, u.Value)));
        Assert.Equal([(1, 0)], table.ActionUnits("_R").Select(u => (u.Key, u.Value)));
    }

    [Fact]
    public void AnEmptyCellIsNoNumber()
    {
        var table = Read("a,b\n,1\nNaN,1\nNA,2\n");
        Assert.All(Enumerable.Range(0, 3), row => Assert.Null(table.Number(row, 0, "a number", 0, 1)));
    }

    [Theory]
    [InlineData("x", "line 3, column AU01: expected a label, found 'x'.")]
    [InlineData("-1", "found '-1'.")]
    [InlineData("0x1", "found '0x1'.")]
    [InlineData("1_0", "found '1_0'.")]
    [InlineData("Infinity", "found 'Infinity'.")]
    [InlineData("1e999", "found '1e999'.")]
    [InlineData("\u001b[31m", "found '\\u001b[31m'.")]
    [InlineData("0.5", "found '0.5'.")]
    public void AWrongValueIsNamedByFileLineAndColumn(string value, string expected)
    {
        var table = Read($"frame,AU01\n1,0\n2,{value}\n");
        var message = Assert.Throws<InvalidDataException>(() => table.Whole(1, 1, "a label", 0, 9)).Message;
        Assert.StartsWith(folder.At("t.csv"), message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void ColumnsAndRowsThatAreThereTwiceAreRefused()
    {
        Assert.Contains("line 1: two columns are AU1.", Refusal(() => Read("AU01,1\n0,1\n").ActionUnits()));
        Assert.Contains("line 1: two columns are frame.", Refusal(() => Read("Frame,FRAME\n0,1\n").Find("frame")));
        Assert.Equal(1, Read("X_0,x_0\n0,1\n").Find("x_0"));
        var table = Read("frame\n1\n2\n1\n");
        Assert.Contains(
            "line 4: 1 is there already, in line 2.",
            Refusal(() => table.RequireDistinct(row => table.Text(row, 0)))
        );
    }

    [Fact]
    public void ARowOfAnotherLengthIsRefused()
    {
        Assert.Contains("line 3: expected 2 values, found 3.", Refusal(() => Read("a,b\n1,2\n1,2,3\n").RequireRows()));
        Assert.Contains("line 2: expected 2 values, found 1.", Refusal(() => Read("a,b\n1\n").RequireRows()));
        Assert.Contains("expected a header and rows, found nothing.", Refusal(() => Read("").RequireRows()));
        Assert.Contains("expected a header and rows, found a, b.", Refusal(() => Read("a,b\n").RequireRows()));
        Assert.Contains(
            "expected a column frame or number, found a, b.",
            Refusal(() => Read("a,b\n").Require("frame", "number"))
        );
        Assert.Contains(
            "no such table",
            Assert.Throws<FileNotFoundException>(() => TextTable.Read(folder.At("nowhere"))).Message
        );
    }

    [Fact]
    public void AnyCellsComeBackFromALine() =>
        Gen.String[Gen.Char[" ,;\"\tab\u00e9\n"], 0, 6]
            .Array[2, 5]
            .Sample(
                cells =>
                {
                    // Space around a cell is not kept, and an empty last cell is none.
                    string[] kept = [.. cells.Select(c => c.Trim()).Select((c, i) => i == 0 ? $"x{c}x" : c), "end"];
                    folder.Write(
                        "t.csv",
                        TextTable.ToLine(kept.Select((_, i) => $"c{i},")) + "\n" + TextTable.ToLine(kept) + "\n"
                    );
                    var table = TextTable.Read(folder.At("t.csv"));
                    Assert.Equal(kept, kept.Select((_, i) => table.Text(0, i).Replace("\r\n", "\n")));
                },
                iter: 300,
                threads: 1
            );

    [Fact]
    public void PredictionsComeBackToTheBitWithAnyNames()
    {
        var random = new Random(3);
        FaceKey[] keys = [new("F001", "T1", 1), new("Doe, \"Jane\"", "a,b", 2), new("ß", "", 0)];
        float[][] probabilities = [.. keys.Select(_ => new[] { random.NextSingle(), 1, float.Epsilon })];
        sbyte[][] labels =
        [
            [0, 1, 9],
            [1, 9, 0],
            [9, 9, 9],
        ];
        probabilities[2][1] = float.NaN;
        PredictionsFile.Save(folder.At("p.csv"), new AuPredictions([5, 20, 45], keys, probabilities, labels));
        var read = PredictionsFile.Load(folder.At("p.csv"));
        Assert.Equal([5, 20, 45], read.ActionUnits);
        Assert.Equal(keys, read.Keys);
        Assert.Equal(probabilities.SelectMany(p => p), read.Probabilities.SelectMany(p => p));
        Assert.Equal(labels.SelectMany(l => l), read.Labels.SelectMany(l => l));
    }

    [Theory]
    [InlineData(
        "subject,frame,AU01_p,AU01\nA,1,2.5,1\n",
        "line 2, column AU01_p: expected a probability from 0 to 1, found '2.5'"
    )]
    [InlineData("subject,frame,AU01_p,AU01\nA,1,,1\n", "line 2, column AU01_p: expected a probability")]
    [InlineData(
        "subject,frame,AU01_p,AU01\nA,1,0.5,3\n",
        "line 2, column AU01: expected a label 0, 1, or 9 for unknown, found '3'"
    )]
    [InlineData(
        "subject,frame,AU01_p,AU01\nA,1,0.5,1\n\nA,1.0,0.5,1\n",
        "line 4: frame A//1 is there already, in line 2"
    )]
    [InlineData("subject,frame,AU01_p,AU01\nA,1,0.5,9\n", "all are unknown")]
    [InlineData("subject,frame,AU01_p\nA,1,0.5\n", "line 1: expected a column AU01 of labels")]
    [InlineData("subject,frame,AU01\nA,1,1\n", "line 1: expected columns AU01_p")]
    [InlineData("frame,AU01_p,AU01\n1,0.5,1\n", "line 1: expected a column subject")]
    [InlineData("subject,frame,AU01_p,AU1_p,AU01\nA,1,0,0,1\n", "line 1: two columns are AU1_p")]
    public void WrongPredictionsAreNamedByFileLineAndColumn(string text, string expected)
    {
        folder.Write("p.csv", text);
        Assert.Contains($"{folder.At("p.csv")}", Refusal(() => PredictionsFile.Load(folder.At("p.csv"))));
        Assert.Contains(expected, Refusal(() => PredictionsFile.Load(folder.At("p.csv"))));
    }

    private static string Refusal(Action action) => Assert.Throws<InvalidDataException>(action).Message;

    private TextTable Read(string text)
    {
        folder.Write("t.csv", text);
        return TextTable.Read(folder.At("t.csv"));
    }
}
