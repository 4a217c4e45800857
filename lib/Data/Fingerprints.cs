using System.Security.Cryptography;
using System.Text;

namespace FanTrans.Data;

/// <summary>SHA-256 as 64 hexadecimal digits: of content, or of what names content.</summary>
internal static class Fingerprints
{
    /// <summary>Of texts in their order.</summary>
    public static string Of(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Of files by name and size, which tells a changed copy without reading it.</summary>
    public static string OfFiles(IEnumerable<string> paths) =>
        Of(paths.Select(p => $"{Path.GetFileName(p)} {new FileInfo(p).Length}"));
}
