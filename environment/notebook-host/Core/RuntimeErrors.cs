using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace NotebookHost.Core;

/// <summary>Puts an exception into words: its messages, the line of the cell, and the calls without those of the host.</summary>
internal static class RuntimeErrors
{
    public static CellError Describe(Exception exception, CellSource cell)
    {
        exception = Unwrap(exception);
        var frames = Frames(exception);
        var inCell = frames.FirstOrDefault(f => f.Cell == cell.Path);
        var sourceLine = inCell is null ? null : cell.LineText(inCell.Line);

        List<string> report = [$"{exception.GetType().FullName}: {exception.Message}"];
        foreach (var frame in frames)
        {
            report.Add($"  at {frame.Text}");
            if (frame == inCell && !string.IsNullOrWhiteSpace(sourceLine)) report.Add($"  {frame.Line,4} | {sourceLine}");
        }
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            report.Add($"caused by {inner.GetType().FullName}: {inner.Message}");
            report.AddRange(Frames(inner).Select(frame => $"  at {frame.Text}"));
        }
        return new(exception.GetType().FullName!, exception.Message, cell.Number, inCell?.Line, null, sourceLine, report);
    }

    /// <summary>What stopping an interrupted cell has thrown in it: the place where it stopped.</summary>
    public static CellError DescribeStop(Exception exception, CellSource cell)
    {
        var where = Describe(exception, cell);
        return where with
        {
            Name = KernelSession.Interrupted,
            Message = KernelSession.WasInterrupted,
            Traceback = [$"{KernelSession.Interrupted}: {KernelSession.WasInterrupted}", .. where.Traceback.Skip(1).TakeWhile(l => l.StartsWith("  ", StringComparison.Ordinal))],
        };
    }

    /// <summary>Whether an exception is one of those that stop a cell, perhaps wrapped by what passed it on.</summary>
    public static bool IsStop(Exception exception) => exception switch
    {
        OperationCanceledException or ThreadInterruptedException => true,
        AggregateException many => many.InnerExceptions.Any(IsStop),
        { InnerException: { } inner } => IsStop(inner),
        _ => false,
    };

    /// <summary>An exception without the wrappings that say nothing.</summary>
    public static Exception Unwrap(Exception exception) => exception switch
    {
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        _ => exception,
    };

    private sealed record Frame(string Text, string? Cell, int Line);

    private static List<Frame> Frames(Exception exception)
    {
        List<Frame> frames = [];
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { } method || IsHidden(method)) continue;
            var file = frame.GetFileName();
            var line = frame.GetFileLineNumber();
            var cell = CellSource.NameOf(file);
            var name = MethodText(method, out var isTopLevel);
            var place = cell is not null ? $"{cell}, line {line}" : file is not null ? $"{Path.GetFileName(file)}, line {line}" : null;
            var text = isTopLevel ? place ?? name : place is null ? name : $"{name} in {place}";
            frames.Add(new(text, cell, line));
        }
        // What called the cell is the host.
        var last = frames.FindLastIndex(f => f.Cell is not null);
        return last < 0 ? frames : frames[..(last + 1)];
    }

    private static bool IsHidden(MethodBase method) =>
        method.IsDefined(typeof(StackTraceHiddenAttribute), inherit: false)
        || method.DeclaringType is { } type
        && (type.IsDefined(typeof(StackTraceHiddenAttribute), inherit: false)
            || type.Namespace is "System.Runtime.CompilerServices" or "System.Runtime.ExceptionServices" or "Internal.Runtime.CompilerHelpers");

    private static string MethodText(MethodBase method, out bool isTopLevel)
    {
        var type = method.DeclaringType;
        var name = method.Name;
        // The body of an async method or iterator is MoveNext of a nested type named after it; lambdas and local
        // functions are in closures.
        if (name == "MoveNext" && Original(type?.Name) is { } original) (name, type) = (original, type!.DeclaringType);
        while (type is not null && type.Name.StartsWith("<>c", StringComparison.Ordinal)) type = type.DeclaringType;
        isTopLevel = name is "<Initialize>" or "<Factory>" && IsSubmission(type);
        name = Original(name) is { } lambda ? lambda is "<Initialize>" ? "lambda" : lambda : name;

        var text = new StringBuilder();
        if (type is not null && !IsSubmission(type)) text.Append(TypeText(type)).Append('.');
        text.Append(name).Append('(');
        text.AppendJoin(", ", method.GetParameters().Select(p => $"{p.ParameterType.Name} {p.Name}"));
        return text.Append(')').ToString();
    }

    // "<Name>d__3", "<Name>b__0", "<Outer>g__Name|0_0" stand for Name.
    private static string? Original(string? name)
    {
        if (name is null || !name.StartsWith('<')) return null;
        if (name.IndexOf(">g__", StringComparison.Ordinal) is > 0 and var at && name.IndexOf('|', at) is > 0 and var bar)
            return name[(at + 4)..bar];
        var end = name.LastIndexOf('>');
        return end > 1 ? name[1..end] : null;
    }

    private static bool IsSubmission(Type? type) => type?.Name.StartsWith("Submission#", StringComparison.Ordinal) == true;

    private static string TypeText(Type type)
    {
        var name = (type.FullName ?? type.Name).Replace('+', '.');
        if (name.StartsWith("Submission#", StringComparison.Ordinal)) name = name[(name.IndexOf('.') + 1)..];
        var generic = name.IndexOf('`');
        return generic < 0 ? name : name[..generic];
    }
}
