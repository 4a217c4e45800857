using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using FanTrans.Data;
using FanTrans.Synthetic;
using Json.Schema;

namespace FanTrans.Tests.Data;

public class ManifestTests
{
    private static readonly string[] Systems = ["jaa-net", "me-graphau", "au-net"];

    [Theory]
    [InlineData("bp4d", "P1", "F001 F002 F008 F009 F010 F016 F018 F023 M001 M004 M007 M008 M012 M014")]
    [InlineData("bp4d", "P2", "F003 F005 F011 F013 F020 F022 M002 M005 M010 M011 M013 M016 M017 M018")]
    [InlineData("bp4d", "P3", "F004 F006 F007 F012 F014 F015 F017 F019 F021 M003 M006 M009 M015")]
    [InlineData("disfa", "P1", "SN001 SN002 SN009 SN010 SN016 SN026 SN027 SN030 SN032")]
    [InlineData("disfa", "P2", "SN006 SN011 SN012 SN013 SN018 SN021 SN024 SN028 SN031")]
    [InlineData("disfa", "P3", "SN003 SN004 SN005 SN007 SN008 SN017 SN023 SN025 SN029")]
    public void The_parts_are_the_published_ones(string dataset, string part, string subjects) =>
        Assert.Equal(subjects.Split(' '), DatasetManifest.Load(dataset).Parts[part]);

    [Theory]
    [InlineData("bp4d", "jaa-net", "P1 P2 P3")]
    [InlineData("bp4d", "me-graphau", "P3 P2 P1")]
    [InlineData("bp4d", "au-net", "P3 P2 P1")]
    [InlineData("disfa", "jaa-net", "P1 P2 P3")]
    [InlineData("disfa", "me-graphau", "P3 P2 P1")]
    [InlineData("disfa", "au-net", "P1 P2 P3")]
    public void The_folds_are_numbered_as_each_system_does(string dataset, string system, string testParts)
    {
        var manifest = DatasetManifest.Load(dataset);
        var protocol = manifest.Protocol(system);
        Assert.Equal(testParts.Split(' '), Enumerable.Range(1, 3).Select(protocol.TestPart));
        for (var fold = 1; fold <= 3; fold++)
            Assert.Equal(manifest.Parts[protocol.TestPart(fold)], protocol.TestSubjects(fold));
    }

    [Fact]
    public void The_facts_are_those_of_the_papers()
    {
        var (bp4d, disfa) = (DatasetManifest.Load("bp4d"), DatasetManifest.Load("disfa"));
        Assert.Equal(ActionUnits.Bp4d, bp4d.ActionUnits);
        Assert.Equal(ActionUnits.Disfa, disfa.ActionUnits);
        Assert.Equal([14, 14, 13], bp4d.Parts.Values.Select(p => p.Count));
        Assert.Equal([9, 9, 9], disfa.Parts.Values.Select(p => p.Count));
        Assert.Equal(8, bp4d.Sequences.Count);

        Assert.Equal(146_847, bp4d.FrameLists["me-graphau"].Frames);
        Assert.Equal([50_631, 50_182, 46_034], bp4d.FrameLists["me-graphau"].ByPart.Values);
        Assert.Equal(146_576, bp4d.FrameLists["jaa-net"].Frames);
        Assert.Equal(130_814, disfa.FrameLists["me-graphau"].Frames);
        Assert.Equal([43_604, 43_605, 43_605], disfa.FrameLists["me-graphau"].ByPart.Values);
        Assert.Equal(1_793, disfa.FrameLists["jaa-net"].BySubject["SN021"]);
    }

    [Theory]
    [InlineData("bp4d")]
    [InlineData("disfa")]
    public void The_known_defects_are_what_JAA_Net_leaves_out(string dataset)
    {
        var manifest = DatasetManifest.Load(dataset);
        var (all, jaa) = (manifest.FrameLists["me-graphau"], manifest.FrameLists["jaa-net"]);
        foreach (var subject in manifest.Subjects)
        {
            // SN031's lost landmark file is one that JAA-Net mended.
            var known = manifest
                .Defects.Where(d => d.Kind is DefectKind.Landmarks && d.Subject == subject && subject != "SN031")
                .Sum(d => d.Frames.Sum(r => r[1] - r[0] + 1));
            Assert.Equal(all.BySubject[subject] - jaa.BySubject[subject], known);
        }
    }

