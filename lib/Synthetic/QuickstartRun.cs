using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Evaluation;
using FanTrans.Prediction;
using FanTrans.Training;
using FanTrans.Training.Anatomy;
using static TorchSharp.torch;

namespace FanTrans.Synthetic;

/// <summary>
/// The quickstart's steps over one recipe, in the order of the methods. Each does those before it that are not done yet, or
/// reads them from their checkpoints, so that a notebook's cells may run in any order.
/// </summary>
public sealed class QuickstartRun : IDisposable
{
    private readonly CachedDataset _frames;
    private readonly Device? _device;
    private readonly string? _folder;
    private TrainingResult? _landmarks, _units;

    /// <summary>Draws the labels, divides the subjects and makes the model with random weights.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="folder">Where checkpoints go, so that a stopped run goes on; null keeps none.</param>
    /// <param name="device">Where to train; null is the processor.</param>
    public QuickstartRun(QuickstartRecipe recipe, string? folder = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        (Recipe, _folder, _device) = (recipe, folder, device);
        TorchThreads.Use(recipe.Threads);
        Faces = new SynthFaces(recipe.Faces);
        _frames = new CachedDataset(Faces);
        string[] subjects = [.. Enumerable.Range(0, Faces.Count).Select(i => Faces.Key(i).Subject)];
        Fold = Folds.FromParts(subjects, Faces.Parts)[recipe.TestPart - 1].WithValidation(recipe.ValidationShare, recipe.Seed);
        random.manual_seed(new SeededRandom(recipe.Seed, 0x40DE1).NextSeed());
        Ensemble = new PeerEnsemble(recipe.Model with { ActionUnits = Faces.ActionUnits }, recipe.Distillation);
    }

    /// <summary>What this run does.</summary>
    public QuickstartRecipe Recipe { get; }

    /// <summary>The faces.</summary>
    public SynthFaces Faces { get; }

    /// <summary>Subjects to train on, to choose by and to test on.</summary>
    public Fold Fold { get; }

    /// <summary>The model: the FAN and the peers.</summary>
    public PeerEnsemble Ensemble { get; }

    /// <summary>Renders every face into memory, on all cores; the later steps would do it as they go, on fewer.</summary>
    /// <param name="progress">Hears the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Ends it early.</param>
    public void Render(IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        _frames.Fill(progress, cancellation);

    /// <summary>Pre-trains the FAN on the training subjects' landmarks.</summary>
    /// <param name="progress">Hears of every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    public TrainingResult PretrainFan(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (_landmarks is not null)
            return _landmarks;
        Ensemble.Fan.Unfreeze();
        using var trainer = new Trainer(new FanTask(Ensemble.Fan), Recipe.LandmarkTraining with { Seed = Recipe.Seed }, _device);
        _landmarks = trainer.Fit(
            TrainLoader(Recipe.LandmarkAugmentation), Loader(Fold.Validation), FolderOf("fan"), progress, cancellation);
        Ensemble.Fan.Freeze();
        return _landmarks;
    }

    /// <summary>Trains the peers on the training subjects' action units, over the frozen FAN.</summary>
    /// <param name="progress">Hears of every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    public TrainingResult TrainPeers(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (_units is not null)
            return _units;
        PretrainFan(progress, cancellation);
        var task = new FanTransTask(Ensemble, FanTransTask.ClassWeightsOf(Faces, Fold.Train));
        using var trainer = new Trainer(task, Recipe.Training with { Seed = Recipe.Seed }, _device);
        return _units = trainer.Fit(
            TrainLoader(Recipe.Augmentation), Loader(Fold.Validation), FolderOf("peers"), progress, cancellation);
    }

    /// <summary>The landmarks' errors on the test subjects.</summary>
    /// <param name="cancellation">Ends it early.</param>
    public LandmarkEvaluation TestLandmarks(CancellationToken cancellation = default)
    {
        PretrainFan(cancellation: cancellation);
        return FanTask.Evaluate(Ensemble.Fan, Loader(Fold.Test), _device, cancellation);
    }

    /// <summary>The predictions for the test subjects: the ensemble's, and each peer's.</summary>
    /// <param name="flip">Averages the logits with those of the mirrored face.</param>
    /// <param name="cancellation">Ends it early.</param>
    public (AuPredictions Ensemble, IReadOnlyList<AuPredictions> Peers) Test(bool flip = true, CancellationToken cancellation = default)
    {
        TrainPeers(cancellation: cancellation);
        return EnsemblePrediction.All(Ensemble, Loader(Fold.Test), _device, flip, cancellation: cancellation);
    }

    /// <summary>What the ensemble learned about which action units belong together, over the validation subjects.</summary>
    /// <param name="cancellation">Ends it early.</param>
    public LearnedCorrelations LearnedCorrelations(CancellationToken cancellation = default)
    {
        TrainPeers(cancellation: cancellation);
        return FanTrans.Training.LearnedCorrelations.Of(Ensemble, Loader(Fold.Validation), _device, cancellation);
    }

    /// <summary>The tokens of the validation subjects' faces.</summary>
    /// <param name="peer">Whose, from 0.</param>
    /// <param name="cancellation">Ends it early.</param>
    public TokenTrace Tokens(int peer, CancellationToken cancellation = default)
    {
        TrainPeers(cancellation: cancellation);
        using var model = Ensemble.Peer(peer);
        return TokenTrace.Of(model, Loader(Fold.Validation), _device, cancellation);
    }

    /// <summary>From pictures to landmarks and action units.</summary>
    public FacePredictor Predictor()
    {
        TrainPeers();
        return new(Ensemble, device: _device);
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => Ensemble.Dispose();

    private AuLoader TrainLoader(AugmentationOptions augmentation) => new(_frames, new AuLoaderOptions
    {
        ImageSize = Recipe.Model.Fan.ImageSize,
        BatchSize = Recipe.BatchSize,
        Shuffle = true,
        DropLast = true,
        Seed = Recipe.Seed,
        Augmentation = augmentation,
    }, Fold.Train);

    private AuLoader Loader(IReadOnlyList<int> frames) => new(_frames, new AuLoaderOptions
    {
        ImageSize = Recipe.Model.Fan.ImageSize,
        BatchSize = 2 * Recipe.BatchSize,
        Workers = Environment.ProcessorCount,
    }, frames);

    private string? FolderOf(string step) => _folder is null ? null : Path.Combine(_folder, step);
}
