namespace FanTrans.Tests.Parity;

/// <summary>The library against results of the PyTorch reference that are kept in files: needs no Python.</summary>
[Collection(TorchCollection.Name)]
public class GoldenParityTests
{
    public static TheoryData<string> Names =>
        [
            .. Directory
                .GetFiles(Folder, "*.json")
                .Order(StringComparer.Ordinal)
                .Select(path => Path.GetFileNameWithoutExtension(path)!),
        ];

    private static string Folder => Path.Combine(Repository.Root, "tests", "reference", "golden");

    [Theory]
    [MemberData(nameof(Names))]
    public void GivesTheReferencesNumbers(string name)
    {
        var parity = OptionsJson.Read<ParityCase>(File.ReadAllText(Path.Combine(Folder, $"{name}.json")));
        var expected = TensorFile.Read(Path.Combine(Folder, $"{name}.safetensors"));
        using var model = ParityRun.Build(parity);
        var actual = ParityRun
            .Run(parity, model, ParityRun.Filled(parity, model))
            .Where(found => expected.ContainsKey(found.Key) || !IsFrozen(found.Key, parity))
            .ToDictionary(found => found.Key, found => found.Value.Sampled(Limit(found.Key), parity.Double));
        Comparison.AssertSame(parity, expected, actual);
    }

    private static bool IsFrozen(string name, ParityCase parity) =>
        !parity.FineTune && name.StartsWith("after.fan.", StringComparison.Ordinal);

    /// <summary>As make_golden.py keeps.</summary>
    private static int Limit(string name) => name.Split('.')[0] is "grad" or "after" ? 16 : 64;
}
