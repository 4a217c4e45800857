using System.Globalization;
using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>
/// Trained networks as ONNX files (operators of version 20) that any runtime of the format runs, see docs/onnx.md. The
/// batch is of any size. Metadata says the action units, image size, input range, crop, options, licence and a checksum
/// of the weights.
/// </summary>
public static class OnnxExport
{
    /// <summary>The licence that a file names where none is given.</summary>
    public const string NoLicence = "not stated: that of the weights";

    private const string Image = "image";

    /// <summary>
    /// Writes the whole model: "image" (B, 3, S, S) to "logits" (B, N), the teacher's, and, over a face alignment
    /// network, "landmarks" (B, 68, 2) in pixels of the image and "confidence" (B, 68).
    /// </summary>
    /// <param name="ensemble">The peers.</param>
    /// <param name="path">The file, ending in .onnx.</param>
    /// <param name="licence">Under what terms the weights are given.</param>
    /// <exception cref="NotSupportedException">A part of your own does not implement <see cref="IOnnxPart"/>; the
    /// message names it.</exception>
    public static void Save(PeerEnsemble ensemble, string path, string licence = NoLicence) =>
        Write(path, Bytes(ensemble, licence));

    /// <summary>Writes one peer as <see cref="Save(PeerEnsemble, string, string)"/> writes an ensemble.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, ending in .onnx.</param>
    /// <param name="licence">Under what terms the weights are given.</param>
    /// <exception cref="NotSupportedException">As for an ensemble.</exception>
    public static void Save(FanTransModel model, string path, string licence = NoLicence) =>
        Write(path, Bytes(model, licence));

    /// <summary>Writes a head alone: "features" as <see cref="AuHead"/> takes them to "logits" (B, N).</summary>
    /// <param name="head">The head.</param>
    /// <param name="options">The options that it was made with.</param>
    /// <param name="maps">What its feature source gives, before pooling.</param>
    /// <param name="path">The file, ending in .onnx.</param>
    /// <param name="licence">Under what terms the weights are given.</param>
    /// <exception cref="NotSupportedException">As for a whole model.</exception>
    public static void Save(
        AuHead head,
        FanTransOptions options,
        FeatureShape maps,
        string path,
        string licence = NoLicence
    ) => Write(path, Bytes(head, options, maps, licence));

    /// <summary>
    /// Writes a face alignment network: "image" (B, 3, S, S) to "heatmaps" (B, 68, S/4, S/4) of the last stack,
    /// "features" (B, C, S/4, S/4), "landmarks" (B, 68, 2) in pixels of the image and "confidence" (B, 68).
    /// </summary>
    /// <param name="fan">The network.</param>
    /// <param name="path">The file, ending in .onnx.</param>
    /// <param name="licence">Under what terms the weights are given.</param>
    public static void Save(FaceAlignmentNetwork fan, string path, string licence = NoLicence) =>
        Write(path, Bytes(fan, licence));

    internal static byte[] Bytes(PeerEnsemble ensemble, string licence = NoLicence)
    {
        var options = ensemble.Options;
        var taken = ensemble.Taken;
        return Whole(
            ensemble,
            options,
            ensemble.Source,
            taken.Landmarks > 0,
            licence,
            (exporter, features) =>
            {
                var peers = Enumerable
                    .Range(0, ensemble.Distillation.Peers)
                    .Select(m => exporter.Head(features, options, $"peers.{m}."))
                    .ToArray();
                return exporter.Teacher(peers, features.Slice(1, 0, taken.Channels), options.ActionUnits.Count, "gate");
            },
            ("distillation", OptionsJson.Write(ensemble.Distillation))
        );
    }

    internal static byte[] Bytes(FanTransModel model, string licence = NoLicence) =>
        Whole(
            model,
            model.Options,
            model.Source,
            model.Head.UsesHeatmaps,
            licence,
            (exporter, features) => exporter.Head(features, model.Options, "head.")
        );

    internal static byte[] Bytes(AuHead head, FanTransOptions options, FeatureShape maps, string licence = NoLicence)
    {
        var (graph, side) = (new OnnxGraph(), maps.Side / options.FeaturePooling);
        var features = graph.Input("features", maps.Channels + (head.UsesHeatmaps ? maps.Landmarks : 0), side, side);
        graph.Output("logits", new OnnxExporter(graph, head).Head(features, options, ""), options.ActionUnits.Count);
        return graph.ToBytes("head", Metadata(head, options, licence));
    }

