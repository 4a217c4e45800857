namespace FanTrans.Tests.Data;

public class DatasetsPageTests
{
    [Fact]
    public void The_page_shows_the_lines_that_a_test_runs()
    {
        static string[] Lines(string text, string begin, string end)
        {
            var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
            return
            [
                .. text[from..text.IndexOf(end, from, StringComparison.Ordinal)]
                    .Split('\n')
                    .Select(l => l.Trim())
                    .Where(l => l.Length > 0),
            ];
        }
        var here = File.ReadAllText(
            Path.Combine(Repository.Root, "tests/FanTrans.Tests/Training/PreparedTrainingTests.cs")
        );
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/datasets.md"));
        Assert.Equal(
            Lines(here, "// begin\n", "// end\n"),
            Lines(page[page.IndexOf("## A first training run", StringComparison.Ordinal)..], "```csharp\n", "```\n")
        );
    }
}
