using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FanTrans.Data;
using FanTrans.Prediction;
using FanTrans.Synthetic;
using FanTrans.Tests.Host.Jupyter;

namespace FanTrans.Tests.Onnx;

/// <summary>The page that reads faces in the browser, before a camera that plays a rendered film.</summary>
[Collection(AloneCollection.Name)]
public sealed class PageTests(BuiltPage built) : IClassFixture<BuiltPage>, IDisposable
{
    private const int Frames = 24,
        Width = 320,
        Height = 240,
        Bit = 8,
        Bits = 5;
    private readonly string folder = Directory.CreateTempSubdirectory("fantrans-page-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheCamerasTimeLineIsThatOfCSharpAndNothingLeavesThePage()
    {
        var page = built.Folder();
        var (film, camera) = Film();
        using var server = new StaticFiles(page);
        await using var browser = await BrowserPage.OpenAsync(
            server.Address,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            $"--use-file-for-fake-video-capture={camera}"
        );
        await browser.UntilAsync("document.getElementById('state').textContent === 'ready'");
        await browser.EvaluateAsync(
            $$"""
            window.seen = {};
            document.addEventListener('faces', e => {
              const canvas = document.getElementById('picture'), pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              let number = 0;
              for (let b = 0; b < {{Bits}}; b++)
                if (pixels.data[4 * ({{Bit / 2}} * pixels.width + b * {{Bit}} + {{Bit / 2}})] > 128) number |= 1 << b;
              if (e.detail.faces.length === 1) window.seen[number] = e.detail.faces[0];
            });
            document.getElementById('camera').click();
            """
        );
        await browser.UntilAsync($"Object.keys(window.seen).length >= {Frames * 2 / 3}");
        var text = (await browser.EvaluateAsync("JSON.stringify(window.seen)"))!.GetValue<string>();
        // Where to leave a screenshot, for whoever wants to look at it.
        if (System.Environment.GetEnvironmentVariable("FANTRANS_PAGE_PICTURE") is { Length: > 0 } picture)
            await File.WriteAllBytesAsync(picture, await browser.ScreenshotAsync(), Token);
        var bars = await browser.EvaluateAsync("document.querySelectorAll('.unit output').length");

        var seen = JsonSerializer.Deserialize<Dictionary<int, SeenFace>>(text, JsonSerializerOptions.Web)!;
        using var predictor = FacePredictor.FromOnnx(Path.Combine(page, "model.onnx"));
        Assert.Equal(predictor.ActionUnits.Count, bars!.GetValue<int>());
        var expected = predictor
            .Predict(PredictionInputs.Frames([film], cancellation: Token), Token)
            .Select(f => Assert.Single(f.Faces))
            .ToList();
        Assert.Equal(Frames, expected.Count);
        var (largest, sum, off) = (0.0, 0.0, 0.0);
        foreach (var (number, face) in seen)
        {
            var differences = face
                .Probabilities.Zip(expected[number].Probabilities, (a, b) => Math.Abs(a - b))
                .ToList();
            largest = Math.Max(largest, differences.Max());
            sum += differences.Average() / seen.Count;
            off += face.Landmarks.Zip(expected[number].Landmarks, (a, b) => Math.Abs(a - b)).Average() / seen.Count;
        }
        var units = Enumerable
            .Range(0, predictor.ActionUnits.Count)
            .Select(n => expected.Max(f => f.Probabilities[n]) - expected.Min(f => f.Probabilities[n]));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{seen.Count} frames: probabilities differ by {sum:f4}, at most {largest:f4}; landmarks by {off:f3} pixels"
        );
        // The face's square depends a little on the frame before, and the camera's frames are not the same ones.
        Assert.True(
            sum < 0.03 && largest < 0.2 && off < 1,
            $"mean {sum:f4}, largest {largest:f4}, landmarks {off:f3} pixels"
        );
        Assert.True(units.Max() > 5 * sum, "the film's time line is flat, so that the comparison says nothing");

        Assert.NotEmpty(browser.Requests);
        Assert.All(
            browser.Requests,
            address =>
                Assert.True(
                    address.StartsWith(server.Address, StringComparison.Ordinal)
                        || address.StartsWith("data:", StringComparison.Ordinal)
                        || address.StartsWith($"blob:{server.Address.TrimEnd('/')}", StringComparison.Ordinal),
                    address
                )
        );
        // And the browser would refuse it.
        Assert.Equal(
            "refused",
            (
                await browser.EvaluateAsync("fetch('http://127.0.0.1:1/').then(() => 'sent', e => 'refused')")
            )!.GetValue<string>()
        );
    }

