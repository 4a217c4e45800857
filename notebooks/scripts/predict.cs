#!/usr/bin/env -S dotnet run
// Predicts action units of every face in images, folders of images and videos: a CSV table, images and videos with an
// overlay, and pages with time lines.
//
//   dotnet run --file notebooks/scripts/predict.cs -- face.jpg
//   dotnet run --file notebooks/scripts/predict.cs -- video.mp4 images/ --out faces.csv --overlay shown --page shown
//   dotnet run --file notebooks/scripts/predict.cs -- face.jpg --model runs/try/model.safetensors
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Charts/FanTrans.Charts.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using System.Threading.Channels;
using FanTrans.Charts;
using FanTrans.Data;
using FanTrans.Prediction;
using FanTrans.Training.Experiments;
using TorchSharp;

var inputs = new Argument<string[]>("input")
{
    Description = "Images, videos, and folders of them; videos are decoded by ffmpeg",
    HelpName = "FILE",
    Arity = ArgumentArity.OneOrMore,
};
var model = Script.Text(
    "--model",
    "A trained model, such as train.cs writes to model.safetensors or export.cs to model.onnx, instead of "
        + "the kit's own",
    "FILE"
);
var device = Script.Text(
    "--device",
    "cpu, cuda, or cuda:1 …; without it the GPU if there is one, and the processor for the kit's own model "
        + "and .onnx files",
    "NAME"
);
var output = Script.Text("--out", "Where to write the table; without it, the standard output", "FILE");
var landmarks = Script.Flag("--landmarks", "The table also has the 68 landmarks, x_0 to y_67");
var every = Script.Whole("--every", "Of a video, every how many frames one is taken", 1, 1);
var rate = Script.Number("--fps", "Of a video, how many frames per second are taken at most; 0 is all", 0, 0, 1e6, "F");
var overlay = Script.Text(
    "--overlay",
    "A folder for images with faces, landmarks and probabilities; of a video, a video",
    "DIR"
);
var stills = Script.Flag("--overlay-pictures", "Of a video, the overlay is an image per frame");
var page = Script.Text(
    "--page",
    "A folder for one page per video: time lines beside its frames, needs no network",
    "DIR"
);
var threshold = Script.Number("--threshold", "A probability of at least this counts as present", 0.5, 0, 1, "P");
var confidence = Script.Number(
    "--least-confidence",
    "A face whose landmarks are less sure counts as none",
    FacePredictor.DefaultLeastConfidence,
    0,
    1,
    "C"
);
var once = Script.Flag(
    "--once",
    "Reads each face without its mirror image: in half the time, with a little more noise"
);
var detector = Script.Text("--detector", "BlazeFace as .onnx or .tgz, instead of the one that set-up fetched", "FILE");
var ffmpeg = Script.Text("--ffmpeg", "The program that decodes and encodes videos", "PATH", "ffmpeg");
var json = Script.Flag(
    "--json",
    "How many frames, faces and failed files there were, as JSON on the standard output; needs --out"
);

var command = new RootCommand(
    $"""
    Predicts the action units of every face. The table's columns are named as in OpenFace and py-feat: frame, face_id,
    timestamp, confidence, success, FaceRectX …, FaceScore, Pitch, Roll, Yaw (degrees), AU01_p … (probability), AU01_c …
    (present), input, error. In a video a person keeps the face_id. A file that cannot be read has a row with the
    reason, and the others are predicted all the same; the exit code is then 1, as where no face was found anywhere.
    {Script.ExitCodes}
    """
)
{
    inputs,
    model,
    device,
    output,
    landmarks,
    every,
    rate,
    overlay,
    stills,
    page,
    threshold,
    confidence,
    once,
    detector,
    ffmpeg,
    json,
};
Script.Does(command, Run);
return await Script.Run(
    command,
    args,
    arguments =>
        arguments.GetValue(json) && arguments.GetValue(output) is null
            ? "--json needs --out, since the table would be on the standard output too."
        : arguments.GetValue(inputs)!.FirstOrDefault(i => i.StartsWith("--") && !Path.Exists(i)) is { } unknown
            ? $"{unknown}: no such option, and no such file or folder."
        : arguments.GetValue(stills) && arguments.GetValue(overlay) is null ? "--overlay-pictures needs --overlay."
        : null
);

