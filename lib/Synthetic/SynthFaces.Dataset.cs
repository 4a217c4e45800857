using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using FanTrans.Data;

namespace FanTrans.Synthetic;

public sealed partial class SynthFaces
{
    /// <summary>What <see cref="Datasets"/> knows rendered faces by.</summary>
    public const string Name = "synthfaces";

    /// <summary>The folds by the three parts of the subjects, without a validation part.</summary>
    public IReadOnlyList<Fold> Folds =>
        Data.Folds.FromParts([.. Enumerable.Range(0, Count).Select(i => Key(i).Subject)], Parts);

    /// <summary>
    /// Makes rendered faces known to <see cref="Datasets"/>. It happens by itself as soon as a program uses anything of
    /// this package; one that only names the dataset in a text calls this first.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A package that is used brings its dataset along.")]
    public static void Register() =>
        Datasets.Register(
            Name,
            text =>
            {
                var faces = new SynthFaces(OptionFields.Read(new SynthOptions(), text));
                // Rendering costs more than memory.
                return (new CachedDataset(faces), faces.Folds);
            }
        );
}
