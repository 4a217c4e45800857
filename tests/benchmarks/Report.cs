using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using FanTrans.Data;
using Spectre.Console;

namespace FanTrans.Benchmarks;

/// <summary>The measurements as a table and as JSON.</summary>
internal static class Report
{
    public static Table Table(IEnumerable<Measurement> measurements)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var column in new[] { "kit", "peer", "ratio", "unit" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var m in measurements)
            table.AddRow(
                Markup.Escape(m.Name),
                Number(m.Kit),
                Number(m.Peer),
                m.Ratio?.ToString("f2", CultureInfo.InvariantCulture) ?? "",
                Markup.Escape(m.Unit)
            );
        return table;
    }

    /// <summary>Writes <c>{name: {kit, peer, ratio, unit}}</c>.</summary>
    public static void Save(string path, IEnumerable<Measurement> measurements)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var values = measurements.ToDictionary(
            m => m.Name,
            m => new
            {
                kit = m.Kit,
                peer = m.Peer,
                ratio = m.Ratio,
                unit = m.Unit,
            }
        );
        var options = new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        WholeFile.Write(path, stream => JsonSerializer.Serialize(stream, values, options));
    }

    private static string Number(double? value) =>
        value switch
        {
            null => "",
            >= 1000 => value.Value.ToString("n0", CultureInfo.InvariantCulture),
            >= 10 => value.Value.ToString("f1", CultureInfo.InvariantCulture),
            _ => value.Value.ToString("f3", CultureInfo.InvariantCulture),
        };
}
