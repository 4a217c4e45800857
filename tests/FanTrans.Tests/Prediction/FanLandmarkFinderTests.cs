using FanTrans.Data;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Prediction;
using FanTrans.Tests.Data;
using FanTrans.Tests.Training;

namespace FanTrans.Tests.Prediction;

[Collection(TorchCollection.Name)]
public class FanLandmarkFinderTests
{
    [Fact]
    public void An_untrained_network_gives_the_same_answer_twice_or_no_face()
    {
        using var all = new FanLandmarkFinder(new FaceAlignmentNetwork(Tiny.Fan), "tiny") { LeastConfidence = -1 };
        var image = new MadeUpFaces(ActionUnits.Bp4d, 1, 1, 1).Read(0);
        foreach (FaceBox? near in new FaceBox?[] { null, image.Box })
        {
            var found = all.Find(image.Image, near)!;
            Assert.Equal(136, found.Length);
            Assert.All(found, v => Assert.True(float.IsFinite(v)));
            Assert.Equal(found, all.Find(image.Image, near));
        }
        using var none = new FanLandmarkFinder(new FaceAlignmentNetwork(Tiny.Fan), "tiny") { LeastConfidence = 1.1 };
        Assert.Null(none.Find(image.Image, null));
        Assert.Null(none.Find(image.Image, image.Box));
    }

    [Fact]
    public void It_is_loaded_from_weights_and_named_by_their_content()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("fan.safetensors");
        using (var fan = new FaceAlignmentNetwork(Tiny.Fan with { ImageSize = 256, Depth = 2 }))
            WeightsFile.Save(path, fan.state_dict());
        using var finder = FanLandmarkFinder.Load(path, guessed: _ => { });
        Assert.Equal($"fan {Fingerprints.GitBlob(path)[..12]}", finder.Name);
    }

    [Fact]
    public void Missing_weights_say_where_they_are()
    {
        var error = Assert.Throws<FileNotFoundException>(() => FanLandmarkFinder.Load("nowhere.pth"));
        Assert.Contains("https://github.com/hhj1897/face_alignment", error.Message);
    }
}
