using System.Numerics;
using FanTrans.Data;
using FanTrans.Prediction;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Prediction;

public class HeadPoseTests
{
    [Fact]
    public void RenderedHeadsAreReadToAboutADegree()
    {
        var faces = new SynthFaces(
            new SynthOptions
            {
                Subjects = 12,
                FramesPerSubject = 12,
                ImageSize = 64,
                Seed = 3,
            }
        );
        var errors = Enumerable
            .Range(0, faces.Count)
            .Select(i => (Read: HeadPose.Of(faces.Read(i).Landmarks), True: faces.PoseAt(i)))
            .ToList();
        Assert.InRange(errors.Average(e => Math.Abs(e.Read.Yaw - e.True.Yaw)), 0, 1.5);
        Assert.InRange(errors.Average(e => Math.Abs(e.Read.Pitch - e.True.Pitch)), 0, 2);
        Assert.InRange(errors.Average(e => Math.Abs(e.Read.Roll - e.True.Roll)), 0, 0.6);
        Assert.Contains(errors, e => Math.Abs(e.True.Yaw) > 15);
    }

    [Fact]
    public void TheMeanHeadIsThatOfTheRenderedPeople()
    {
        var (mesh, points) = (new HeadMesh(HeadGrid.Fine), Landmarks68.For(HeadGrid.Fine));
        var mean = new Vector3[68];
        for (var person = 0; person < 64; person++)
        {
            mesh.Build(new Figure(Person.Draw(1000 + person, null, 0), HeadGrid.Fine).Form, new FaceMotion());
            for (var k = 0; k < 68; k++)
                mean[k] += points.At(k, mesh.Surface).Position / 64;
        }
        foreach (var (k, place) in HeadPose.Head)
        {
            var mirrored = mean[Ibug68.Flipped[k]];
            var symmetric = (mean[k] + mirrored with { X = -mirrored.X }) / 2;
            // Whoever changes the rendered people need not change this table while poses are read well: see above.
            Assert.InRange((symmetric - place).Length(), 0, 8);
        }
    }

    [Fact]
    public void NoFaceHasNoPose()
    {
        Assert.True(double.IsNaN(HeadPose.Of(new float[136]).Yaw));
        Assert.Throws<ArgumentException>(() => HeadPose.Of(new float[10]));
    }
}
