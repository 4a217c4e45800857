using System.Collections.Frozen;

namespace NotebookHost.Pages;

/// <summary>The TeX commands that stand for one sign or one word.</summary>
internal static class TexSymbols
{
    /// <summary>Letters: italic where Unicode's are.</summary>
    public static readonly FrozenDictionary<string, string> Letters = Table("""
        alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ
        pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
        Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
        ell ℓ hbar ℏ infty ∞ partial ∂ nabla ∇ emptyset ∅ Re ℜ Im ℑ aleph ℵ top ⊤ bot ⊥ ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ prime ′
        """);

    /// <summary>Operators and relations.</summary>
    public static readonly FrozenDictionary<string, string> Operators = Table("""
        cdot ⋅ times × odot ⊙ otimes ⊗ oplus ⊕ circ ∘ ast ∗ star ⋆ div ÷ pm ± mp ∓ setminus ∖ cup ∪ cap ∩ wedge ∧ vee ∨ land ∧ lor ∨ neg ¬ lnot ¬
        le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ ll ≪ gg ≫ approx ≈ sim ∼ simeq ≃ cong ≅ equiv ≡ propto ∝ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆
        supset ⊃ supseteq ⊇ mid ∣ parallel ∥ perp ⟂ to → rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔
        implies ⟹ iff ⟺ mapsto ↦ uparrow ↑ downarrow ↓ longrightarrow ⟶ forall ∀ exists ∃ colon : triangleq ≜ coloneqq ≔ bullet ∙ backslash \
        """);

    /// <summary>Operators that carry their limits below and above in a displayed formula.</summary>
    public static readonly FrozenDictionary<string, string> Large = Table(
        "sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigodot ⨀");

    /// <summary>Integrals, whose limits stay beside.</summary>
    public static readonly FrozenDictionary<string, string> Integrals = Table("int ∫ iint ∬ oint ∮");

    /// <summary>Words in upright letters; those in <see cref="WithLimits"/> take what
    /// belongs below them below.</summary>
    public static readonly FrozenSet<string> Functions = Words(
        "log ln exp sin cos tan sinh cosh tanh arcsin arccos arctan det dim ker deg arg gcd Pr max min sup inf lim "
            + "argmax argmin");

    public static readonly FrozenSet<string> WithLimits = Words("max min sup inf lim argmax argmin det Pr");

    /// <summary>Marks above one letter, or a line above or below several.</summary>
    public static readonly FrozenDictionary<string, string> Accents = Table(
        "hat ^ widehat ^ bar ¯ overline ¯ tilde ~ widetilde ~ vec → dot ˙ ddot ¨ check ˇ");

    /// <summary>Brackets by name.</summary>
    public static readonly FrozenDictionary<string, string> Fences = Table("""
        langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ | ‖ { { } } lbrace { rbrace } lbrack [ rbrack ]
        """);

    /// <summary>Spaces, in em.</summary>
    public static readonly FrozenDictionary<string, string> Spaces = Table(
        ", 0.167em : 0.222em > 0.222em ; 0.278em ! -0.167em quad 1em qquad 2em enspace 0.5em ~ 0.333em");

    /// <summary>MathML's names of alphabets.</summary>
    public static readonly FrozenDictionary<string, string> Alphabets = Table(
        "mathbf bold boldsymbol bold-italic bm bold-italic mathcal script mathscr script mathbb double-struck mathit "
            + "italic mathrm normal");

    private static FrozenDictionary<string, string> Table(string pairs) =>
        Split(pairs).Chunk(2).ToFrozenDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

    private static FrozenSet<string> Words(string words) => Split(words).ToFrozenSet(StringComparer.Ordinal);

    private static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
