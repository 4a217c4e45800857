using System.Security.Cryptography;
using System.Text;

namespace FanTrans.Interop;

/// <summary>The name that git gives to a file's content: SHA-1 over "blob &lt;size&gt;", a zero byte and the
/// content.</summary>
public static class GitBlob
{
    /// <summary>The id of the rest of a stream.</summary>
    /// <param name="content">Seekable, since the size comes first; read from its position to its end.</param>
    /// <returns>40 hexadecimal digits, lower case.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static string Id(Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!content.CanSeek)
        {
            throw new ArgumentException(
                "the stream cannot tell its size; copy it into a file or a MemoryStream first.", nameof(content));
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length - content.Position}\0"));
        var buffer = new byte[1 << 16];
        for (int read; (read = content.Read(buffer)) > 0;)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The id of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>40 hexadecimal digits, lower case.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Id(string path)
    {
        using var file = File.OpenRead(path);
        return Id(file);
    }
}
