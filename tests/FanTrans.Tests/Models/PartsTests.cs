using System.Reflection;
using System.Runtime.Loader;
using FanTrans.Distillation;
using FanTrans.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using TorchSharp;
using TorchSharp.Modules;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

/// <summary>Parts that the library lacks: named, made, told apart by their code.</summary>
[Collection(TorchCollection.Name)]
public class PartsTests
{
    /// <summary>A drop as a notebook's cell declares it.</summary>
    private const string Cell = """
        class TopPairs : AttentionDrop
        {
            private readonly Parameter scores;

            public TopPairs(int heads, int units) : base(nameof(TopPairs))
            {
                scores = nn.Parameter(zeros(heads, units, units));
                RegisterComponents();
            }

            public override IReadOnlyList<Parameter> KeepLogits => new[] { scores };

            public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x)
            {
                using var scope = NewDisposeScope();
                var keep = scores.sigmoid() * SCALE;
                return scope.MoveToOuter(Masked(attention, keep), WithFullDiagonal(keep));
            }
        }
        var name = AttentionDrops.Register("top-pairs", o => new TopPairs(o.Heads, o.ActionUnits.Count));
        """;

    private static readonly IReadOnlyList<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    [Fact]
    public async Task ADropDeclaredInACellTrainsAndIsKnownByItsCode()
    {
        var session = await CSharpScript.RunAsync(
            "using FanTrans.Models; using TorchSharp; using TorchSharp.Modules; "
                + "using System.Collections.Generic; using static TorchSharp.torch;",
            ScriptOptions.Default.AddReferences(typeof(FanTransModel).Assembly, typeof(torch).Assembly),
            cancellationToken: TestContext.Current.CancellationToken
        );
        async Task<string> Declare(string scale, string before = "")
        {
            session = await session.ContinueWithAsync(before + Cell.Replace("SCALE", scale, StringComparison.Ordinal));
            return Parts.IdentityOf(Named((string)session.GetVariable("name").Value));
        }

        var first = await Declare("0.5");
        Assert.StartsWith("AttentionDrop top-pairs ", first);
        Assert.Equal(first, await Declare("0.5"));
        Assert.Equal(first, await Declare("0.5", "var other = 3; System.Func<int, int> more = x => x + other; "));
        Assert.NotEqual(first, await Declare("0.25"));
        Assert.Equal(first, await Declare("0.5"));

        using var scope = NewDisposeScope();
        using var model = new FanTransModel(Named("top-pairs"));
        model.train();
        var output = model.call(Images(model.Options.Fan));
        output.Logits.Squared().sum().backward();
        var scores = model.Head.get_parameter("blocks.0.attention.drop.scores")!;
        Assert.Contains(Values(scores.grad!), value => value != 0);
    }

    [Fact]
    public void WhatAFactoryCapturedCounts()
    {
        static Func<FanTransOptions, AttentionDrop> Made(double keep) =>
            o => new LearnableDrop(o.Heads, o.ActionUnits.Count, keep, 1);
        Assert.NotEqual(CodeIdentity.Of(Made(0.5)), CodeIdentity.Of(Made(0.6)));
        Assert.Equal(CodeIdentity.Of(Made(0.5)), CodeIdentity.Of(Made(0.5)));
    }

    [Fact]
    public void CapturedArraysAndListsCount()
    {
        static string Of(object values)
        {
            static Func<object> Made<T>(T captured) => () => captured!;
            return values switch
            {
                double[] numbers => CodeIdentity.Of(Made(numbers)),
                IReadOnlyList<string> texts => CodeIdentity.Of(Made(texts)),
                _ => CodeIdentity.Of(Made((double[][])values)),
            };
        }
        foreach (
            var (one, same, other) in new (object, object, object)[]
            {
                (new[] { 0.5, 1 }, new[] { 0.5, 1 }, new[] { 0.5, 2 }),
                (new List<string> { "a, b" }, new List<string> { "a, b" }, new List<string> { "a", " b" }),
                (new double[][] { [1], [2] }, new double[][] { [1], [2] }, new double[][] { [1], [3] }),
            }
        )
        {
            Assert.Equal(Of(one), Of(same));
            Assert.NotEqual(Of(one), Of(other));
        }
    }

