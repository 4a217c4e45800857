using System.Text;
using System.Text.Json;

namespace FanTrans.Data;

/// <summary>
/// What is done of one recording: a line with the fingerprint of its files, then a line a frame, added once its crop
/// is in place. A line that a kill left unfinished is dropped when it is opened again.
/// </summary>
internal sealed class PreparationJournal : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly SortedDictionary<int, PreparedRow> _rows = [];

    private PreparationJournal(FileStream file) => _file = file;

    /// <summary>Frames that are done, by number.</summary>
    public IReadOnlyDictionary<int, PreparedRow> Rows => _rows;

    /// <summary>Frames of the video, once it was decoded to its end.</summary>
    public int? VideoFrames { get; private set; }

    /// <summary>Opens the journal of a recording, or starts one where there is none or its files have changed.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="source">The fingerprint of the recording's files.</param>
    /// <param name="isNew">Whether nothing that was done before counts.</param>
    public static PreparationJournal Open(string path, string source, out bool isNew)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var journal = new PreparationJournal(file);
        isNew = !journal.Resume(source);
        if (isNew)
        {
            file.SetLength(0);
            journal._rows.Clear();
            journal.VideoFrames = null;
            journal.Append(JsonSerializer.SerializeToUtf8Bytes(new Start(source), PreparedManifest.Json));
        }
        return journal;
    }

    /// <summary>The rows of a journal, by frame number.</summary>
    public static IEnumerable<PreparedRow> ReadRows(string path, string source)
    {
        using var journal = Open(path, source, out _);
        return [.. journal._rows.Values];
    }

    /// <summary>Notes a frame whose crop is in place.</summary>
    public void Add(PreparedRow row)
    {
        var line = PreparedManifest.ToLine(row);
        lock (_gate)
        {
            _rows[row.Key.Frame] = row;
            Append(line);
        }
    }

    /// <summary>Notes that the video was decoded to its end.</summary>
    public void EndVideo(int frames)
    {
        VideoFrames = frames;
        Append(JsonSerializer.SerializeToUtf8Bytes(new End(frames), PreparedManifest.Json));
    }

    /// <summary>Drops a frame whose crop is gone; it will be done again.</summary>
    public void Forget(int frame) => _rows.Remove(frame);

    public void Dispose() => _file.Dispose();

    private bool Resume(string source)
    {
        using var reader = new BinaryReader(_file, Encoding.UTF8, leaveOpen: true);
        var bytes = reader.ReadBytes(checked((int)_file.Length)).AsSpan();
        var whole = bytes.LastIndexOf((byte)'\n') + 1;
        var first = true;
        for (var rest = bytes[..whole]; rest.Length > 0;)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = rest[..end];
            rest = rest[(end + 1)..];
            if (first && JsonSerializer.Deserialize<Start>(line, PreparedManifest.Json)?.Source != source)
                return false;
            if (!first && line.StartsWith("{\"videoFrames\""u8))
            {
                VideoFrames = JsonSerializer.Deserialize<End>(line, PreparedManifest.Json)!.VideoFrames;
            }
            else if (!first)
            {
                var row = PreparedRow.Read(line);
                _rows[row.Key.Frame] = row;
            }
            first = false;
        }
        _file.SetLength(whole);
        _file.Seek(0, SeekOrigin.End);
        return !first;
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        byte[] whole = [.. line, (byte)'\n'];
        _file.Write(whole);
        _file.Flush(); // to the system, so that only a crash of the machine can lose it
    }

    private sealed record Start(string Source);

    private sealed record End(int VideoFrames);
}
