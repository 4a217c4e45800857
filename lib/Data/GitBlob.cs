using System.Security.Cryptography;
using System.Text;

namespace FanTrans.Data;

/// <summary>The name that git gives to a file's content.</summary>
public static class GitBlob
{
    /// <summary>Returns the SHA-1 over "blob &lt;size&gt;", a zero byte and the content: 40 hexadecimal digits, lower
    /// case.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Id(string path)
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
        var buffer = new byte[1 << 16];
        for (int read; (read = file.Read(buffer)) > 0;)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