    /// <summary>An edit within the class that the compiler makes of a method.</summary>
    [Theory]
    [InlineData("static IEnumerable<float> Values() { yield return 1f; yield return EDIT; }")]
    [InlineData("static async Task<float> Values() { await Task.Yield(); return EDIT; }")]
    [InlineData("static async IAsyncEnumerable<float> Values() { await Task.Yield(); yield return EDIT; }")]
    [InlineData("static object Values() => Of(0f); static IEnumerable<T> Of<T>(T x) { if (EDIT > 0) yield return x; }")]
    public void IteratorsAndAsyncMethodsCount(string method)
    {
        string Edited(string value, string before = "") =>
            IdentityOf((before + Start("Values()") + $"partial class Start {{ {method} }}").Replace("EDIT", value));
        Assert.Equal(Edited("1f"), Edited("1f", "class Unrelated { static object Made() => \"more\"; }"));
        Assert.NotEqual(Edited("1f"), Edited("-1f"));
    }

    /// <summary>Whoever registers it, a part's own project counts, and so do others of the user, but no packages.
    /// </summary>
    [Theory]
    [InlineData("class Far() : FanTrans.Models.AttentionDrop(\"\")", "A lab", true)]
    [InlineData("class Far", "Parts", true)]
    [InlineData("class Far", "A lab", false)]
    public void OtherProjectsOfTheUserCount(string declared, string company, bool counts)
    {
        string Edited(string value) =>
            IdentityOf(
                $"[assembly: System.Reflection.AssemblyCompany(\"{company}\")] public {declared} {{ "
                    + (declared.Contains(':') ? "public override " : "public ")
                    + "(Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x) "
                    + $"=> (attention * {value}, x); }}",
                Start("new Far()")
            );
        Assert.Equal(Edited("1f.ToScalar()"), Edited("1f.ToScalar()"));
        Assert.Equal(counts, Edited("1f.ToScalar()") != Edited("2f.ToScalar()"));
    }

    [Fact]
    public void EveryPartOfAModelMayBeOnesOwn()
    {
        using var scope = NewDisposeScope();
        using var model = new FanTransModel(
            ModelSizes.Tiny with
            {
                AttentionDrop = AttentionDrops.Register(_ => new Even()),
                Classifier = Classifiers.Register(o => new Sums(o.TokenWidth)),
                Tokens = TokenForms.Register((o, maps) => new Means(maps.Channels, o.ActionUnits.Count, o.TokenWidth)),
                FeatureSource = FeatureSources.Register(_ => new Shrunk()),
            }
        );
        model.train();
        var output = model.call(Images(ModelSizes.TinyFan));
        output.Logits.sum().backward();
        Assert.Equal([2, 5], output.Logits.shape);
        Assert.All(Values(output.Attention[0]), value => Assert.Equal(0.2, value, 1e-6));
        Assert.All(
            model.Head.named_parameters().Where(p => p.name.StartsWith("classifier", StringComparison.Ordinal)),
            p => Assert.NotNull(p.parameter.grad)
        );
        Assert.StartsWith("FeatureSource Shrunk ", Parts.IdentityOf(model.Options));
        Assert.Contains(
            "Shrunk, not from a face alignment network",
            Assert.Throws<InvalidOperationException>(() => model.Fan).Message
        );
    }

    [Fact]
    public void APartIsNamedAfterItsClass()
    {
        var options = ModelSizes.Tiny with { Classifier = Classifiers.Register(o => new Sums(o.TokenWidth)) };
        Assert.Equal("Sums", options.Validate().Classifier);
        using var head = new AuHead(options);
        Assert.IsType<Sums>(head.named_children().Single(child => child.name == "classifier").module);
    }

    [Fact]
    public void NamesAreReadInAnyCaseAndWithoutHyphens()
    {
        var options = ModelSizes.Tiny with
        {
            AttentionDrop = "InputDependent",
            Classifier = "JointHidden",
            Tokens = "LANDMARK",
        };
        Assert.Equal(
            ("input-dependent", "joint-hidden", "landmark"),
            (options.AttentionDrop, options.Classifier, options.Tokens)
        );
        Assert.Equal("", Parts.IdentityOf(options));
        Assert.Equal("", PeerLosses.IdentityOf(DistillationOptions.Paper with { Teacher = "Gate" }));
    }

    [Fact]
    public void BuiltInNamesAreTaken() =>
        Assert.Contains(
            "'Learnable' is built in",
            Assert.Throws<ArgumentException>(() => AttentionDrops.Register("Learnable", _ => new Even())).Message
        );

