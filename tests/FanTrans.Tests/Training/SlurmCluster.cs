using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FanTrans.Tests.Training;

/// <summary>
/// A SLURM cluster of this one machine, from Debian's munge, slurmctld, slurmd and slurm-client, in a folder and on
/// ports of its own; its daemons end with it. Where it cannot be started the test skips with the reason.
/// </summary>
internal sealed class SlurmCluster : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<Process> daemons = [];

    public SlurmCluster()
    {
        string[] programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo"];
        if (programs.Where(p => Find(p) is null).ToArray() is { Length: > 0 } missing)
            Give(
                $"SLURM is not installed (no {string.Join(", ", missing)}): apt-get install munge slurmctld slurmd "
                    + "slurm-client"
            );
        if (!string.Equals(System.Environment.UserName, "root", StringComparison.Ordinal))
            Give("slurmd starts jobs as other users, so it needs root.");
        var host = Dns.GetHostName().Split('.')[0];
        File.WriteAllBytes(folder.At("munge.key"), RandomNumberGenerator.GetBytes(1024));
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(folder.At("munge.key"), UnixFileMode.UserRead);
        Directory.CreateDirectory(folder.At("state"));
        Directory.CreateDirectory(folder.At("spool"));
        File.WriteAllText(
            Configuration,
            $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            AuthType=auth/munge
            AuthInfo=socket={folder.At("munge.socket")}
            CredType=cred/munge
            SlurmUser=root
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            StateSaveLocation={folder.At("state")}
            SlurmdSpoolDir={folder.At("spool")}
            SlurmctldPidFile={folder.At("slurmctld.pid")}
            SlurmdPidFile={folder.At("slurmd.pid")}
            SlurmctldLogFile={folder.At("slurmctld.log")}
            SlurmdLogFile={folder.At("slurmd.log")}
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            SelectType=select/linear
            ReturnToService=2
            SwitchType=switch/none
            MpiDefault=none
            JobAcctGatherType=jobacct_gather/none
            SchedulerType=sched/builtin
            NodeName={host} NodeHostname={host} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
            PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """
        );
        Start(
            "munged",
            "--foreground",
            "--force",
            "--key-file",
            folder.At("munge.key"),
            "--socket",
            folder.At("munge.socket"),
            "--pid-file",
            folder.At("munge.pid"),
            "--log-file",
            folder.At("munged.log"),
            "--seed-file",
            folder.At("munge.seed")
        );
        WaitFor(() => File.Exists(folder.At("munge.socket")), "munged made no socket", "munged.log");
        Start("slurmctld", "-D");
        Start("slurmd", "-D");
        WaitFor(
            () => Run("sinfo", "--noheader", "--format=%T").Output.Trim() == "idle",
            "the node did not become idle",
            "slurmctld.log"
        );
    }

    /// <summary>What SLURM_CONF must say.</summary>
    public string Configuration => folder.At("slurm.conf");

    /// <summary>Waits until no job is left.</summary>
    public void WaitForJobs() =>
        WaitFor(() => Run("squeue", "--noheader") is { Exit: 0, Output: "" }, "the jobs did not end", "slurmd.log");

    /// <summary>Runs a program that talks to this cluster.</summary>
    public (int Exit, string Output, string Error) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(Prepared(program, arguments))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        foreach (var daemon in Enumerable.Reverse(daemons))
        {
            // Asked, not forced: slurmd then ends what it started.
            Process.Start("kill", $"{daemon.Id}")!.WaitForExit();
            if (!daemon.WaitForExit(TimeSpan.FromSeconds(15)))
                daemon.Kill();
            daemon.Dispose();
        }
        folder.Dispose();
    }

    private void Start(string program, params string[] arguments)
    {
        var daemon = Process.Start(Prepared(program, arguments))!;
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        daemons.Add(daemon);
    }

    private ProcessStartInfo Prepared(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SLURM_CONF"] = Configuration;
        return start;
    }

    private void WaitFor(Func<bool> condition, string otherwise, string log)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(4); )
        {
            if (condition())
                return;
            if (daemons.FirstOrDefault(d => d.HasExited) is { } ended)
                otherwise = $"a daemon ended with exit code {ended.ExitCode}";
            else
            {
                Thread.Sleep(200);
                continue;
            }
            break;
        }
        var path = folder.At(log);
        Give(
            $"SLURM does not run here: {otherwise}. {(File.Exists(path) ? File.ReadAllText(path).Split('\n').LastOrDefault(l => l.Length > 0) : "")}"
        );
    }

    private void Give(string reason)
    {
        Dispose();
        Assert.Skip(reason);
    }

    // Debian's daemons are not on every user's path.
    private static string? Find(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Append("/usr/sbin")
            .Select(f => Path.Combine(f, program))
            .FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
