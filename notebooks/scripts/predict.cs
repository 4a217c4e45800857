#!/usr/bin/env -S dotnet run
// Predicts action units of every face in pictures, folders of pictures and videos: a CSV table, pictures and videos with
// an overlay, and pages with time lines.
//
//   dotnet run --file notebooks/scripts/predict.cs -- face.jpg
//   dotnet run --file notebooks/scripts/predict.cs -- video.mp4 pictures/ --out faces.csv --overlay shown --page shown
//   dotnet run --file notebooks/scripts/predict.cs -- face.jpg --model runs/try/model.safetensors
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Charts/FanTrans.Charts.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using FanTrans.Charts;
using FanTrans.Data;
using FanTrans.Prediction;
using FanTrans.Training.Experiments;
using TorchSharp;

var inputs = new Argument<string[]>("input") { Description = "Pictures, folders of pictures and videos, and videos (through ffmpeg)", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
var model = new Option<string?>("--model") { Description = "A trained model, such as train.cs writes to model.safetensors or export.cs to model.onnx, instead of the one that the kit carries", HelpName = "FILE" };
var device = new Option<string?>("--device") { Description = "cpu, cuda, or cuda:1 …; without it the GPU if there is one", HelpName = "NAME" };
var output = new Option<string?>("--out") { Description = "Where to write the table; without it, the standard output", HelpName = "FILE" };
var landmarks = new Option<bool>("--landmarks") { Description = "The table also has the 68 landmarks, x_0 to y_67" };
var every = Number("--every", "Of a video, every how many frames one is taken", "N", 1, 1e6, 1, whole: true);
var rate = Number("--fps", "Of a video, how many frames a second are taken at most", "F", 1e-3, 1e6);
var overlay = new Option<string?>("--overlay") { Description = "A folder for pictures with faces, landmarks and probabilities; of a video, a video", HelpName = "DIR" };
var stills = new Option<bool>("--overlay-pictures") { Description = "Of a video, the overlay is a picture a frame" };
var page = new Option<string?>("--page") { Description = "A folder for one page of each video: time lines beside its frames, needs no network", HelpName = "DIR" };
var threshold = Number("--threshold", "A probability of at least this counts as present", "P", 0, 1, 0.5);
var confidence = Number("--least-confidence", "A face whose landmarks are less sure counts as none", "C", 0, 1, FacePredictor.DefaultLeastConfidence);
var detector = new Option<string?>("--detector") { Description = "BlazeFace as .onnx or .tgz, instead of the one that set-up fetched", HelpName = "FILE" };
var ffmpeg = new Option<string>("--ffmpeg") { Description = "The program that decodes and encodes videos", HelpName = "PATH", DefaultValueFactory = _ => "ffmpeg" };
var json = new Option<bool>("--json") { Description = "How many frames, faces and failed files there were, as JSON on the standard output; needs --out" };

var command = new RootCommand("""
    Predicts the action units of every face. The table's columns are named as in OpenFace and py-feat: frame, face_id,
    timestamp, confidence, success, FaceRectX …, FaceScore, Pitch, Roll, Yaw (degrees), AU01_p … (probability), AU01_c …
    (present), input, error. In a video a person keeps the face_id. A file that cannot be read has a row with the reason, and
    the others are predicted all the same.
    Exit codes: 0 done; 1 a file could not be read, or no face was found anywhere; 2 wrong arguments; 3 a file or program is
    missing; 130 stopped (what was not finished is not written).
    """)
{
    inputs, model, device, output, landmarks, every, rate, overlay, stills, page, threshold, confidence, detector, ffmpeg, json,
};
// Values of options in error must not be read, only whether they are there.
command.Validators.Add(result =>
{
    if (result.GetResult(json) is not null && result.GetResult(output) is null)
        result.AddError("--json needs --out, since the table would be on the standard output too.");
    if (result.GetResult(stills) is not null && result.GetResult(overlay) is null)
        result.AddError("--overlay-pictures needs --overlay.");
});
command.SetAction((arguments, cancel) => Task.Run(() => Run(arguments, cancel), CancellationToken.None));
var parsed = command.Parse(args);
if (parsed.Errors.Count == 0)
    return await parsed.InvokeAsync();
foreach (var error in parsed.Errors)
    Console.Error.WriteLine(error.Message);
Console.Error.WriteLine("--help shows all arguments.");
return 2;

int Run(ParseResult arguments, CancellationToken cancel)
{
    try
    {
        var (files, failed) = (new List<string>(), new List<FramePrediction>());
        foreach (var input in arguments.GetValue(inputs)!)
        {
            try
            {
                files.AddRange(PredictionInputs.Files(input, arguments.GetValue(ffmpeg)!));
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                failed.Add(new FramePrediction(input, 0, 0, []) { Error = error.Message });
                Console.Error.WriteLine(error.Message);
            }
        }
        if (files.Count == 0)
            return 3;
        files = [.. files.DistinctBy(Path.GetFullPath)];
        var names = new OutputNames(files, arguments.GetValue(overlay), arguments.GetValue(page));
        var table = arguments.GetValue(output);
        if (names.All.Append(table).FirstOrDefault(o => o is not null && files.Exists(f => Path.GetFullPath(f) == Path.GetFullPath(o))) is { } same)
            throw new ArgumentException($"{same} is an input and would be written over: choose another --out, --overlay or --page.");

        var on = arguments.GetValue(device) is { } name ? TorchSharp.torch.device(name) : TorchSharp.torch.cuda.is_available() ? TorchSharp.torch.CUDA : TorchSharp.torch.CPU;
        var weights = arguments.GetValue(model);
        var exported = weights?.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) == true ? weights : null;
        using var ensemble = exported is not null ? null : weights is null ? TrainedModel.LoadShipped() : TrainedModel.Load(weights);
        ensemble?.to(on);
        using var own = arguments.GetValue(detector) is { } file ? BlazeFaceDetector.Load(file) : null;
        using var predictor = exported is null ? new FacePredictor(ensemble!, own, on) : FacePredictor.FromOnnx(exported, own);
        predictor.LeastConfidence = arguments.GetValue(confidence)!.Value;
        Console.Error.WriteLine($"Faces are found by {predictor.Detector.Name}.");

        var present = arguments.GetValue(threshold)!.Value;
        var (frames, faces) = (0, 0);
        // Appears when it is whole.
        using var whole = table is null ? null : new WholeFile(table);
        using (var writer = whole is null ? Console.Out : new StreamWriter(whole.Stream, leaveOpen: true))
        {
            var rows = new FaceTable(writer, predictor.ActionUnits, arguments.GetValue(landmarks));
            foreach (var missing in failed)
                rows.Write(missing);
            Shown? shown = null;
            try
            {
                foreach (var frame in predictor.Predict(PredictionInputs.Frames(
                    files, (int)arguments.GetValue(every)!.Value, arguments.GetValue(rate), arguments.GetValue(ffmpeg)!, cancel), cancel))
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
                        shown = new Shown(frame.File, names, predictor.ActionUnits, present, arguments.GetValue(stills), arguments.GetValue(ffmpeg)!);
                    }
                    shown.Add(frame);
                }
                shown?.Finish();
            }
            finally
            {
                shown?.Dispose();
            }
        }
        whole?.Commit();
        if (arguments.GetValue(json))
            Console.WriteLine(JsonSerializer.Serialize(new { frames, faces, failed = failed.Count }));
        if (faces == 0)
            Console.Error.WriteLine($"No face was found in {frames} pictures and frames.");
        return failed.Count > 0 || faces == 0 ? 1 : 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped.");
        return 130;
    }
    catch (Exception error) when (error is ArgumentException or InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error switch { ArgumentException => 2, InvalidDataException => 1, _ => 3 };
    }
}