    [Fact]
    public void TeacherAndLossAreOpenToo()
    {
        using var scope = NewDisposeScope();
        var distillation = DistillationOptions.Paper with
        {
            Teacher = Teachers.Register((_, _) => new BestPeer()),
            Loss = PeerLosses.Register((_, weights) => new LabelsAlone(weights)),
        };
        using var ensemble = new PeerEnsemble(ModelSizes.Tiny, distillation);
        ensemble.train();
        var output = ensemble.call(Images(ModelSizes.TinyFan));
        Assert.Equal(Values(output.Peers[0].Logits), Values(output.TeacherLogits));
        var loss = PeerLosses.Create(distillation, [1, 1, 1, 1, 1]).Compute(output, ones(2, 5), ones(2, 5), 0);
        loss.Total.backward();
        Assert.Equal(["total", "labels"], loss.Values.Select(value => value.Name));
        Assert.Matches(
            "Teacher BestPeer [0-9a-f]{12}; Loss LabelsAlone [0-9a-f]{12}",
            PeerLosses.IdentityOf(distillation)
        );
    }

    private static string Start(string made) =>
        $"public static partial class Start {{ public static Delegate Made() => () => {made}; }} ";

    /// <summary>Of the factory that the last of these programs makes, each built into a file and using those before.
    /// </summary>
    private static string IdentityOf(params string[] programs)
    {
        const string Usings =
            "using System; using System.Collections.Generic; using System.Threading.Tasks; using TorchSharp; "
            + "using static TorchSharp.torch; ";
        var folder = Directory.CreateTempSubdirectory("fantrans-parts-");
        var context = new AssemblyLoadContext(null, isCollectible: true);
        try
        {
            var references = Platform.ToList();
            Assembly? built = null;
            foreach (var (at, program) in programs.Index())
            {
                var name = at < programs.Length - 1 ? "Parts" : "Program";
                var file = Path.Combine(folder.FullName, name + ".dll");
                var compilation = CSharpCompilation.Create(
                    name,
                    [CSharpSyntaxTree.ParseText(Usings + program)],
                    references,
                    new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release)
                );
                Assert.Empty(
                    compilation.Emit(file).Diagnostics.Where(found => found.Severity > DiagnosticSeverity.Warning)
                );
                references.Add(MetadataReference.CreateFromFile(file));
                built = context.LoadFromAssemblyPath(file);
            }
            return CodeIdentity.Of((Delegate)built!.GetType("Start")!.GetMethod("Made")!.Invoke(null, null)!);
        }
        finally
        {
            context.Unload();
            folder.Delete(recursive: true);
        }
    }

    private static FanTransOptions Named(string drop) => ModelSizes.Tiny with { AttentionDrop = drop };

    private sealed class Even() : AttentionDrop(nameof(Even))
    {
        public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x) =>
            (ones_like(attention).Over(attention.shape[^1]), Constant(attention, 1));
    }

    private sealed class Sums : Classifier
    {
        private readonly Linear each;

        public Sums(int width)
            : base(nameof(Sums))
        {
            each = nn.Linear(width, 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens) => each.call(tokens).squeeze(-1);
    }

    private sealed class Means : AuTokens
    {
        private readonly Linear project;
        private readonly int units;
        private readonly int width;

        public Means(int channels, int units, int width)
            : base(nameof(Means))
        {
            (this.units, this.width) = (units, width);
            project = nn.Linear(channels, units * width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor maps) => project.call(maps.mean([2, 3])).view(-1, units, width);

        public override Tensor Maps(Tensor maps) => throw new NotSupportedException();
    }

    private sealed class Shrunk() : FeatureSource(nameof(Shrunk))
    {
        public override FeatureShape Shape => new(3, 0, 8);

        public override FanOutput forward(Tensor images) => new([], nn.functional.avg_pool2d(images, 4));
    }

    private sealed class BestPeer() : Teacher(nameof(BestPeer))
    {
        public override (Tensor Logits, Tensor? Weights) forward(Tensor logits, Tensor features) =>
            (logits.select(1, 0).clone(), null);
    }

    private sealed class LabelsAlone(IReadOnlyList<double> weights) : PeerLoss(weights)
    {
        protected override IEnumerable<(string Name, Tensor Value)> Terms(
            PeerOutput output,
            KnownLabels labels,
            double epoch
        ) => [("labels", labels.CrossEntropy(output.TeacherLogits))];
    }
}
