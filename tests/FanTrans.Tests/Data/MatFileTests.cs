using System.Text.Json;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class MatFileTests
{
    private const string WriteWithScipy = """
        import sys, numpy as np
        try:
            from scipy.io import savemat
        except ImportError:
            print("no scipy"); sys.exit()
        folder = sys.argv[1]
        points = np.arange(98, dtype=float).reshape(49, 2) / 4
        fit = np.zeros((1, 3), dtype=[("isTracked", "O"), ("pts_2d", "O"), ("pts_3d", "O")])
        for k in range(3):
            fit[0, k] = (np.array([[float(k != 1)]]), points + k if k != 1 else np.zeros((0, 0)), np.zeros((49, 3)))
        cells = np.empty((1, 2), dtype=object)
        cells[0, 0], cells[0, 1] = points, points.T
        for name, compressed in (("plain", False), ("packed", True)):
            savemat(f"{folder}/{name}-fit.mat", {"fit": fit}, do_compression=compressed)
            savemat(f"{folder}/{name}-cells.mat", {"note": "text", "all": cells}, do_compression=compressed)
            savemat(f"{folder}/{name}-stack.mat", {"all": np.stack([points, points + 1], axis=2)}, do_compression=compressed)
            savemat(f"{folder}/{name}-one.mat", {"pts": np.arange(132, dtype=np.float32).reshape(66, 2)}, do_compression=compressed)
            savemat(f"{folder}/{name}-whole.mat", {"pts": np.arange(-68, 68, dtype=np.int16).reshape(68, 2)}, do_compression=compressed)
        savemat(f"{folder}/old.mat", {"pts": points}, format="4")
        """;

    private const string ReadWithScipy = """
        import sys, json
        try:
            from scipy.io import loadmat
        except ImportError:
            print("no scipy"); sys.exit()
        m = loadmat(sys.argv[1])
        print(json.dumps({"pts": m["pts"].tolist(), "second": m["fit"]["pts_2d"][0, 1].tolist(), "cell": m["cells"][0, 0].tolist()}))
        """;

    [Fact]
    public void What_scipy_writes_is_read()
    {
        using var folder = new TemporaryFolder();
        if (PythonTorch.Run("-c", WriteWithScipy, folder.Path).Contains("no scipy"))
            Assert.Skip("Python has no scipy");
        foreach (var name in new[] { "plain", "packed" })
        {
            var fit = LandmarkFiles.ReadSequence(folder.At($"{name}-fit.mat"));
            Assert.Equal(3, fit.Length);
            Assert.Null(fit[1]);
            Assert.Equal(0.25f + 2 - 0.5f, fit[2]![35]); // point 0 of the 49 is point 17 of the 68; its y is 0.25

            var cells = LandmarkFiles.ReadSequence(folder.At($"{name}-cells.mat"));
            Assert.Equal(cells[0], cells[1]); // 49 x 2 and 2 x 49
            var stack = LandmarkFiles.ReadSequence(folder.At($"{name}-stack.mat"));
            Assert.Equal(stack[0]!.Select(v => v + 1), stack[1]!);
            Assert.Equal(cells[0], stack[0]);

            var one = LandmarkFiles.ReadFrame(folder.At($"{name}-one.mat"))!;
            Assert.Equal((-0.5f, 0.5f), (one[0], one[1]));
            Assert.Equal(131 - 0.5f, one[135]);
            Assert.Equal(-68 - 0.5f, LandmarkFiles.ReadFrame(folder.At($"{name}-whole.mat"))![0]);
        }
        var old = Assert.Throws<InvalidDataException>(() => LandmarkFiles.ReadFrame(folder.At("old.mat")));
        Assert.Contains("old.mat: expected a MATLAB file", old.Message);
    }

    [Fact]
    public void What_the_kit_writes_scipy_reads()
    {
        using var folder = new TemporaryFolder();
        MatNumbers first = new([2, 2], [1, 2, 3, 4]),
            second = new([1, 3], [5, 6, 7.5]);
        var path = folder.Write(
            "ours.mat",
            MatFileWriter.Write(
                new Dictionary<string, MatValue>
                {
                    ["pts"] = first,
                    ["fit"] = new MatElements(
                        2,
                        new Dictionary<string, MatValue[]>
                        {
                            ["isTracked"] = [second, first],
                            ["pts_2d"] = [first, second],
                        }
                    ),
                    ["cells"] = new MatElements(1, new Dictionary<string, MatValue[]> { [""] = [second] }),
                }
            )
        );
        var printed = PythonTorch.Run("-c", ReadWithScipy, path);
        if (printed.Contains("no scipy"))
            Assert.Skip("Python has no scipy");
        using var read = JsonDocument.Parse(printed);
        Assert.Equal("[[1.0,3.0],[2.0,4.0]]", read.RootElement.GetProperty("pts").GetRawText().Replace(" ", ""));
        Assert.Equal("[[5.0,6.0,7.5]]", read.RootElement.GetProperty("second").GetRawText().Replace(" ", ""));
        Assert.Equal("[[5.0,6.0,7.5]]", read.RootElement.GetProperty("cell").GetRawText().Replace(" ", ""));
    }

    [Fact]
    public void Broken_files_are_named_and_never_crash()
    {
        using var folder = new TemporaryFolder();
        var whole = MatFileWriter.Write(
            new Dictionary<string, MatValue>
            {
                ["fit"] = new MatElements(
                    3,
                    new Dictionary<string, MatValue[]>
                    {
                        ["pts"] =
                        [
                            .. Enumerable
                                .Range(0, 3)
                                .Select(_ => new MatNumbers(
                                    [49, 2],
                                    [.. Enumerable.Range(0, 98).Select(v => (double)v)]
                                )),
                        ],
                    }
                ),
            }
        );
        Assert.Equal(3, LandmarkFiles.ReadSequence(folder.Write("whole.mat", whole)).Length);
        var random = new Random(3);
        for (var trial = 0; trial < 400; trial++)
        {
            var broken = whole[..(trial % 3 == 0 ? random.Next(whole.Length) : whole.Length)];
            for (var k = 0; k < (trial % 3 == 0 ? 0 : 4) && broken.Length > 0; k++)
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            var path = folder.Write("broken.mat", broken);
            try
            {
                LandmarkFiles.ReadSequence(path);
            }
            catch (InvalidDataException error)
            {
                Assert.Contains("broken.mat", error.Message);
            }
        }
    }

    [Theory]
    [InlineData("", "its header is not one")]
    [InlineData("MATLAB 7.3 MAT-file, Platform: GLNXA64", "save(..., '-v7')")]
    [InlineData("MATLAB 5.0 MAT-file", "its byte order is not given")]
    public void Files_of_other_kinds_are_told(string header, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.mat", header.PadRight(header.Length == 0 ? 0 : 200));
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => LandmarkFiles.ReadFrame(path)).Message);
    }

    [Fact]
    public void A_file_without_landmarks_is_told()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(
            "x.mat",
            MatFileWriter.Write(new Dictionary<string, MatValue> { ["pts"] = new MatNumbers([10, 2], new double[20]) })
        );
        Assert.Contains(
            "49, 51, 66 or 68 points",
            Assert.Throws<InvalidDataException>(() => LandmarkFiles.ReadFrame(path)).Message
        );
        Assert.Contains(
            "49, 51, 66 or 68 points",
            Assert.Throws<InvalidDataException>(() => LandmarkFiles.ReadSequence(path)).Message
        );
    }

    [Fact]
    public void Lost_frames_have_no_landmarks()
    {
        using var folder = new TemporaryFolder();
        MatNumbers Filled(double value) => new([49, 2], [.. Enumerable.Repeat(value, 98)]);
        var path = folder.Write(
            "x.mat",
            MatFileWriter.Write(
                new Dictionary<string, MatValue>
                {
                    ["fit"] = new MatElements(
                        3,
                        new Dictionary<string, MatValue[]>
                        {
                            ["pts"] =
                            [
                                Filled(0),
                                Filled(double.NaN),
                                new MatNumbers([49, 2], [.. Enumerable.Range(0, 98).Select(v => (double)v)]),
                            ],
                        }
                    ),
                }
            )
        );
        Assert.Equal([true, true, false], LandmarkFiles.ReadSequence(path).Select(p => p is null));
    }
}
