namespace Plotly.NET.CSharp;

/// <summary>Makes charts.</summary>
public static class Chart
{
    /// <summary>All traces in one chart; a layout's property that several set is the last one's.</summary>
    public static GenericChart Combine(IEnumerable<GenericChart> gCharts) => GenericChart.combine(gCharts);
}