    [Theory]
    [InlineData("bp4d", "BP4D")]
    [InlineData("disfa", "DISFA")]
    public void Expected_counts_equal_the_aggregate_statistics(string dataset, string key)
    {
        using var stats = JsonDocument.Parse(File.ReadAllText(Repository.Shared("data/au_stats.json")));
        var manifest = DatasetManifest.Load(dataset);
        var list = manifest.FrameLists["me-graphau"];
        foreach (
            var fold in stats.RootElement.GetProperty(key).GetProperty("folds").EnumerateObject().Select(f => f.Value)
        )
        {
            var part = manifest.PartOf(fold.GetProperty("test_subjects")[0].GetString()!);
            Assert.Equal(list.ByPart[part], fold.GetProperty("frames").GetInt32());
            Assert.Equal(
                list.Positives![part],
                fold.GetProperty("positives").EnumerateArray().Select(v => v.GetInt32())
            );
            foreach (var subject in fold.GetProperty("frames_per_subject").EnumerateObject())
                Assert.Equal(list.BySubject[subject.Name], subject.Value.GetInt32());
        }
    }

    [Fact]
    public void Folds_never_share_a_subject_and_test_each_once()
    {
        DatasetManifest[] manifests = [DatasetManifest.Load("bp4d"), DatasetManifest.Load("disfa")];
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2], Gen.Int[1, 400], Gen.Int)
            .Sample(
                (dataset, system, extra, seed) =>
                {
                    var manifest = manifests[dataset];
                    var random = new Random(seed);
                    string[] subjects =
                    [
                        .. manifest.Subjects,
                        .. Enumerable
                            .Range(0, extra)
                            .Select(_ => manifest.Subjects[random.Next(manifest.Subjects.Count)]),
                    ];
                    random.Shuffle(subjects);
                    var protocol = manifest.Protocol(Systems[system]);
                    var folds = protocol.Folds(subjects);
                    Assert.Equal(3, folds.Count);
                    foreach (var fold in folds)
                    {
                        Assert.Equal(
                            protocol.TestSubjects(fold.Number).Order(StringComparer.Ordinal),
                            fold.TestSubjects
                        );
                        Assert.Equal(protocol.TrainSubjects(fold.Number), fold.TrainSubjects);
                        Assert.Empty(fold.TrainSubjects.Intersect(fold.TestSubjects));
                        Assert.Empty(fold.Train.Intersect(fold.Test));
                        Assert.Equal(subjects.Length, fold.Train.Count + fold.Test.Count);
                        Assert.All(fold.Test, i => Assert.Contains(subjects[i], fold.TestSubjects));
                    }
                    Assert.Equal(Enumerable.Range(0, subjects.Length), folds.SelectMany(f => f.Test).Order());
                },
                iter: 200
            );
    }

    [Fact]
    public void A_fold_that_does_not_exist_is_named()
    {
        var manifest = DatasetManifest.Load("bp4d");
        Assert.Contains(
            "folds 1 to 3",
            Assert.Throws<ArgumentOutOfRangeException>(() => manifest.Protocol("au-net").TestSubjects(0)).Message
        );
        Assert.Contains(
            "jaa-net, me-graphau, au-net",
            Assert.Throws<ArgumentException>(() => manifest.Protocol("aunet")).Message
        );
        Assert.Contains("F099", Assert.Throws<ArgumentException>(() => manifest.PartOf("F099")).Message);
        Assert.Contains("bp4d", Assert.Throws<ArgumentException>(() => DatasetManifest.Load("bpd4")).Message);
    }

    public static TheoryData<string, string, string> Typos =>
        new()
        {
            { "actionUnits", "actionUnit", "'actionUnit' could not be mapped" },
            { "licence", "license", "'license' could not be mapped" },
            { "testParts", "testpart", "'testpart' could not be mapped" },
            { "notCoded", "notcoded", "'notcoded' could not be mapped" },
            {
                "\"P1\", \"P2\", \"P3\"",
                "\"P1\", \"P2\", \"P4\"",
                "bp4d.json: protocols.jaa-net.testParts[2]: expected one of P1, P2, P3, found \"P4\""
            },
            { "\"F001\", \"F002\"", "\"F001\", \"F001\"", "bp4d.json: parts: subject F001 is in 2 of them" },
            { "\"F001\", \"F002\"", "\"F001\", \"F003\"", "bp4d.json: parts: subject F003 is in 2 of them" },
            { "\"F001\", \"F002\"", "\"F001\", 2", "Path: $.parts.P1[1]" },
            {
                "146847",
                "146848",
                "bp4d.json: frameLists.me-graphau.frames: expected 146847, the sum of the parts, found 146848"
            },
            {
                "\"P1\": 50631",
                "\"P1\": 50630",
                "bp4d.json: frameLists.me-graphau.byPart.P1: expected 50631, the sum of its subjects, found 50630"
            },
            { "146847", "\"146847\"", "Path: $.frameLists" },
            { "\"kind\": \"occurrence\"", "\"kind\": \"presence\"", "Path: $.labels.kind" },
            { "[1, 2, 4,", "[1, 0, 4,", "bp4d.json: actionUnits: expected FACS numbers, 1 to 99, found 0" },
            {
                "[[223, 227]]",
                "[[227, 223]]",
                "bp4d.json: defects[1].frames: expected ranges [first, last], found [227, 223]"
            },
            { "[[223, 227]]", "[[223]]", "bp4d.json: defects[1].frames: expected ranges [first, last], found [223]" },
            { "\"name\": \"bp4d\",", "\"name\": \"bp4d\", \"name\": \"bp4d\",", "bp4d.json: " },
            { "\"name\": \"bp4d\",", "\"name\": \"bp4d\"", "bp4d.json: " },
        };

    [Theory]
    [MemberData(nameof(Typos))]
    public void A_typo_is_an_error_that_names_file_and_field(string right, string wrong, string message)
    {
        using var folder = new TemporaryFolder();
        var original = File.ReadAllText(Path.Combine(Repository.Root, "data-manifests", "bp4d.json"));
        var at = original.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{right} is not in the manifest");
        var path = folder.Write(
            "bp4d.json",
            string.Concat(original.AsSpan(0, at), wrong, original.AsSpan(at + right.Length))
        );
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => DatasetManifest.Read(path)).Message);
    }

    [Fact]
    public void Every_field_that_is_left_out_is_named()
    {
        using var folder = new TemporaryFolder();
        var whole = JsonNode
            .Parse(File.ReadAllText(Path.Combine(Repository.Root, "data-manifests", "disfa.json")))!
            .AsObject();
        foreach (var field in whole.Select(f => f.Key).Where(k => k != "$schema").ToArray())
        {
            var without = whole.DeepClone().AsObject();
            without.Remove(field);
            var path = folder.Write("disfa.json", without.ToJsonString());
            Assert.Contains(
                $"'{field}'",
                Assert.Throws<InvalidDataException>(() => DatasetManifest.Read(path)).Message
            );
        }
    }

    [Fact]
    public void Every_manifest_keeps_to_its_schema_and_is_in_a_library()
    {
        var files = Directory
            .GetFiles(Path.Combine(Repository.Root, "data-manifests"), "*.json")
            .Where(path => !path.EndsWith(".schema.json", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(files);
        var schemas = new Dictionary<string, JsonSchema>();
        foreach (var path in files)
        {
            using var manifest = JsonDocument.Parse(File.ReadAllText(path));
            var name = Path.GetFileName(manifest.RootElement.GetProperty("$schema").GetString()!);
            if (!schemas.TryGetValue(name, out var schema))
                schemas.Add(name, schema = JsonSchema.FromFile(Path.Combine(Path.GetDirectoryName(path)!, name)));
            var result = schema.Evaluate(
                manifest.RootElement,
                new EvaluationOptions { OutputFormat = OutputFormat.List }
            );
            Assert.True(
                result.IsValid,
                $"{path}: {string.Join("; ", (result.Details ?? [])
                .SelectMany(d => d.Errors ?? new Dictionary<string, string>(), (d, e) => $"{d.InstanceLocation}: {e.Value}"))}"
            );

            var resource = $"FanTrans.{Path.GetFileName(path)}";
            using var embedded =
                typeof(DatasetManifest).Assembly.GetManifestResourceStream(resource)
                ?? typeof(SynthFaces).Assembly.GetManifestResourceStream(resource);
            using var reader = new StreamReader(embedded!);
            Assert.Equal(File.ReadAllText(path), reader.ReadToEnd());
        }
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains(
            "nowhere.json",
            Assert.Throws<FileNotFoundException>(() => DatasetManifest.Read("nowhere.json")).Message
        );

    [Fact]
    public void Known_defects_cover_their_frames_and_no_others()
    {
        var manifest = DatasetManifest.Load("disfa");
        Assert.True(manifest.IsKnown(DefectKind.Labels, new FaceKey("SN010", "right", 4845)));
        Assert.False(manifest.IsKnown(DefectKind.Labels, new FaceKey("SN010", "left", 4844)));
        Assert.False(manifest.IsKnown(DefectKind.Frames, new FaceKey("SN010", "left", 4845)));
        Assert.True(manifest.IsKnown(DefectKind.Landmarks, new FaceKey("SN001", "left", 398)));
        Assert.False(manifest.IsKnown(DefectKind.Landmarks, new FaceKey("SN001", "left", 397)));
    }

    [Theory]
    [InlineData("bp4d", "0 1 9", "0 1 9", "-1 2 8 10")]
    [InlineData("disfa", "0 1 2 3 4 5", "0 0 1 1 1 1", "-1 6 9")]
    public void Label_rules_map_values_and_refuse_others(string dataset, string values, string labels, string refused)
    {
        var rule = DatasetManifest.Load(dataset).Labels;
        Assert.Equal(
            labels.Split(' ').Select(v => (sbyte?)sbyte.Parse(v)),
            values.Split(' ').Select(v => rule.Label(int.Parse(v)))
        );
        Assert.All(refused.Split(' '), v => Assert.Null(rule.Label(int.Parse(v))));
    }
}
