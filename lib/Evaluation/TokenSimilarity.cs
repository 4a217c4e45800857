using MathNet.Numerics.LinearAlgebra;

namespace FanTrans.Evaluation;

/// <summary>How much of the same the features of two action units say.</summary>
public static class TokenSimilarity
{
    /// <summary>
    /// Linear centred kernel alignment (Kornblith et al., ICML 2019) of every pair of action units over frames: 1 where
    /// one's features are a rotation and scaling of the other's, 0 where they vary apart. With fewer frames than
    /// features the values are too high.
    /// </summary>
    /// <param name="tokens">One token a frame and action unit: [frames, units, width]; at least two frames.</param>
    /// <returns>N x N, 0 to 1, symmetric; NaN for a unit whose tokens do not vary.</returns>
    /// <exception cref="ArgumentException">There are fewer than two frames.</exception>
    public static double[,] Cka(float[,,] tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var (frames, units, width) = (tokens.GetLength(0), tokens.GetLength(1), tokens.GetLength(2));
        if (frames < 2)
            throw new ArgumentException($"tokens: expected at least two frames, found {frames}.", nameof(tokens));
        Matrix<double>[] centred = [.. Enumerable.Range(0, units).Select(n =>
        {
            var x = Matrix<double>.Build.Dense(frames, width, (frame, k) => tokens[frame, n, k]);
            var mean = x.ColumnSums() / frames;
            return Matrix<double>.Build.Dense(frames, width, (frame, k) => x[frame, k] - mean[k]);
        })];
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
}
