using System.Diagnostics;
using System.Globalization;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Training;

/// <summary>The program of docs/datasets.md: own images and a table, with a class of one's own,
/// outside the repository.</summary>
public sealed class OwnDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task TheProgramOfThePageTrainsAndComparesOnAFolderAndATable()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "datasets.md"));
        var begin = page.IndexOf("#:package FanTrans.Lib", StringComparison.Ordinal);
        var program = page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)];
        Assert.InRange(program.Split('\n').Length, 20, 40);
        File.WriteAllText(folder.At("own.cs"), program);
        Repository.UseFeed(folder.Path);
        var faces = new SynthFaces(
            new SynthOptions
            {
                Subjects = 9,
                FramesPerSubject = 8,
                ImageSize = 96,
            }
        );
        var table = new List<string> { "subject,path," + string.Join(',', faces.ActionUnits.Select(u => $"AU{u:00}")) };
        for (var i = 0; i < faces.Count; i++)
        {
            var face = faces.Read(i);
            face.Image.SavePng(folder.At($"images/{i}.png"));
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"{face.Subject},{i}.png,{string.Join(',', face.Labels)}")
            );
        }
        File.WriteAllLines(folder.At("images/labels.csv"), table);

        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                ["run", "--file", folder.At("own.cs"), "--", folder.At("images/labels.csv"), "1"]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.Path,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.Matches("(?m)^joint .*[0-9]", output);
        Assert.Matches("(?m)^mine .*[0-9]", output);
        Assert.Equal(6, Directory.GetFiles(folder.At("runs"), "model.safetensors", SearchOption.AllDirectories).Length);
    }

    public void Dispose() => folder.Dispose();
}
