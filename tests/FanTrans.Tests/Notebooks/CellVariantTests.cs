using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Tests.Host;

namespace FanTrans.Tests.Notebooks;

/// <summary>A variant that the library lacks, declared in a notebook's cell: trained, kept, compared,
/// edited, trained again.</summary>
[Collection(TorchCollection.Name)]
public sealed class CellVariantTests
{
    [Fact]
    public async Task AClassOfACellIsTrainedComparedAndTrainedAgainWhenItIsEdited()
    {
        const string Class = """
            class LessOfOthers : AttentionDrop
            {
                public LessOfOthers() : base(nameof(LessOfOthers)) => RegisterComponents();

                public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x)
                {
                    using var scope = NewDisposeScope();
                    var keep = Constant(attention, 0.25);   // a comment
                    return scope.MoveToOuter(Masked(attention, keep), keep);
                }
            }
            Train("mine", AttentionDrops.Register(_ => new LessOfOthers()))
            """;
        using var notebook = new TestNotebook();
        notebook
            .Code(
                $$"""
                #r "{{typeof(FanTransModel).Assembly.Location}}"
                #r "{{typeof(SynthFaces).Assembly.Location}}"
                #r "{{typeof(TorchSharp.torch).Assembly.Location}}"
                using System.IO;
                using FanTrans.Models;
                using FanTrans.Synthetic;
                using FanTrans.Training;
                using FanTrans.Training.Experiments;
                using static TorchSharp.torch;
                var options = ExperimentOptions.Smoke with
                {
                    Data = new SynthOptions { Profile = "disfa", Subjects = 9, FramesPerSubject = 6, Recordings = 1, ImageSize = 32 }.ToData(),
                    Model = FanTransOptions.Small with
                    {
                        Fan = FanOptions.Small with { ImageSize = 32, Features = 16, Depth = 1 }, FeaturePooling = 1, SubnetWidth = 8, SubnetBlocks = 1,
                        TokenWidth = 8, TransformerBlocks = 1, Heads = 2,
                    },
                    ValidationShare = 0.3,
                };
                var ablation = new Ablation(@"{{notebook.Folder}}", options, [1]);
                var folders = new List<string>();
                string Train(string name, string drop)
                {
                    var started = DateTime.UtcNow;
                    folders.Add(ablation.Run(name, o => o with { Model = o.Model with { AttentionDrop = drop } })[0].Folder);
                    var written = File.GetLastWriteTimeUtc(Path.Combine(folders[^1], "model.safetensors"));
                    return $"{Path.GetFileName(folders[^1])} {(written > started ? "trained" : "read")}";
                }
                string Load(string folder)
                {
                    try
                    {
                        TrainedModel.Load(folder).Dispose();
                        return "loaded";
                    }
                    catch (InvalidDataException e)
                    {
                        return e.Message;
                    }
                }
                """
            )
            .Code("Train(\"none\", \"none\")")
            .Code(Class)
            .Code("string.Join(\", \", ablation.Compare(\"none\").Rows.Select(row => row.Name))")
            .Code(Class.Replace("a comment", "another", StringComparison.Ordinal))
            .Code(Class.Replace("0.25", "0.75", StringComparison.Ordinal))
            .Code("$\"{Load(folders[^1])}; {Load(folders[1])}\"");

        var run = (await notebook.RunAsync()).Succeeded();

        var none = run.Data(1).Split(' ');
        var mine = run.Data(2).Split(' ');
        Assert.Equal(("trained", "trained"), (none[1], mine[1]));
        Assert.NotEqual(none[0], mine[0]);
        Assert.Equal("none, mine", run.Data(3));
        // The same code with another comment is the same run; with another number it is another.
        Assert.Equal($"{mine[0]} read", run.Data(4));
        var edited = run.Data(5).Split(' ');
        Assert.Equal("trained", edited[1]);
        Assert.NotEqual(mine[0], edited[0]);
        Assert.StartsWith("loaded; ", run.Data(6));
        Assert.Contains(
            "was trained with parts whose code is not the one here: AttentionDrop LessOfOthers",
            run.Data(6)
        );
    }
}
