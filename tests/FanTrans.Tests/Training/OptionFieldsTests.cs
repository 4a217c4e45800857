using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Training;

public class OptionFieldsTests
{
    private static readonly ExperimentOptions Options = ExperimentOptions.Small;

    [Fact]
    public void EveryFieldHasItsNameDefaultAndDocumentation()
    {
        var fields = OptionFields.Of(Options);
        Assert.Equal(fields.Count, fields.Select(f => f.Path).Distinct().Count());
        Assert.All(fields, f => Assert.NotEmpty(f.Summary));
        var drop = Assert.Single(fields, f => f.Path == "Model.AttentionDrop");
        Assert.StartsWith("none, random, learnable, input-dependent, off", drop.Expected);
        Assert.Equal("learnable", drop.Default);
        Assert.Contains(fields, f => f.Path == "Training.Schedule.WarmupEpochs");
        Assert.Contains(fields, f => f is { Path: "FanWeights", Default: "null" });
        // Each default, given back, changes nothing.
        foreach (var field in fields)
            Assert.Equal(
                OptionsJson.Write(Options),
                OptionsJson.Write(OptionFields.With(Options, field.Path, field.Default))
            );
    }

    [Theory]
    [InlineData("Model.AttentionDrop", "random")]
    [InlineData("model.heads", "2")]
    [InlineData("Model.ActionUnits", "1,2,4")]
    [InlineData("Training.Schedule.Kind", "Step")]
    [InlineData("FanWeights", "fan.pth")]
    [InlineData("FanWeights", "null")]
    public void AFieldIsSetByItsName(string path, string value) =>
        Assert.NotNull(OptionFields.With(Options, path, value));

    [Fact]
    public void AWholeRecordIsSetByItsPreset()
    {
        Assert.Equal(DistillationOptions.None, OptionFields.With(Options, "Distillation", "None").Distillation);
        Assert.Equal(FanTransOptions.Paper, OptionFields.With(Options, "Model", "paper").Model);
        Assert.Equal(
            0.25,
            OptionFields.With(Options, "Training.Schedule.FinalShare", "0.25").Training.Schedule.FinalShare
        );
        Assert.Equal(3, OptionFields.With(OptionFields.With(Options, "Seed", "3"), "FanRateFactor", "0.1").Seed);
    }

    [Theory]
    [InlineData("Model.Haeds", "2", "there is no option Model.Haeds: Model have ActionUnits, Fan,")]
    [InlineData("Nothing", "2", "there is no option Nothing: the options have Data, Protocol,")]
    [InlineData("Seed.Value", "2", "Seed is 1 and has no fields")]
    [InlineData("Model.Heads", "two", "Model.Heads is 'two', expected a whole number")]
    [InlineData("Model.AttentionDrop", "Some", "expected none, random, learnable, input-dependent, off")]
    [InlineData("FlipTest", "yes", "expected true or false")]
    [InlineData("Training.LearningRate", "NaN", "expected a number")]
    [InlineData("Distillation", "Nothing", "expected Paper, Small, None, or JSON")]
    [InlineData("Model.ActionUnits", "1,b", "expected a list")]
    public void AMistakeIsNamed(string path, string value, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<ArgumentException>(() => OptionFields.With(Options, path, value)).Message
        );

    [Fact]
    public void ARecordIsALineOfText()
    {
        var options = new SynthOptions
        {
            Subjects = 9,
            Difficulty = new Difficulty { Occlusion = 0 },
            Planted = new PlantedDependency { ActionUnits = [6, 7], Fraction = 0.25 },
        };
        Assert.Equal(
            """synthfaces?Subjects=9&Difficulty.Occlusion=0&Planted={"ActionUnits":[6,7],"Fraction":0.25}""",
            options.ToData()
        );
        Assert.Equal("synthfaces", new SynthOptions().ToData());
        Assert.Equal(
            OptionsJson.Write(options),
            OptionsJson.Write(OptionFields.Read(new SynthOptions(), options.ToData()[11..]))
        );
        var named = Options with { Data = "100 % & more" };
        Assert.Equal(named.Data, OptionFields.Read(Options, OptionFields.Text(named, Options)).Data);
        Assert.Contains(
            "'Subjects' of 'Subjects' is no option",
            Assert.Throws<ArgumentException>(() => OptionFields.Read(new SynthOptions(), "Subjects")).Message
        );
    }
}
