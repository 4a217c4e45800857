using System.Text.Encodings.Web;

namespace Microsoft.AspNetCore.Html;

/// <summary>HTML that writes itself, as in ASP.NET Core, so that a cell which names the type runs on both hosts.</summary>
public interface IHtmlContent
{
    /// <summary>Writes the content, encoding with <paramref name="encoder"/> what is not HTML already.</summary>
    void WriteTo(TextWriter writer, HtmlEncoder encoder);
}

/// <summary>A text that is HTML already and is written as it stands.</summary>
public class HtmlString(string? value) : IHtmlContent
{
    /// <summary>The HTML.</summary>
    public string? Value { get; } = value;

    /// <inheritdoc/>
    public void WriteTo(TextWriter writer, HtmlEncoder encoder) => writer.Write(Value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}
