namespace NotebookHost.Notebooks;

/// <summary>Takes outputs and execution counts out of notebooks, so that version control sees only what people wrote.</summary>
internal static class NotebookStripper
{
    /// <summary>Strips a file in place; a file that has nothing to strip is not touched.</summary>
    /// <returns>Whether it had outputs or counts.</returns>
    public static bool Strip(string path, bool onlyCheck)
    {
        var notebook = Notebook.Load(path);
        var found = 0;
        foreach (var cell in notebook.CodeCells)
            if (cell.Clear()) found++;
        if (found > 0 && !onlyCheck) notebook.Save(path);
        return found > 0;
    }
}
