namespace FanTrans.Tests;

public class ActionUnitsTests
{
    [Fact]
    public void TheDatasetsSetsAreSortedPartsOfAll()
    {
        foreach (var set in new[] { ActionUnits.Bp4d, ActionUnits.Disfa })
        {
            Assert.Equal(set.Order(), set);
            Assert.All(set, au => Assert.Contains(au, ActionUnits.All));
        }
        Assert.Equal(ActionUnits.All, ActionUnits.Bp4d.Union(ActionUnits.Disfa).Order());
    }

    [Fact]
    public void AnUnknownNumberIsRefusedByName() =>
        Assert.Contains("AU 3 is not known", Assert.Throws<ArgumentException>(() => ActionUnits.Get(3)).Message);
}
