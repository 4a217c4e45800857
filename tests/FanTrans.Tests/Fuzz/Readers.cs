using System.IO.Compression;
using System.Text;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Prediction;
using FanTrans.Synthetic;
using FanTrans.Tests.Data;
using FanTrans.Tests.Interop;
using FanTrans.Tests.Training;
using FanTrans.Training;
using FanTrans.Training.Experiments;
using NotebookHost;
using NotebookHost.Conversion;
using NotebookHost.Notebooks;
using NotebookHost.Pages;
using NotebookHost.Running;
using static TorchSharp.torch;

namespace FanTrans.Tests.Fuzz;

/// <summary>Something that reads files of others.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Corpus">Whole files.</param>
/// <param name="Read">Reads one file's bytes, and frees what was read.</param>
/// <param name="Documented">The exceptions that may come out.</param>
internal sealed record Reader(string Name, byte[][] Corpus, Action<byte[]> Read, params Type[] Documented)
{
    /// <summary>Repairs a damaged file's checksums, so that the damage gets past them; null has none.</summary>
    public Func<byte[], byte[]>? Repair { get; init; }

    /// <summary>How much it may allocate for a file of no bytes.
    /// An image of a few may say that it has 4 million pixels.</summary>
    public long MostBytes { get; init; } = 1L << 26;
}

