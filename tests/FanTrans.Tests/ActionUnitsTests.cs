namespace FanTrans.Tests;

public class ActionUnitsTests
{
    [Fact]
    public void TheDatasetsSetsAreSortedPartsOfAll()
    {
        foreach (var set in new[] { ActionUnits.Bp4d, ActionUnits.Disfa, ActionUnits.Disfa12 })
        {
            Assert.Equal(set.Order(), set);
            Assert.All(set, au => Assert.Contains(au, ActionUnits.All));
        }
        Assert.Equal((12, 8, 12), (ActionUnits.Bp4d.Count, ActionUnits.Disfa.Count, ActionUnits.Disfa12.Count));
        Assert.Empty(ActionUnits.Disfa.Except(ActionUnits.Disfa12));
    }

    [Theory]
    [InlineData(5, "AU5 upper lid raiser")]
    [InlineData(20, "AU20 lip stretcher")]
    [InlineData(70, "AU70 action unit 70")] // FACS's code for brows that cannot be seen
    public void AnyNumberOfFacsHasAName(int number, string shown) =>
        Assert.Equal(shown, ActionUnits.Get(number).ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100)]
    public void ANumberThatIsNoneOfFacsIsRefused(int number)
    {
        Assert.False(ActionUnits.IsValid(number));
        Assert.Contains(
            $"1 to 99, found {number}",
            Assert.Throws<ArgumentException>(() => ActionUnits.Get(number)).Message
        );
    }

    [Fact]
    public void ASetIsGivenByNameOrByNumbers()
    {
        Assert.Equal(ActionUnits.Disfa12, ActionUnits.Parse("DISFA12"));
        Assert.Equal([5, 20, 1], ActionUnits.Parse("5, 20,1"));
        foreach (var wrong in new[] { "", "1,1", "1;2", "AU1", "0", "bp4" })
            Assert.Contains($"'{wrong}'", Assert.Throws<ArgumentException>(() => ActionUnits.Parse(wrong)).Message);
    }
}
