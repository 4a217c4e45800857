using MathNet.Numerics.LinearAlgebra;

namespace FanTrans.Evaluation;

/// <summary>How much of the same the features of two action units say.</summary>
public static class TokenSimilarity
{
    /// <summary>
    /// How much of the token of unit j a linear map of the token of unit i explains: R² of the least squares. 1 for
    /// every pair says that all tokens carry the same. Chance alone explains about width / frames.
    /// </summary>
    /// <param name="tokens">One token for each frame and action unit:
    /// [frames, units, width]; at least two frames.</param>
    /// <returns>N x N, row i explains column j, 0 to 1; the diagonal is 1;
    /// NaN for a unit whose tokens do not vary.</returns>
    /// <exception cref="ArgumentException">There are fewer than two frames.</exception>
    public static double[,] Explained(float[,,] tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var (frames, units, width) = (tokens.GetLength(0), tokens.GetLength(1), tokens.GetLength(2));
        if (frames < 2)
            throw new ArgumentException($"tokens: expected at least two frames, found {frames}.", nameof(tokens));
        var centred = Centred(tokens);
        var explained = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            // Unit i's tokens times this are an orthonormal basis of what they span over frames.
            var spread = centred[i].TransposeThisAndMultiply(centred[i]).Evd(Symmetricity.Symmetric);
            var values = spread.EigenValues.Real();
            int[] kept = [.. Enumerable.Range(0, width).Where(k => values[k] > 1e-10 * values.Maximum())];
            var basis = Matrix<double>.Build.Dense(
                width,
                Math.Max(kept.Length, 1),
                (row, k) => kept.Length == 0 ? 0 : spread.EigenVectors[row, kept[k]] / Math.Sqrt(values[kept[k]])
            );
            for (var j = 0; j < units; j++)
            {
                var own = (basis.Transpose() * centred[i].TransposeThisAndMultiply(centred[j])).FrobeniusNorm();
                var total = centred[j].FrobeniusNorm();
                explained[i, j] =
                    kept.Length == 0 || total == 0 ? double.NaN : Math.Min(own * own / (total * total), 1);
            }
        }
        return explained;
    }

    /// <summary>
    /// Linear centred kernel alignment (Kornblith et al., ICML 2019) of every pair of action units over frames: 1 where
    /// one's features are a rotation and scaling of the other's, 0 where they vary apart. With fewer frames than
    /// features the values are too high.
    /// </summary>
    /// <param name="tokens">One token per frame and action unit: [frames, units, width]; at least two frames.</param>
    /// <returns>N x N, 0 to 1, symmetric; NaN for a unit whose tokens do not vary.</returns>
    /// <exception cref="ArgumentException">There are fewer than two frames.</exception>
    public static double[,] Cka(float[,,] tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var (frames, units) = (tokens.GetLength(0), tokens.GetLength(1));
        if (frames < 2)
            throw new ArgumentException($"tokens: expected at least two frames, found {frames}.", nameof(tokens));
        var centred = Centred(tokens);
        double[] own = [.. centred.Select(x => x.TransposeThisAndMultiply(x).FrobeniusNorm())];
        var cka = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var both = centred[i].TransposeThisAndMultiply(centred[j]).FrobeniusNorm();
                cka[i, j] = cka[j, i] = own[i] > 0 && own[j] > 0 ? both * both / (own[i] * own[j]) : double.NaN;
            }
        }
        return cka;
    }

    /// <summary>For each unit its tokens less their mean: frames x width.</summary>
    private static Matrix<double>[] Centred(float[,,] tokens) =>
        [
            .. Enumerable
                .Range(0, tokens.GetLength(1))
                .Select(n =>
                {
                    var x = Matrix<double>.Build.Dense(
                        tokens.GetLength(0),
                        tokens.GetLength(2),
                        (frame, k) => tokens[frame, n, k]
                    );
                    var mean = x.ColumnSums() / x.RowCount;
                    return x.MapIndexed((_, k, value) => value - mean[k], Zeros.Include);
                }),
        ];
}