/// <summary>Every reader of the kit, with files that the kit and others write.</summary>
internal sealed class Readers : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public IEnumerable<Reader> All() => [.. Weights(), .. Images(), .. Tables(), .. Sets(), .. Json(), .. Notebooks()];

    public void Dispose() => folder.Dispose();

    private IEnumerable<Reader> Weights()
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Tensor>[] tensors =
        [
            new("conv.weight", Arithmetic.Count(24).to_type(ScalarType.Float32).reshape(2, 3, 4)),
            new("bn.count", tensor(7L)),
            new("half", ones(5, ScalarType.Float16)),
            new("empty", zeros(0, 3)),
        ];
        WeightsFile.Save(folder.At("w.safetensors"), tensors, new Dictionary<string, string> { ["fan"] = "{}" });
        byte[][] pickles =
        [
            Pickle(tensors, legacy: false),
            [.. "(X\u0001\0\0\0aK\u0001u}."u8],
            [.. "cos\nsystem\n)R."u8],
        ];
        int[] sizes = [.. tensors.Select(t => (int)(t.Value.numel() * t.Value.element_size()))];
        yield return Invalid("safetensors", [File.ReadAllBytes(folder.At("w.safetensors"))], Load);
        yield return Invalid("pth, zip", [PyTorchWriter.Zip(tensors)], Load);
        yield return Invalid(
            "pth, legacy",
            [PyTorchWriter.Legacy(tensors), [.. PyTorchWriter.LegacyHead(), .. pickles[2]]],
            Load
        );
        yield return Invalid(
            "pickle",
            pickles,
            bytes =>
                Load(
                    PyTorchWriter.Zip([
                        ("a/data.pkl", bytes),
                        .. sizes.Select((size, i) => ($"a/data/{i}", new byte[size])),
                    ])
                )
        );
        using (var fan = Tiny.NewFan())
            fan.Save(folder.At("fan.safetensors"));
        yield return Invalid(
            "fan",
            [File.ReadAllBytes(folder.At("fan.safetensors"))],
            bytes =>
            {
                using var dict = WeightsFile.Load(ByteSource.Of("fan", bytes));
                FaceAlignmentNetworkWeights.Infer(dict);
            }
        );

        static void Load(byte[] bytes) => WeightsFile.Load(ByteSource.Of("weights", bytes)).Dispose();
        static byte[] Pickle(KeyValuePair<string, Tensor>[] tensors, bool legacy) =>
            PyTorchWriter.Pickle(pickle => pickle.Start().Objects([.. tensors], legacy).Stop());
    }

    private static IEnumerable<Reader> Images() =>
        ImageFiles.All.Select(format =>
            Invalid(format.Key, format.Value, bytes => RgbImage.Decode(bytes)) with
            {
                Repair = format.Key == "PNG" ? ImageFiles.RepairPng : null,
                // ImageSharp makes room for 65,536 groups of Huffman tables where a lossless image says that it has
                // them.
                MostBytes = format.Key == "WebP" ? 1L << 31 : 1L << 26,
            }
        );

    private IEnumerable<Reader> Tables()
    {
        var predictions = Text(
            "subject,sequence,frame,AU01_p,AU02_p,AU01,AU02\nF001,T1,1,0.5,0.25,1,0\nF001,T1,2,0.125,1,9,1\n",
            "subject;sequence;frame;AU1_p;AU1\n\"F;1\";T1;1;0,5;1.0\n",
            "﻿frame\tsubject\tAU01_p\tAU01\n1\tx\t1e-3\t\n"
        );
        yield return Path("predictions", predictions, path => PredictionsFile.Load(path));
        new RgbImage(8, 8).SavePng(folder.At("1.png"));
        new RgbImage(8, 8).SavePng(folder.At("2.png"));
        var points = string.Join(',', Enumerable.Range(0, 68).SelectMany(k => new[] { $"x_{k}", $"y_{k}" }));
        yield return Path(
            "dataset as CSV",
            Text(
                "subject,path,frame,AU01,AU12\na,1.png,1,1,0\nb,2.png,2,9,\n",
                "subject,frame,AU01_c,AU01_r\na,1,1,2.5\nb,2,0,0\n",
                $"subject,path,AU01,left,top,right,bottom,{points}\na,1.png,1,0,0,7,7,{string.Join(',', Enumerable.Range(0, 136).Select(i => i % 8))}\n"
            ),
            path => CsvDataset.Open(path)
        );
        yield return Path(
            "time lines",
            Text(
                "frame,face_id,timestamp,confidence,success,AU01_p,AU01_c\n1,0,0.000,0.9,1,0.5,1\n2,0,0.040,0.9,1,0.25,0\n",
                " frame, face_id, timestamp, AU01_r, AU01_c\n1,0,0.0,1.2,1\n",
                ",frame,AU01,AU02\n0,0,0.5,0.1\n"
            ),
            path => AuTimeLine.Read(path)
        );
        var labels = DatasetManifest.Load("bp4d");
        yield return Path(
            "labels",
            Text("1,2,4,6\n1,0,1,9\n2,1,1,0\n", "frame;AU01;AU02\n1;1.0;0.0\n2;;9\n"),
            path =>
            {
                var table = TextTable.Read(path);
                var values = new LabelTable(labels, "F001", "T1", new PreparationReport());
                for (var row = 0; row < table.Count; row++)
                {
                    if (values.Frame(table, row) is { } frame)
                    {
                        foreach (var column in table.ActionUnits(from: 1).Values)
                            values.Put(frame, 0, table, row, column);
                    }
                }
                values.Frames(new bool[labels.ActionUnits.Count]);
            }
        );
        var frame = MatFileWriter.Write(
            new Dictionary<string, MatValue>
            {
                ["pts"] = new MatNumbers([49, 2], [.. Enumerable.Range(0, 98).Select(i => (double)i)]),
            }
        );
        var sequence = MatFileWriter.Write(
            new Dictionary<string, MatValue>
            {
                ["fit"] = new MatElements(
                    2,
                    new Dictionary<string, MatValue[]>
                    {
                        ["pred"] = [new MatNumbers([49, 2], new double[98]), new MatNumbers([0, 0], [])],
                        ["cells"] =
                        [
                            new MatElements(
                                1,
                                new Dictionary<string, MatValue[]> { [""] = [new MatNumbers([1, 1], [3])] }
                            ),
                            new MatNumbers([1, 2], [1, 2]),
                        ],
                    }
                ),
            }
        );
        yield return Path("mat", [frame, sequence], path => LandmarkFiles.ReadFrame(path));
        yield return Path("mat, compressed", [sequence], path => LandmarkFiles.ReadSequence(path)) with
        {
            Repair = Deflated,
        };
    }

    private IEnumerable<Reader> Sets()
    {
        var report = new PreparationReport();
        LayoutWriter.WriteBp4d(new MadeUpFaces(ActionUnits.Bp4d, 1, 1, 2), folder.At("bp4d"));
        var files = DatasetFiles.Find("bp4d", folder.At("bp4d"), report);
        new Preparation(files, report, folder.At("set"), SmallDatasets.SmallCrops).Run();
        var manifest = File.ReadAllBytes(folder.At("set/frames.jsonl"));
        yield return Path(
            "prepared set",
            [manifest],
            path =>
            {
                File.Copy(path, folder.At("set/frames.jsonl"), overwrite: true);
                var set = PreparedSet.Open(folder.At("set"));
                if (set.Count > 0)
                    set.Read(0);
            }
        ) with
        {
            Repair = RepairManifest,
        };
        string[] lines = ["{\"source\":\"s\"}", .. Encoding.UTF8.GetString(manifest).Split('\n')[1..^2]];
        var journal = string.Join('\n', lines) + "\n";
        yield return Path("journal", Text(journal), path => PreparationJournal.Open(path, "s", 12, out _).Dispose());
    }

    private IEnumerable<Reader> Json()
    {
        byte[][] manifests = [Source("data-manifests/bp4d.json"), Source("data-manifests/disfa.json")];
        yield return Path("dataset manifest", manifests, path => DatasetManifest.Read(path));
        var options = Text(OptionsJson.Write(ExperimentOptions.Small), OptionsJson.Write(ExperimentOptions.Paper));
        yield return new(
            "options",
            options,
            bytes => OptionsJson.Read<ExperimentOptions>(Encoding.UTF8.GetString(bytes)).Validate(),
            typeof(InvalidDataException),
            typeof(ArgumentException)
        );
        yield return Path(
            "sweep",
            Text(
                """
                { "preset": "Small", "base": { "Data": "synthfaces?Subjects=9", "Training.Epochs": 1 }, // a comment
                  "cells": [ { "Model.AttentionDrop": "None" }, { "Model.InitialKeep": 0.8 } ], "grid": { "Fold": [1, 2] } }
                """
            ),
            path => Sweep.Load(path)
        );
        var (losses, none) = (new Dictionary<string, double> { ["total"] = 1 }, new Dictionary<string, double>());
        new TrainingResult([new(1, 2, 3, losses, 5, none, 7, 8, 9, 10)], 1).Save(folder.At("history.json"));
        yield return Path("history", [File.ReadAllBytes(folder.At("history.json"))], path => TrainingResult.Load(path));
    }

    private IEnumerable<Reader> Notebooks()
    {
        byte[][] notebooks =
        [
            .. Text(
                """
                { "cells": [ { "cell_type": "markdown", "metadata": {}, "source": ["# A\n", "$x^2$ and `b`\n"] },
                  { "cell_type": "code", "execution_count": 1, "metadata": { "dotnet_interactive": { "language": "csharp" }, "tags": ["parameters"] },
                    "outputs": [ { "output_type": "stream", "name": "stdout", "text": ["1\n"] },
                      { "output_type": "display_data", "data": { "text/html": "<b>1</b>" }, "metadata": {} } ],
                    "source": "var epochs = 3;\n" } ],
                  "metadata": { "kernelspec": { "name": ".net-csharp" } }, "nbformat": 4, "nbformat_minor": 5 }
                """
            ),
        ];
        yield return Host(
            "ipynb",
            notebooks,
            "n.ipynb",
            path =>
            {
                var notebook = Notebook.Load(path);
                notebook.GiveIds();
                notebook.ToJson();
                ParameterList.Of(notebook);
                SiteEntry.Of(path);
            }
        );
        yield return Host(
            "dib",
            Text(
                "#!meta\n\n{\"kernelInfo\":{\"defaultKernelName\":\"csharp\"}}\n\n#!csharp\n\nvar a = "
                    + "1;\n\n#!markdown\n\n# B\n",
                "#!csharp\n\n#!import \"a.cs\"\n1\n#!html\n<b>1</b>\n"
            ),
            "n.dib",
            path => Notebook.Load(path)
        );
        var app = AppWriter.Write(Notebook.Parse(Encoding.UTF8.GetString(notebooks[0]), "n.ipynb"), folder.Path, "n");
        yield return Host("app", Text(app), "n.cs", path => AppReader.Read(File.ReadAllText(path), path));
        yield return Host(
            "parameters",
            Text("{ \"n\": { \"epochs\": \"3\" } }"),
            "p.json",
            path => ParameterFile.For(path, "n.ipynb")
        );
    }

    private static Reader Invalid(string name, byte[][] corpus, Action<byte[]> read) =>
        new(name, corpus, read, typeof(InvalidDataException));

    private Reader Path(string name, byte[][] corpus, Action<string> read) =>
        Invalid(name, corpus, At(name + ".txt", read));

    private Reader Host(string name, byte[][] corpus, string file, Action<string> read) =>
        new(name, corpus, At(file, read), typeof(HostException));

    private Action<byte[]> At(string file, Action<string> read) =>
        bytes =>
        {
            File.WriteAllBytes(folder.At(file), bytes);
            read(folder.At(file));
        };

    private static byte[][] Text(params string[] texts) => Array.ConvertAll(texts, Encoding.UTF8.GetBytes);

    private static byte[] Source(string path) => File.ReadAllBytes(System.IO.Path.Combine(Repository.Root, path));

    /// <summary>Gives a prepared set's manifest the checksum of its lines.</summary>
    private static byte[] RepairManifest(byte[] file)
    {
        var last = file.Length < 2 ? -1 : file.AsSpan(0, file.Length - 1).LastIndexOf((byte)'\n');
        if (last < 0)
            return file;
        var lines = file[..(last + 1)];
        return [.. lines, .. Encoding.UTF8.GetBytes($"{{\"sha256\":\"{Fingerprints.Of(lines)}\"}}\n")];
    }

    /// <summary>A MATLAB file with all of its variables compressed into one element.</summary>
    private static byte[] Deflated(byte[] file)
    {
        if (file.Length < 128)
            return file;
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(file.AsSpan(128));
        byte[] tag = [.. BitConverter.GetBytes(15), .. BitConverter.GetBytes((int)packed.Length)];
        return [.. file[..128], .. tag, .. packed.ToArray()];
    }
}
