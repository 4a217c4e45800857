// Runs a notebook at its smoke size on .NET Interactive's own C# kernel: real-kernel NOTEBOOK OUTPUT.
// Prints the number of figures; the first cell that fails ends it with 1.
using System.Text.Json;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

var (path, output) = (Path.GetFullPath(args[0]), Path.GetFullPath(args[1]));
using var notebook = JsonDocument.Parse(File.ReadAllText(path));
// Photographs and nuget.config are found from the notebook's folder.
Environment.CurrentDirectory = Path.GetDirectoryName(path)!;
using var kernel = new CompositeKernel { new CSharpKernel().UseNugetDirective().UseKernelHelpers() };
kernel.DefaultKernelName = "csharp";

var (number, figures) = (0, 0);
foreach (var cell in notebook.RootElement.GetProperty("cells").EnumerateArray())
{
    if (cell.GetProperty("cell_type").GetString() != "code") continue;
    number++;
    if (!await RunAsync(string.Concat(cell.GetProperty("source").EnumerateArray().Select(line => line.GetString())))) return 1;
    var isParameters = cell.GetProperty("metadata").TryGetProperty("tags", out var tags) && tags.EnumerateArray().Any(tag => tag.GetString() == "parameters");
    if (isParameters && !await RunAsync($"smoke = true; output = {JsonSerializer.Serialize(output)};")) return 1;
}
Console.WriteLine($"figures: {figures}");
return 0;

async Task<bool> RunAsync(string code)
{
    var result = await kernel.SendAsync(new SubmitCode(code));
    figures += result.Events.OfType<DisplayEvent>().SelectMany(shown => shown.FormattedValues).Count(value => value.Value.Contains("class=\"fantrans-figure"));
    if (result.Events.OfType<CommandFailed>().FirstOrDefault() is not { } failed) return true;
    Console.Error.WriteLine($"cell {number}: {failed.Message}");
    return false;
}
