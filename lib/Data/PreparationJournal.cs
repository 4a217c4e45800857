using System.Text;
using System.Text.Json;

namespace FanTrans.Data;

/// <summary>
/// What is done of one recording: a line with the fingerprint of its files, then a line per frame, added once its crop
/// is in place. A line that a kill left unfinished is dropped when it is opened again.
/// </summary>
internal sealed class PreparationJournal : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;
    private readonly SortedDictionary<int, PreparedRow> rows = [];

    private PreparationJournal(FileStream file) => this.file = file;

    /// <summary>Frames that are done, by number.</summary>
    public IReadOnlyDictionary<int, PreparedRow> Rows => rows;

    /// <summary>Opens the journal of a recording, or starts one where there is none, it is damaged,
    /// or its files have changed.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="source">The fingerprint of the recording's files.</param>
    /// <param name="units">How many action units a row has.</param>
    /// <param name="isNew">Whether nothing that was done before counts.</param>
    public static PreparationJournal Open(string path, string source, int units, out bool isNew)
    {
        var journal = new PreparationJournal(
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
        );
        try
        {
            isNew = !journal.Resume(source, units);
            if (isNew)
            {
                journal.file.SetLength(0);
                journal.rows.Clear();
                journal.Append(JsonSerializer.SerializeToUtf8Bytes(new Start(source), PreparedManifest.Json));
            }
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Notes a frame whose crop is in place.</summary>
    public void Add(PreparedRow row)
    {
        var line = row.ToLine();
        lock (gate)
        {
            rows[row.Key.Frame] = row;
            Append(line);
        }
    }

    /// <summary>Drops a frame whose crop is gone; it will be done again.</summary>
    public void Forget(int frame) => rows.Remove(frame);

    public void Dispose() => file.Dispose();

    private bool Resume(string source, int units)
    {
        try
        {
            return Read(source, units);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            return false;
        }
    }

    private bool Read(string source, int units)
    {
        using var reader = new BinaryReader(file, Encoding.UTF8, leaveOpen: true);
        var bytes = reader.ReadBytes(checked((int)file.Length)).AsSpan();
        var whole = bytes.LastIndexOf((byte)'\n') + 1;
        var first = true;
        foreach (var part in bytes[..whole].Split((byte)'\n'))
        {
            var line = bytes[part];
            if (line.IsEmpty)
                continue;
            if (first && JsonSerializer.Deserialize<Start>(line, PreparedManifest.Json)?.Source != source)
                return false;
            if (!first)
            {
                var row = PreparedRow.Read(line, units);
                rows[row.Key.Frame] = row;
            }
            first = false;
        }
        file.SetLength(whole);
        file.Seek(0, SeekOrigin.End);
        return !first;
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        byte[] whole = [.. line, (byte)'\n'];
        file.Write(whole);
        file.Flush(); // to the system, so that only a crash of the machine can lose it
    }

    private sealed record Start(string Source);
}
