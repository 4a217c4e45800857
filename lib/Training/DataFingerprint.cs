using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Training;

/// <summary>Says whether two runs see the same batches, without reading a picture.</summary>
internal static class DataFingerprint
{
    /// <summary>A hash of the frames' names, labels and order and of every loader option that changes a batch.</summary>
    public static string Of(AuLoader train, AuLoader? validation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var loader in new[] { train, validation })
        {
            if (loader is null)
                continue;
            // The number of workers and of batches ahead changes nothing.
            var options = loader.Options with { Workers = 1, Prefetch = 1 };
            Add(options.ToString());
            Add(string.Join(',', loader.Source.ActionUnits));
            foreach (var index in loader.Indices)
            {
                Add($"{index} {loader.Source.Key(index)} ");
                hash.AppendData(MemoryMarshal.AsBytes(loader.Source.LabelsAt(index).AsSpan()));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
