namespace NotebookHost;

/// <summary>A mistake in how the host was called, or in a file it was given:
/// the message is for the person who called it.</summary>
internal sealed class HostException(string message) : Exception(message);
