using System.Diagnostics;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Training.Experiments;

/// <summary>A sweep as an array job of SLURM: one task an experiment.</summary>
public static class Slurm
{
    /// <summary>The batch script, a plain file to read and to change.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="output">The sweep's folder, on storage that all nodes see.</param>
    /// <param name="program">The command that runs one experiment when "--cell N" is appended, word by word.</param>
    /// <param name="sbatch">Further options of sbatch, such as "--partition=gpu", one a line of #SBATCH.</param>
    /// <param name="atOnce">How many experiments run at a time, at most; 0 leaves that to the cluster.</param>
    public static string Script(Sweep sweep, string output, IReadOnlyList<string> program, IReadOnlyList<string> sbatch, int atOnce = 0)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(sbatch);
        var text = new StringBuilder("#!/bin/bash\n");
        text.Append($"#SBATCH --job-name={Path.GetFileNameWithoutExtension(sweep.Path)}\n");
        text.Append($"#SBATCH --array=0-{sweep.Cells.Count - 1}{(atOnce > 0 ? $"%{atOnce}" : "")}\n");
        text.Append($"#SBATCH --output={Path.Combine(Path.GetFullPath(output), "slurm-%a.log")}\n");
        // A task that is killed goes on from its checkpoint when it is queued again.
        text.Append("#SBATCH --requeue\n");
        foreach (var option in sbatch)
            text.Append($"#SBATCH {option}\n");
        text.Append($"\nexec {string.Join(' ', program.Select(Quoted))} --cell \"$SLURM_ARRAY_TASK_ID\"\n");
        return text.ToString();
    }

    /// <summary>Writes the script to "sweep.sbatch" in the sweep's folder and hands it to sbatch.</summary>
    /// <param name="script">What <see cref="Script"/> gave.</param>
    /// <param name="output">The sweep's folder; made if it is not there.</param>
    /// <returns>What sbatch said, for example "Submitted batch job 12".</returns>
    /// <exception cref="InvalidOperationException">There is no sbatch here, or it refused; the message has its reason.</exception>
    public static string Submit(string script, string output)
    {
        Directory.CreateDirectory(output);
        var path = Path.Combine(Path.GetFullPath(output), "sweep.sbatch");
        WholeFile.Write(path, script);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("sbatch", [path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var said = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0
                ? said
                : throw new InvalidOperationException($"sbatch gave exit code {process.ExitCode}: {error.GetAwaiter().GetResult().Trim()} The script is {path}.");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"there is no sbatch here ({missing.Message}); the script is {path}, to submit where SLURM is.", missing);
        }
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
