using System.CommandLine;
using System.Text;
using NotebookHost.Conversion;
using NotebookHost.Notebooks;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host convert</c>.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("file") { Description = "A notebook (.ipynb), or an app (.cs) that was one." };
        var output = new Option<string?>("--out") { Description = "Where to write; without it, beside the file under the same name." };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there." };
        var command = new Command("convert", "Turns a notebook into an app of one file (dotnet run --file name.cs), "
            + "or the app into the notebook. Outputs are left out.")
        {
            source, output, force,
        };
        command.SetAction(arguments =>
            Convert(arguments.GetRequiredValue(source), arguments.GetValue(output), arguments.GetValue(force))
        );
        return command;
    }

    private static int Convert(string source, string? output, bool force)
    {
        source = Path.GetFullPath(source);
        var isNotebook = Path.GetExtension(source) switch
        {
            ".ipynb" => true,
            ".cs" => false,
            _ => throw new HostException($"{source}: expected a file .ipynb or .cs"),
        };
        output = Path.GetFullPath(output ?? Path.ChangeExtension(source, isNotebook ? ".cs" : ".ipynb"));
        if (!File.Exists(source)) throw new HostException($"{source}: no such file");
        if (File.Exists(output) && !force) throw new HostException($"{output} is there already; --force replaces it");
        if (isNotebook)
        {
            var notebook = Notebook.Load(source);
            var app = AppWriter.Write(
                notebook,
                Path.GetDirectoryName(source)!,
                Path.GetFileNameWithoutExtension(output)
            );
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            File.WriteAllText(output, app, new UTF8Encoding(false));
        }
        else
        {
            AppReader.Read(File.ReadAllText(source), source).Save(output);
        }
        Console.WriteLine(output);
        return ExitCodes.Success;
    }
}