int Run(ParseResult arguments, CancellationToken cancel)
{
    var (program, table) = (arguments.GetValue(ffmpeg)!, arguments.GetValue(output));
    var (files, failed) = Files(arguments.GetValue(inputs)!, program);
    var names = new OutputNames(files, arguments.GetValue(overlay), arguments.GetValue(page));
    // IMG_1.MP4 and IMG_1.mp4 are one file on Windows and macOS.
    var taken = files.Select(Path.GetFullPath).ToHashSet(StringComparer.OrdinalIgnoreCase);
    if (names.All.Append(table).FirstOrDefault(o => o is not null && taken.Contains(Path.GetFullPath(o))) is { } same)
    {
        throw new ArgumentException(
            $"{same} is an input and would be written over: choose another --out, --overlay or --page."
        );
    }
    var (weights, name) = (arguments.GetValue(model), arguments.GetValue(device));
    // The kit's own model and exported ones run on ONNX Runtime: PyTorch, which takes a second to load, is not asked.
    var onOnnx = weights is null || weights.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
    var on = onOnnx && name is null or "cpu" ? null : Script.DeviceOf(name);
    int? gpu = on?.type is DeviceType.CUDA ? Math.Max(0, on.index) : null;
    using var ensemble = onOnnx ? null : TrainedModel.Load(weights!);
    ensemble?.to(on!);
    using var own = arguments.GetValue(detector) is { } file ? BlazeFaceDetector.Load(file) : null;
    using var predictor =
        ensemble is not null ? ensemble.ToPredictor(own, on)
        : weights is null ? new FacePredictor(own, gpu)
        : FacePredictor.FromOnnx(weights, own, gpu);
    predictor.LeastConfidence = arguments.GetValue(confidence);
    predictor.Mirrored = !arguments.GetValue(once);
    Console.Error.WriteLine($"Faces are found by {predictor.Detector.Name}.");

    using var whole = table is null ? null : new WholeFile(table);
    var writer = whole is null ? Console.Out : new StreamWriter(whole.Stream);
    var rows = new FaceTable(writer, predictor.ActionUnits, arguments.GetValue(landmarks));
    foreach (var missing in failed)
        rows.Write(missing);
    var present = arguments.GetValue(threshold);
    var (frames, faces) = (0, 0);
    double? most = arguments.GetValue(rate) is > 0 and var limit ? limit : null;
    var decoded = PredictionInputs.Frames(files, (int)arguments.GetValue(every), most, program, cancel);
    Shown? shown = null;
    try
    {
        foreach (var frame in predictor.Predict(decoded, cancel))
        {
            rows.Write(frame, present);
            if (frame.Error is not null)
            {
                failed.Add(frame);
                Console.Error.WriteLine(frame.Error);
            }
            (frames, faces) = (frames + (frame.Error is null ? 1 : 0), faces + frame.Faces.Count);
            if (shown?.File != frame.File)
            {
                shown?.Finish();
                shown?.Dispose();
                shown = new Shown(
                    frame.File,
                    names,
                    predictor.ActionUnits,
                    present,
                    arguments.GetValue(stills),
                    program
                );
            }
            shown.Add(frame);
        }
        shown?.Finish();
    }
    finally
    {
        shown?.Dispose();
    }
    writer.Flush();
    whole?.Commit();
    if (arguments.GetValue(json))
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    frames,
                    faces,
                    failed = failed.Count,
                }
            )
        );
    if (faces == 0)
        Console.Error.WriteLine($"No face was found in {frames} images and frames.");
    return failed.Count > 0 || faces == 0 ? 1 : 0;
}

// The files of all inputs, and what is wrong with the others. One good input is enough.
static (List<string> Files, List<FramePrediction> Failed) Files(string[] inputs, string ffmpeg)
{
    var (files, failed) = (new List<string>(), new List<FramePrediction>());
    foreach (var input in inputs)
    {
        try
        {
            files.AddRange(PredictionInputs.Files(input, ffmpeg));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            if (inputs.Length == 1)
                throw;
            failed.Add(new FramePrediction(input, 0, 0, []) { Error = error.Message });
            Console.Error.WriteLine(error.Message);
        }
    }
    return files.Count > 0
        ? ([.. files.DistinctBy(Path.GetFullPath)], failed)
        : throw new FileNotFoundException("Nothing is left to predict.");
}

/// <summary>Where overlays and pages go: named after their input, no two alike.</summary>
sealed class OutputNames(IEnumerable<string> files, string? overlay, string? page)
{
    private readonly Dictionary<string, string> names = Distinct(files);

