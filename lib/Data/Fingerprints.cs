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

    /// <summary>The name that git gives to a file's content: the SHA-1 over "blob &lt;size&gt;", a zero byte and the
    /// content: 40 hexadecimal digits, lower case.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string GitBlob(string path)
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
        var buffer = new byte[1 << 16];
        for (int read; (read = file.Read(buffer)) > 0; )
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
