using FanTrans.Models;

namespace FanTrans.Training.Anatomy;

/// <summary>What a trained joint classifier draws on.</summary>
public static class ClassifierWeights
{
    /// <summary>
    /// For each action unit's logit, the share of its squared weights that lies on each action unit's token. The tokens come
    /// from a layer norm and are of one size, so the shares can be compared.
    /// </summary>
    /// <param name="model">A model with the joint classifier.</param>
    /// <returns>N x N, a row a logit; each row adds up to 1.</returns>
    /// <exception cref="ArgumentException">The model has another classifier.</exception>
    public static double[,] Shares(FanTransModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Options.Classifier != "joint")
            throw new ArgumentException($"the classifier is {model.Options.Classifier}, expected joint.", nameof(model));
        var weight = model.Head.named_parameters().Single(p => p.name == "classifier.weight").parameter;     // (N, N·D)
        var (units, width) = (model.Options.ActionUnits.Count, model.Options.TokenWidth);
        var values = weight.detach().cpu().contiguous().data<float>().ToArray();
        var shares = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            var row = values.AsSpan(i * units * width, units * width);
            double total = 0;
            for (var k = 0; k < row.Length; k++)
            {
                shares[i, k / width] += (double)row[k] * row[k];
                total += (double)row[k] * row[k];
            }
            for (var j = 0; j < units; j++)
                shares[i, j] /= total;
        }
        return shares;
    }
}
