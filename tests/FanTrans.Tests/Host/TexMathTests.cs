using System.Xml.Linq;
using CsCheck;
using NotebookHost.Pages;

namespace FanTrans.Tests.Host;

public class TexMathTests
{
    [Theory]
    [InlineData(@"x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>")]
    [InlineData(@"\frac{1}{2}", "<mfrac><mn>1</mn><mn>2</mn></mfrac>")]
    [InlineData(@"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>")]
    [InlineData(@"\lambda_{p}", "<msub><mi>λ</mi><mi>p</mi></msub>")]
    [InlineData(@"\mathrm{BCE}", "<mi mathvariant=\"normal\">BCE</mi>")]
    [InlineData(@"\mathbb{R}", "<mi>ℝ</mi>")]
    [InlineData(@"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>")]
    [InlineData(@"a < b", "<mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>")]
    [InlineData(@"\text{a b}", "<mtext>a\u00a0b</mtext>")]
    [InlineData(@"\nosuch", @"<mtext>\nosuch</mtext>")]
    [InlineData(@"0.25", "<mn>0.25</mn>")]
    public void FormulasAreMathMl(string tex, string expected) =>
        Assert.Contains($"<semantics>{expected}<annotation", TexMath.ToMathMl(tex, isBlock: false));

    [Fact]
    public void LimitsStandBelowWhereThereIsRoom()
    {
        Assert.Contains("<munderover><mo>∑</mo>", TexMath.ToMathMl(@"\sum_i^N x", isBlock: true));
        Assert.Contains("<msubsup><mo>∑</mo>", TexMath.ToMathMl(@"\sum_i^N x", isBlock: false));
    }

    [Fact]
    public void AnyTextGivesWellFormedMathMl()
    {
        string[] pieces =
        [
            "{",
            "}",
            "^",
            "_",
            "&",
            @"\\",
            @"\frac",
            @"\sqrt",
            "[",
            "]",
            @"\left",
            @"\right",
            "(",
            ")",
            @"\begin{cases}",
            @"\end{cases}",
            @"\mathbf",
            @"\mathcal",
            @"\text{",
            "x",
            "1",
            " ",
            "<",
            "'",
            @"\",
            @"\hat",
            "é",
        ];
        Gen.Int[0, pieces.Length - 1]
            .Select(i => pieces[i])
            .Array[0, 14]
            .Sample(parts => XDocument.Parse(TexMath.ToMathMl(string.Concat(parts), isBlock: true)), iter: 2000);
    }
}
