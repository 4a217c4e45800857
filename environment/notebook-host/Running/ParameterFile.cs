using System.Text.Json;
using NotebookHost.Notebooks;

namespace NotebookHost.Running;

/// <summary>
/// Values for the parameters of a series of notebooks, each its own: a JSON file with an object for each notebook, by
/// its name without the ending, whose fields are parameters and whose values are written as for <c>--set</c>.
/// </summary>
internal static class ParameterFile
{
    /// <summary>A notebook's values as <c>name=value</c>; none where the file has no such notebook.</summary>
    /// <param name="path">The file; null is none.</param>
    /// <param name="notebook">The notebook.</param>
    /// <exception cref="HostException">There is no such file, or it is of another form.</exception>
    public static IReadOnlyList<string> For(string? path, string notebook)
    {
        if (path is null) return [];
        if (!File.Exists(path)) throw new HostException($"--parameters {path}: no such file");
        try
        {
            var name = Path.GetFileNameWithoutExtension(notebook);
            return NotebookJson.Read(File.ReadAllText(path))!.AsObject()[name] is { } values
                ? [.. values.AsObject().Select(value => $"{value.Key}={value.Value!.GetValue<string>()}")] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new HostException($"--parameters {path}: expected "
                + $"{{ \"notebook\": {{ \"parameter\": \"value\" }} }}, found something else: {e.Message}");
        }
    }
}