// A number with a decimal point, within a range; whatever else is typed is an error.
static Option<double?> Number(string name, string description, string help, double least, double most, double? value = null, bool whole = false) => new(name)
{
    Description = description,
    HelpName = help,
    DefaultValueFactory = _ => value,
    CustomParser = result =>
    {
        var text = result.Tokens.Single().Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most && (!whole || number == Math.Floor(number)))
            return number;
        result.AddError($"{name} is '{text}', expected a {(whole ? "whole number" : "number")} from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}.");
        return null;
    },
};

/// <summary>Where overlays and pages go: named after their input, no two alike.</summary>
sealed class OutputNames(IEnumerable<string> files, string? overlay, string? page)
{
    private readonly Dictionary<string, string> names = Distinct(files);

    public IEnumerable<string> All => names.Keys.SelectMany(f => new[] { Picture(f), Video(f), Page(f) }).OfType<string>();

    public string? Picture(string file, int? frame = null) =>
        overlay is null ? null : Path.Combine(overlay, frame is { } number ? Path.Combine(names[file], $"{number:000000}.png") : $"{names[file]}.png");

    public string? Video(string file) => overlay is null ? null : Path.Combine(overlay, $"{names[file]}.mp4");

    public string? Page(string file) => page is null ? null : Path.Combine(page, $"{names[file]}.html");

    private static Dictionary<string, string> Distinct(IEnumerable<string> files)
    {
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return files.ToDictionary(f => f, f => new[] { Path.GetFileNameWithoutExtension(f), Path.GetFileName(f) }
            .Concat(Enumerable.Range(2, int.MaxValue - 2).Select(k => $"{Path.GetFileName(f)}-{k}")).First(used.Add));
    }
}

/// <summary>Writes the overlay and the page of one file.</summary>
sealed class Shown(string file, OutputNames names, IReadOnlyList<int> units, double threshold, bool stills, string ffmpeg) : IDisposable
{
    private readonly VideoPage page = new(Path.GetFileName(file), units, threshold);
    private readonly Channel<RgbImage> frames = Channel.CreateBounded<RgbImage>(4);
    private readonly CancellationTokenSource stop = new();
    private (RgbImage Image, double Seconds)? first;
    private Task? encoding;
    private int added;

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
        else if (encoding is not null)
        {
            Write(image);
        }
        else if (first is not { } before)
        {
            first = (image, frame.Seconds);
        }
        else
        {
            Encode(1 / Math.Max(1e-3, frame.Seconds - before.Seconds), before.Image);
            Write(image);
        }
    }

    public void Finish()
    {
        if (first is { } only && encoding is null)
            Encode(25, only.Image);
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

    /// <summary>The rate is that of the first two frames.</summary>
    private void Encode(double rate, RgbImage image)
    {
        encoding = Task.Run(() =>
        {
            try
            {
                Ffmpeg.Encode(frames.Reader.ReadAllAsync(stop.Token).ToBlockingEnumerable(stop.Token), names.Video(file)!, ffmpeg, rate);
            }
            catch (Exception error)
            {
                frames.Writer.TryComplete(error);
                throw;
            }
        });
        Write(image);
    }

    private void Write(RgbImage image)
    {
        if (!frames.Writer.WriteAsync(image).AsTask().ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default).GetAwaiter().GetResult())
            encoding!.GetAwaiter().GetResult();
    }
}