    public IEnumerable<string> All =>
        names.Keys.SelectMany(f => new[] { Picture(f), Video(f), Page(f) }).OfType<string>();

    public string? Picture(string file, int? frame = null) =>
        overlay is null ? null
        : frame is { } number ? Path.Combine(overlay, names[file], $"{number:000000}.png")
        : Path.Combine(overlay, $"{names[file]}.png");

    public string? Video(string file) => overlay is null ? null : Path.Combine(overlay, $"{names[file]}.mp4");

    public string? Page(string file) => page is null ? null : Path.Combine(page, $"{names[file]}.html");

    private static Dictionary<string, string> Distinct(IEnumerable<string> files)
    {
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return files.ToDictionary(
            f => f,
            f =>
                new[] { Path.GetFileNameWithoutExtension(f), Path.GetFileName(f) }
                    .Concat(Enumerable.Range(2, int.MaxValue - 2).Select(k => $"{Path.GetFileName(f)}-{k}"))
                    .First(used.Add)
        );
    }
}

/// <summary>Writes the overlay and the page of one file.</summary>
sealed class Shown(
    string file,
    OutputNames names,
    IReadOnlyList<int> units,
    double threshold,
    bool stills,
    string ffmpeg
) : IDisposable
{
    private readonly VideoPage page = new(Path.GetFileName(file), units, threshold);
    private readonly Channel<RgbImage> frames = Channel.CreateBounded<RgbImage>(4);
    private readonly CancellationTokenSource stop = new();

    // Of a video: before its encoding the first frames, whose times give the rate; then the last, to be shown until the next.
    private readonly List<(RgbImage Image, double Seconds)> waiting = [];
    private double start,
        rate;
    private Task? encoding;
    private int added,
        written;

    public string File => file;

    public void Add(FramePrediction frame)
    {
        if (frame.Image is null)
            return;
        added++;
        if (names.Page(file) is not null && !frame.IsPicture)
            page.Add(frame);
        if (names.Picture(file, frame.IsPicture ? null : frame.Number) is not { } picture)
            return;
        var image = FaceOverlay.Draw(frame.Image, units, frame.Faces, threshold);
        if (frame.IsPicture || stills)
        {
            image.SavePng(picture);
        }
        else
        {
            waiting.Add((image, frame.Seconds));
            if (encoding is not null || waiting.Count == 9)
                WriteUntilLast();
        }
    }

    public void Finish()
    {
        if (waiting.Count > 0)
        {
            WriteUntilLast();
            Write(waiting[0].Image);
        }
        frames.Writer.TryComplete();
        encoding?.GetAwaiter().GetResult();
        if (added > 0 && names.Page(file) is { } path && page.HasFrames)
            page.Save(path);
    }

    public void Dispose()
    {
        stop.Cancel();
        // What it failed with, Finish told.
        Task.WhenAny(encoding ?? Task.CompletedTask).GetAwaiter().GetResult();
        stop.Dispose();
    }

    /// <summary>A recording's rate may vary, the overlay's does not: it is that of the shortest step between the first
    /// frames, and an image is shown until the next one's time.</summary>
    private void WriteUntilLast()
    {
        if (encoding is null)
        {
            start = waiting[0].Seconds;
            var steps = waiting.Zip(waiting.Skip(1), (one, next) => next.Seconds - one.Seconds).Where(step => step > 0);
            rate = Math.Min(120, 1 / steps.DefaultIfEmpty(0.04).Min());
            Encode();
        }
        for (; waiting.Count > 1; waiting.RemoveAt(0))
        {
            for (var due = Math.Round((waiting[1].Seconds - start) * rate); written < due; written++)
                Write(waiting[0].Image);
        }
    }

    private void Encode()
    {
        encoding = Task.Run(() =>
        {
            try
            {
                var images = frames.Reader.ReadAllAsync(stop.Token).ToBlockingEnumerable(stop.Token);
                Ffmpeg.Encode(images, names.Video(file)!, ffmpeg, rate);
            }
            catch (Exception error)
            {
                frames.Writer.TryComplete(error);
                throw;
            }
        });
    }

    private void Write(RgbImage image)
    {
        var written = frames
            .Writer.WriteAsync(image)
            .AsTask()
            .ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default)
            .GetAwaiter()
            .GetResult();
        if (!written)
            encoding!.GetAwaiter().GetResult();
    }
}
