using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NotebookHost.Notebooks;

namespace NotebookHost.Pages;

/// <summary>One output of a cell as HTML; of several MIME types the richest.</summary>
internal static partial class OutputHtml
{
    private static readonly string[] Richest =
        ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/latex", "application/json", "text/plain"];

    public static string Of(JsonObject output, EmbedOnce once)
    {
        switch (output["output_type"]?.GetValue<string>())
        {
            case "stream":
                var name = output["name"]?.GetValue<string>() == "stderr" ? "stream stderr" : "stream";
                return $"<pre class=\"{name}\">{WithoutSequences(NotebookCell.Text(output["text"]).TrimEnd('\n'))}</pre>";
            case "error":
                var report = string.Join('\n', output["traceback"]?.AsArray().Select(l => l!.GetValue<string>()) ?? []);
                if (report.Length == 0) report = $"{output["ename"]}: {output["evalue"]}";
                return $"<pre class=\"error\">{WithoutSequences(report)}</pre>";
            default:
                return output["data"] is JsonObject data ? OfBundle(data, once) : "";
        }
    }

    private static string OfBundle(JsonObject data, EmbedOnce once)
    {
        var type = Richest.FirstOrDefault(data.ContainsKey)
            ?? data.Select(d => d.Key).FirstOrDefault(k => k.StartsWith("text/", StringComparison.Ordinal)) ?? "";
        if (type == "application/json") return $"<pre>{HtmlText.Encode(NotebookJson.Write(data[type]!, 2))}</pre>";
        var text = type.Length > 0 ? NotebookCell.Text(data[type]) : "";
        return type switch
        {
            "text/html" => once.Filter(text),
            "image/svg+xml" => text,
            "image/png" or "image/jpeg" => $"<img alt=\"\" src=\"data:{type};base64,{text.ReplaceLineEndings("")}\">",
            "text/markdown" => MarkdownText.ToHtml(text),
            "text/latex" => TexMath.ToMathMl(text.Trim().Trim('$'), isBlock: true),
            "" => $"<pre>({HtmlText.Encode(string.Join(", ", data.Select(d => d.Key)))})</pre>",
            _ => $"<pre>{WithoutSequences(text)}</pre>",
        };
    }

    /// <summary>Terminal text as HTML, without what gives colours and moves the cursor.</summary>
    internal static string WithoutSequences(string text) => HtmlText.Encode(Sequence().Replace(text, ""));

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Sequence();
}
