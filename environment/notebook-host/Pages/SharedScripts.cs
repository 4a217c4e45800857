using System.Text;
using System.Text.RegularExpressions;

namespace NotebookHost.Pages;

/// <summary>
/// Moves what pages embed once each, such as a drawing library, into files beside the pages, so that a site carries it
/// once.
/// </summary>
internal sealed partial class SharedScripts(string folder)
{
    private readonly Dictionary<string, string> written = new(StringComparer.Ordinal);

    /// <summary>Script elements that load every file written so far.</summary>
    public string Elements => string.Concat(written.Keys.Select(file => $"<script src=\"{file}\"></script>\n"));

    /// <summary>The page with its marked scripts in files. One that differs from the file
    /// of its name stays in the page.</summary>
    public string MoveOut(string html) => EmbedOnce.Script().Replace(html, script =>
    {
        var file = FileName(script.Groups["key"].Value);
        var code = script.Groups["code"].Value;
        if (!this.written.TryGetValue(file, out var written))
        {
            File.WriteAllText(Path.Combine(folder, file), code, new UTF8Encoding(false));
            this.written.Add(file, written = code);
        }
        return written == code ? $"<script src=\"{file}\"></script>" : script.Value;
    });

    private static string FileName(string key)
    {
        var name = Unsafe().Replace(key, "-").Trim('.');
        return name.EndsWith(".js", StringComparison.Ordinal) ? name : $"{name}.js";
    }

    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex Unsafe();
}
