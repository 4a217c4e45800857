namespace FanTrans.Interop;

/// <summary>The tensors of one module of a weights file.</summary>
/// <param name="Module">The first part of their names.</param>
/// <param name="Tensors">How many there are.</param>
/// <param name="Values">Values in all of them.</param>
/// <param name="First">The first one's name and shape.</param>
public sealed record ModuleTensors(string Module, int Tensors, long Values, string First);

/// <summary>What a weights file holds, for a reader.</summary>
public static class WeightsSummary
{
    /// <summary>A row a module, in the file's order.</summary>
    /// <param name="path">The file, in any format of <see cref="WeightsFile"/>.</param>
    /// <exception cref="InvalidDataException">The file is broken, or holds what is not weights.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyList<ModuleTensors> Of(string path)
    {
        using var weights = WeightsFile.Load(path);
        return [.. StateDict.MapNames(weights).GroupBy(t => t.Key.Split('.')[0]).Select(module => new ModuleTensors(
            module.Key, module.Count(), module.Sum(t => t.Value.numel()),
            $"{module.First().Key} ({string.Join(", ", module.First().Value.shape)})"))];
    }
}