    internal static byte[] Bytes(FaceAlignmentNetwork fan, string licence = NoLicence)
    {
        var (graph, options) = (new OnnxGraph(), fan.Options);
        var exporter = new OnnxExporter(graph, fan);
        var (heatmaps, features) = exporter.Source(fan, Input(graph, options), "");
        graph.Output("heatmaps", heatmaps, options.Landmarks, options.HeatmapSize, options.HeatmapSize);
        graph.Output("features", features, options.FeatureChannels, options.HeatmapSize, options.HeatmapSize);
        AddLandmarks(graph, exporter, heatmaps, options);
        return graph.ToBytes(
            "face alignment network",
            Metadata(fan, null, licence).Append(new("fan", OptionsJson.Write(options)))
        );
    }

    /// <summary>A feature source alone: "image" to "features" as the heads take them.</summary>
    internal static byte[] Features(FeatureSource source, FanOptions options, int pooling, bool heatmaps)
    {
        var graph = new OnnxGraph();
        var exporter = new OnnxExporter(graph, source);
        var taken = exporter.Taken(exporter.Source(source, Input(graph, options), ""), pooling, heatmaps);
        var (shape, side) = (source.Shape, source.Shape.Side / pooling);
        graph.Output("features", taken, shape.Channels + (heatmaps ? shape.Landmarks : 0), side, side);
        return graph.ToBytes("features", []);
    }

    private static byte[] Whole(
        nn.Module model,
        FanTransOptions options,
        FeatureSource source,
        bool heatmaps,
        string licence,
        Func<OnnxExporter, OnnxValue, OnnxValue> logits,
        params (string Key, string Value)[] more
    )
    {
        var graph = new OnnxGraph();
        var exporter = new OnnxExporter(graph, model);
        var maps = exporter.Source(source, Input(graph, options.Fan), "fan.");
        var features = exporter.Taken(maps, options.FeaturePooling, heatmaps);
        graph.Output("logits", logits(exporter, features), options.ActionUnits.Count);
        if (source is FaceAlignmentNetwork)
            AddLandmarks(graph, exporter, maps.Heatmaps, options.Fan);
        return graph.ToBytes(
            "model",
            Metadata(model, options, licence).Concat(more.Select(m => KeyValuePair.Create(m.Key, m.Value)))
        );
    }

    private static OnnxValue Input(OnnxGraph graph, FanOptions options) =>
        graph.Input(Image, 3, options.ImageSize, options.ImageSize);

    private static void AddLandmarks(OnnxGraph graph, OnnxExporter exporter, OnnxValue heatmaps, FanOptions options)
    {
        var (landmarks, confidence) = exporter.Landmarks(
            heatmaps,
            options.Landmarks,
            options.HeatmapSize,
            options.ImageSize
        );
        graph.Output("landmarks", landmarks, options.Landmarks, 2);
        graph.Output("confidence", confidence, options.Landmarks);
    }

    private static Dictionary<string, string> Metadata(nn.Module module, FanTransOptions? options, string licence)
    {
        var metadata = new Dictionary<string, string>
        {
            ["input"] = "RGB from 0 to 1, planes red, green, blue, without mean or deviation normalisation",
            ["crop"] =
                "square about the centre of the box of the 68 landmarks, side 200·(w + h)/260, "
                + "black beyond the picture",
            ["licence"] = licence,
            ["weights_sha256"] = ShippedWeights.Checksum(module.state_dict()),
        };
        if (options is not null)
        {
            metadata["action_units"] = string.Join(
                ',',
                options.ActionUnits.Select(unit => unit.ToString(CultureInfo.InvariantCulture))
            );
            metadata["image_size"] = options.Fan.ImageSize.ToString(CultureInfo.InvariantCulture);
            metadata["model"] = OptionsJson.Write(options);
        }
        return metadata;
    }

    private static void Write(string path, byte[] bytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"{path}: expected a name that ends in .onnx.", nameof(path));
        WholeFile.Write(path, stream => stream.Write(bytes));
    }
}
