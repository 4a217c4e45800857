namespace FanTrans.Charts;

/// <summary>
/// Tells a notebook how to show a type. Notebooks know this attribute by its name and members, so the library
/// refers to none of their packages.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; } = [FigureFormatter.Html];
}

/// <summary>What the attribute names; made by the notebook.</summary>
internal sealed class FigureFormatterSource
{
    public IEnumerable<object> CreateTypeFormatters() => [new FigureFormatter()];
}

/// <summary>Writes a figure as a notebook's output.</summary>
internal sealed class FigureFormatter
{
    internal const string Html = "text/html";

    public string MimeType => Html;

    /// <summary>What the kit's own notebook host puts once into a page that shows figures;
    /// other hosts do not ask.</summary>
    public string PageHead => Figure.PlotlyScript;

    public bool Format(object instance, TextWriter writer)
    {
        if (instance is not Figure figure)
            return false;
        writer.Write(figure.ToHtml());
        return true;
    }
}
