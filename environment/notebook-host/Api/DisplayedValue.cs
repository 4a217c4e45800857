using NotebookHost.Core;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>A value in one MIME type.</summary>
public class FormattedValue(string mimeType, string value)
{
    /// <summary>The MIME type, such as <c>text/html</c>.</summary>
    public string MimeType { get; } = string.IsNullOrWhiteSpace(mimeType)
        ? throw new ArgumentException("Value cannot be null or whitespace.", nameof(mimeType))
        : mimeType;

    /// <summary>The text; base64 where the type is a binary one.</summary>
    public string Value { get; } = value;

    /// <summary>The value in its preferred MIME types, or in those given.</summary>
    public static IReadOnlyList<FormattedValue> CreateManyFromObject(object? value, params string[] mimeTypes) =>
        NotebookHost.Formatting.ValueFormatter.Format(value, mimeTypes);
}

/// <summary>An output that stands below a cell and can be changed later, from any cell.</summary>
public class DisplayedValue
{
    private readonly string[] _mimeTypes;
    private readonly KernelSession? _session;

    internal DisplayedValue(object? value, string[] mimeTypes, IReadOnlyList<FormattedValue> formattedValues)
    {
        Value = value;
        _mimeTypes = mimeTypes;
        FormattedValues = formattedValues;
        _session = KernelSession.Current;
        DisplayId = _session?.NextDisplayId() ?? "display-0";
        CellRun.Current?.StopHere();
        _session?.Output.Display(formattedValues, DisplayId);
        if (_session is null) Console.WriteLine(formattedValues[^1].Value);
    }

    /// <summary>Names the output; front ends find it by this name.</summary>
    public string DisplayId { get; }

    /// <summary>Whether <see cref="Update"/> has been called.</summary>
    public bool IsUpdated { get; private set; }

    /// <summary>What is shown now.</summary>
    public IReadOnlyList<FormattedValue> FormattedValues { get; private set; }

    /// <summary>The value that is shown now.</summary>
    public object? Value { get; private set; }

    /// <summary>Shows another value in place of the present one.</summary>
    public void Update(object? updatedValue)
    {
        CellRun.Current?.StopHere();
        IsUpdated = true;
        Value = updatedValue;
        FormattedValues = FormattedValue.CreateManyFromObject(updatedValue, _mimeTypes);
        if (_session is null) Console.WriteLine(FormattedValues[^1].Value);
        else _session.Output.Update(FormattedValues, DisplayId);
    }
}
