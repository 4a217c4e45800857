namespace Plotly.NET;

/// <summary>One data series: its plotly.js type, and any property of plotly.js by name.</summary>
public class Trace(string traceTypeName) : DynamicObj.DynamicObj
{
    public string type { get; set; } = traceTypeName;
}

/// <summary>Everything of a chart that is not data: axes, title, size.</summary>
public class Layout : DynamicObj.DynamicObj
{
    /// <summary>Puts the second's properties into the first, and returns the first.</summary>
    public static Layout combine(Layout first, Layout second)
    {
        foreach (var (name, value) in second.GetProperties(false))
            first.SetValue(name, value);
        return first;
    }
}

/// <summary>How plotly.js behaves: its tool bar, whether it follows the page's width.</summary>
public class Config : DynamicObj.DynamicObj
{
    /// <summary>Puts the second's properties into the first, and returns the first.</summary>
    public static Config combine(Config first, Config second)
    {
        foreach (var (name, value) in second.GetProperties(false))
            first.SetValue(name, value);
        return first;
    }
}
