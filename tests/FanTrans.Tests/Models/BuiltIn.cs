namespace FanTrans.Tests.Models;

/// <summary>The names of the built-in parts: other tests register more.</summary>
internal static class BuiltIn
{
    public static readonly string[] Drops = ["none", "random", "learnable", "input-dependent", "off"];

    public static readonly string[] Classifiers = ["joint", "independent", "shared", "joint-hidden"];

    public static readonly string[] Tokens = ["landmark", "attention", "global", "strict"];

    public static readonly string[] Teachers = ["mean", "gate"];
}
