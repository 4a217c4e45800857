namespace FanTrans.Models;

/// <summary>Collects what is wrong with an options record, so that one error names all of it.</summary>
internal sealed class OptionsCheck(string record)
{
    private readonly List<string> problems = [];

    public OptionsCheck Require(bool holds, string problem)
    {
        if (!holds)
            problems.Add(problem);
        return this;
    }

    public OptionsCheck AtLeast(string name, double value, double least) =>
        Require(value >= least, $"{name} is {value}, expected at least {least}");

    /// <summary>The value lies strictly between 0 and 1.</summary>
    public OptionsCheck Fraction(string name, double value) =>
        Require(value is > 0 and < 1, $"{name} is {value}, expected a value between 0 and 1, both excluded");

    public OptionsCheck Defined<T>(string name, T value)
        where T : struct, Enum =>
        Require(Enum.IsDefined(value), $"{name} is {value}, expected one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <exception cref="ArgumentException">Something is wrong.</exception>
    public void Throw()
    {
        if (problems.Count > 0)
            throw new ArgumentException($"{record} is not valid: {string.Join("; ", problems)}.");
    }
}