    /// <summary>The same crops to the page's runtime and to C#'s: no logit differs by more than 1e-3.</summary>
    [Fact]
    public Task TheBrowsersLogitsAreThoseOfCSharp() => CompareAsync(people: 4);

    /// <summary>The same for docs/onnx.md: 1,000 faces, which takes minutes.</summary>
    [Fact(Explicit = true)]
    public Task TheBrowsersLogitsOfAThousandFaces() => CompareAsync(people: 125);

    private async Task CompareAsync(int people)
    {
        const int FacesOfPerson = 8;
        const double Limit = 1e-3;
        var page = built.Folder();
        using var network = new OnnxFaceNetwork(
            await File.ReadAllBytesAsync(Path.Combine(page, "model.onnx"), Token),
            threads: 2
        );
        var (size, values) = (network.ImageSize, 3 * network.ImageSize * network.ImageSize);
        var faces = new SynthFaces(
            new SynthOptions
            {
                Subjects = people,
                FramesPerSubject = FacesOfPerson,
                Recordings = 1,
                ImageSize = size,
            }
        );
        using var server = new StaticFiles(page);
        await using var browser = await BrowserPage.OpenAsync(server.Address);
        await browser.UntilAsync("document.getElementById('state').textContent === 'ready'");
        var (largest, changed) = (0.0, 0);
        for (var person = 0; person < people; person++)
        {
            var crops = new byte[FacesOfPerson * values];
            for (var face = 0; face < FacesOfPerson; face++)
            {
                var pixels = faces.Read((person * FacesOfPerson) + face).Image.Pixels;
                for (var i = 0; i < values; i++)
                    crops[(face * values) + i] = pixels[(3 * (i % (size * size))) + (i / (size * size))];
            }
            var text = (
                await browser.EvaluateAsync(
                    $$"""
                    (async () => {
                      const [ort, { open }] = await Promise.all([import('./ort.wasm.bundle.min.mjs'), import('./faces.js')]);
                      const crops = Float32Array.from(atob('{{Convert.ToBase64String(
                        crops
                    )}}'), c => c.charCodeAt(0) / 255);
                      const image = new ort.Tensor('float32', crops, [{{FacesOfPerson}}, 3, {{size}}, {{size}}]);
                      window.session ??= await open('./model.onnx');
                      return JSON.stringify([...(await window.session.run({ image })).logits.data]);
                    })()
                    """
                )
            )!.GetValue<string>();
            var browsers = JsonSerializer.Deserialize<float[]>(text)!;
            var own = network
                .Read([.. crops.Select(value => value / 255f)], FacesOfPerson)
                .SelectMany(reading => reading.Logits)
                .ToArray();
            Assert.Equal(FacesOfPerson * network.ActionUnits.Count, own.Length);
            Assert.Equal(own.Length, browsers.Length);
            largest = Math.Max(largest, own.Zip(browsers, (a, b) => Math.Abs((double)a - b)).Max());
            changed += own.Zip(browsers).Count(pair => pair.First > 0 != pair.Second > 0);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{people * FacesOfPerson} faces: logits differ by at most {largest:g3}, {changed} decisions changed"
        );
        Assert.True(largest <= Limit, $"logits differ by {largest:g3}, expected at most {Limit}");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A face that moves, each frame's number as black and white squares in its corner.</summary>
    private (string Film, string Camera) Film()
    {
        var faces = new SynthFaces(
            new SynthOptions
            {
                Subjects = 1,
                FramesPerSubject = Frames,
                Recordings = 1,
                FrameStep = 2,
                ImageSize = 224,
            }
        );
        var frames = Enumerable
            .Range(0, Frames)
            .Select(number =>
            {
                var (frame, face) = (new RgbImage(Width, Height), faces.Read(number).Image);
                for (var y = 0; y < face.Height; y++)
                {
                    for (var x = 0; x < face.Width; x++)
                        frame[x + 64, y + 8] = face[x, y];
                }
                for (var pixel = 0; pixel < Bit * Bit * Bits; pixel++)
                {
                    var (x, y) = (pixel % (Bit * Bits), pixel / (Bit * Bits));
                    frame[x, y] =
                        (number >> (x / Bit) & 1) == 1
                            ? ((byte)255, (byte)255, (byte)255)
                            : ((byte)0, (byte)0, (byte)0);
                }
                return frame;
            });
        var (coded, plain) = (Path.Combine(folder, "film.avi"), Path.Combine(folder, "film.y4m"));
        try
        {
            Ffmpeg.Encode(frames, coded, rate: 6);
        }
        catch (InvalidOperationException error)
        {
            Assert.Skip(error.Message);
        }
        using var process = Process.Start("ffmpeg", ["-loglevel", "error", "-i", coded, "-pix_fmt", "yuv420p", plain]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return (coded, plain);
    }

    private sealed record SeenFace(double[] Landmarks, double[] Probabilities);

    /// <summary>A folder on this machine's own address.</summary>
    private sealed class StaticFiles : IDisposable
    {
        private static readonly Dictionary<string, string> Types = new()
        {
            [".html"] = "text/html",
            [".js"] = "text/javascript",
            [".mjs"] = "text/javascript",
            [".json"] = "application/json",
            [".wasm"] = "application/wasm",
            [".onnx"] = "application/octet-stream",
        };

        private readonly HttpListener listener = new();

        public StaticFiles(string folder)
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://{free.LocalEndpoint}/";
            }
            listener.Prefixes.Add(Address);
            listener.Start();
            _ = Task.Run(async () =>
            {
                while (listener.IsListening)
                {
                    var context = await listener.GetContextAsync().ConfigureAwait(false);
                    var name = context.Request.Url!.AbsolutePath is "/"
                        ? "index.html"
                        : Path.GetFileName(context.Request.Url.AbsolutePath);
                    var file = Path.Combine(folder, name);
                    using var response = context.Response;
                    if (!File.Exists(file))
                    {
                        response.StatusCode = 404;
                        continue;
                    }
                    response.ContentType = Types[Path.GetExtension(file)];
                    await response
                        .OutputStream.WriteAsync(await File.ReadAllBytesAsync(file).ConfigureAwait(false))
                        .ConfigureAwait(false);
                }
            });
        }

        public string Address { get; }

        public void Dispose() => listener.Close();
    }
}

/// <summary>The page with the shipped model, built once for its tests.</summary>
public sealed class BuiltPage : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Lazy<(int ExitCode, string Errors)> build;

    public BuiltPage() =>
        build = new(() =>
        {
            using var process = Process.Start(
                new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "notebooks/page/build.sh"), folder.Path])
                {
                    RedirectStandardError = true,
                }
            )!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, errors);
        });

    /// <summary>The built folder; skips the calling test where a part of the page is not to be had.</summary>
    public string Folder()
    {
        if (build.Value.ExitCode == 3)
            Assert.Skip(build.Value.Errors);
        Assert.True(build.Value.ExitCode == 0, build.Value.Errors);
        return folder.Path;
    }

    public void Dispose() => folder.Dispose();
}
