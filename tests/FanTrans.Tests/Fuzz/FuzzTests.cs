using System.Diagnostics;
using System.Globalization;
using FanTrans.Data;

namespace FanTrans.Tests.Fuzz;

/// <summary>
/// Damaged and hostile files, thousands in the suite and a million in a campaign:
/// <code>FANTRANS_FUZZ=1000000 dotnet test --project tests/FanTrans.Tests --filter-class '*FuzzTests*'</code>
/// Every reader either reads a file or refuses it with the exception that it documents, within a time and a memory that
/// fit the file. Inputs are numbered: the same number gives the same file on every machine. FANTRANS_FUZZ_FROM begins
/// at a later one, so that another campaign sees other files.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int InputsInTheSuite = 3000;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    private const long MostBytesPerByte = 64,
        MostOfTheProcess = 4L << 30;

    [Fact]
    public void EveryReaderReadsOrRefusesEveryFile()
    {
        using var readers = new Readers();
        Reader[] all = [.. readers.All()];
        var each = Setting("FANTRANS_FUZZ", InputsInTheSuite) / all.Length;
        var first = Setting("FANTRANS_FUZZ_FROM", 0);
        var findings = new List<string>();
        foreach (var reader in all)
        {
            // A reader that refused everything would show nothing.
            reader.Read(reader.Repair is null ? reader.Corpus[0] : reader.Repair(reader.Corpus[0]));
            findings.AddRange(Campaign(reader, first, each));
        }
        Assert.True(findings.Count == 0, string.Join("\n\n", findings));
    }

    private List<string> Campaign(Reader reader, long first, long count)
    {
        var (findings, kinds) = (new List<string>(), new HashSet<string>());
        var (current, read, most) = (first, 0L, 0L);
        byte[] reading = [];
        var started = Stopwatch.GetTimestamp();
        var clock = Stopwatch.StartNew();
        var work = new Thread(() =>
        {
            for (var number = first; number < first + count; number++)
            {
                Volatile.Write(ref current, number);
                Volatile.Write(ref started, Stopwatch.GetTimestamp());
                var random = new SeededRandom(number);
                var file = Damage.Of(reader.Corpus, ref random);
                if (reader.Repair is not null && random.Chance(0.9))
                    file = reader.Repair(file);
                reading = file;
                var before = GC.GetAllocatedBytesForCurrentThread();
                string? wrong = null;
                try
                {
                    reader.Read(file);
                    read++;
                }
                catch (Exception error) when (reader.Documented.Contains(error.GetType()))
                {
                    if (error.Message.Length == 0)
                        wrong = $"{error.GetType().Name} without a message";
                }
                catch (Exception error)
                {
                    var frames = (error.StackTrace ?? "").Split('\n').Take(6);
                    wrong = $"{error.GetType().Name}: {error.Message}\n{string.Join('\n', frames)}";
                }
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                most = Math.Max(most, allocated);
                if (allocated > reader.MostBytes + (MostBytesPerByte * file.Length))
                    wrong ??= $"{allocated} bytes allocated for {file.Length}";
                if (number % 1024 == 0 && System.Environment.WorkingSet > MostOfTheProcess)
                    wrong ??= $"the process has {System.Environment.WorkingSet} bytes";
                if (
                    wrong is not null
                    && kinds.Add(wrong.Split('\n').ElementAtOrDefault(1) ?? wrong)
                    && kinds.Count < 20
                )
                    findings.Add($"{reader.Name}, input {number} ({file.Length} bytes): {wrong}");
            }
        })
        {
            IsBackground = true,
        };
        work.Start();
        while (!work.Join(100))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref started)) > MostTime)
            {
                var hex = Convert.ToHexString(reading);
                return
                [
                    .. findings,
                    $"{reader.Name}, input {Volatile.Read(ref current)}: no end after {MostTime}: {hex}",
                ];
            }
        }
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{reader.Name}: {count} inputs, {read} read, {count - read} refused, {findings.Count} findings, "
                    + $"at most {most / 1048576.0:0.0} MiB, "
                    + $"{1000 * clock.Elapsed.TotalSeconds / Math.Max(1, count):0.000} ms each"
            )
        );
        return findings;
    }

    private static long Setting(string name, long value) =>
        System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : value;
}
