namespace NotebookHost.Cli;

internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A cell failed, or a check did.</summary>
    public const int Failure = 1;

    /// <summary>The host was called wrongly, or given a file that is no notebook.</summary>
    public const int Usage = 2;

    /// <summary>Somebody stopped it: what a shell gives for Ctrl-C.</summary>
    public const int Interrupted = 130;
}
