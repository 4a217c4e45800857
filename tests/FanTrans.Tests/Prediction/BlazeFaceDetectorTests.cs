using System.Formats.Tar;
using System.IO.Compression;
using FanTrans.Data;
using FanTrans.Prediction;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Prediction;

public sealed class BlazeFaceDetectorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FindsThePhotographsFaceAndWhereItLooks()
    {
        using var detector = Load();
        var photo = RgbImage.Load(Path.Combine(Repository.Root, "notebooks", "astronaut.jpg"));
        var face = Assert.Single(detector.Find(photo, Token));
        Assert.InRange(face.Score, 0.8, 1);
        // By hand: brows to chin from about y 92 to 180, ear to ear from about x 180 to 268.
        Assert.Equal(
            [180, 92, 268, 180],
            new[] { face.Box.X0, face.Box.Y0, face.Box.X1, face.Box.Y1 },
            (a, b) => Math.Abs(a - b) < 8
        );

        foreach (var turn in new[] { 90, 180, 270 })
        {
            var turned = Assert.Single(detector.Find(Turned(photo, turn), Token));
            Assert.InRange(((turned.Roll - face.Roll - turn + 900) % 360) - 180, -15, 15);
        }
    }

    [Fact]
    public void FindsEveryFaceOfAPictureAndItsBox()
    {
        using var detector = Load();
        var image = new RgbImage(900, 400);
        var truth = new List<FaceBox>();
        foreach (var (k, side) in new[] { 300, 200, 110 }.Index())
        {
            var face = SynthFaces.Portrait(k + 1, new Dictionary<int, double>(), size: side);
            for (var y = 0; y < side; y++)
            {
                for (var x = 0; x < side; x++)
                    image[(k * 310) + x, 50 + y] = face.Image[x, y];
            }
            truth.Add(
                new FaceBox(face.Box.X0 + (k * 310), face.Box.Y0 + 50, face.Box.X1 + (k * 310), face.Box.Y1 + 50)
            );
        }
        var found = detector.Find(image, Token).OrderBy(f => f.Box.X0).ToList();
        Assert.Equal(3, found.Count);
        foreach (var (face, box) in found.Zip(truth))
        {
            var side = (box.Width + box.Height) / 2;
            Assert.Equal((box.X0 + box.X1) / 2, (face.Box.X0 + face.Box.X1) / 2, 0.12f * side);
            Assert.Equal((box.Y0 + box.Y1) / 2, (face.Box.Y0 + face.Box.Y1) / 2, 0.12f * side);
            Assert.InRange(face.Box.Width, 0.8 * side, 1.25 * side);
        }
        Assert.Empty(detector.Find(new RgbImage(3000, 20), Token));
        Assert.Empty(detector.Find(new RgbImage(1, 1), Token));
    }

    [Fact]
    public void AModelThatIsAnotherOneIsRefused()
    {
        var text = folder.Write("face.onnx", "no model");
        Assert.Contains(
            "expected BlazeFace as an ONNX model",
            Assert.Throws<InvalidDataException>(() => BlazeFaceDetector.Load(text)).Message
        );
        Assert.Contains(
            "256 or 128, found 64",
            Assert.Throws<ArgumentException>(() => BlazeFaceDetector.Load(null, 64)).Message
        );
        const string Name = "package/ONNX/face_detection_back_256x256_barracuda.onnx";
        Assert.Contains(
            $"{Name}: expected SHA-256 427cbbe",
            Assert.Throws<InvalidDataException>(() => BlazeFaceDetector.Load(Archive(Name))).Message
        );
        Assert.Contains(
            $"expected {Name} in it",
            Assert.Throws<InvalidDataException>(() => BlazeFaceDetector.Load(Archive("other"))).Message
        );
        Assert.Throws<FileNotFoundException>(() => BlazeFaceDetector.Load(folder.At("no.tgz")));
    }

    private string Archive(string name)
    {
        var path = folder.At($"{Path.GetFileName(name)}.tgz");
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1, 2, 3]) });
        return path;
    }

    private static RgbImage Turned(RgbImage image, int degrees)
    {
        var middle = Affine.Translation(-image.Width / 2.0, -image.Height / 2.0);
        var planes = new float[3 * image.Width * image.Height];
        ImageWarp.Sample(image, middle.Then(Affine.Rotation(-degrees)).Then(middle.Inverse()), image.Width, planes);
        return RgbImage.FromPlanes(image.Width, image.Height, planes);
    }

    private static BlazeFaceDetector Load()
    {
        var detector = BlazeFaceDetector.TryLoad();
        Assert.SkipWhen(detector is null, "set-up fetched no face detector (it needs npm)");
        return detector!;
    }
}
