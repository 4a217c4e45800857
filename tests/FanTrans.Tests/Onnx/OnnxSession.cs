using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FanTrans.Tests.Onnx;

/// <summary>A file's bytes in ONNX Runtime, called with tensors.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession session;

    public OnnxSession(byte[] model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        session = new InferenceSession(model, options);
    }

    public IReadOnlyDictionary<string, string> Metadata => session.ModelMetadata.CustomMetadataMap;

    public IReadOnlyList<string> Outputs => session.OutputNames;

    /// <summary>The outputs' values by name.</summary>
    public Dictionary<string, float[]> Run(Tensor input)
    {
        using var value = OrtValue.CreateTensorValueFromMemory(input.contiguous().data<float>().ToArray(), input.shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, session.InputNames, [value], session.OutputNames);
        return session
            .OutputNames.Zip(outputs)
            .ToDictionary(o => o.First, o => o.Second.GetTensorDataAsSpan<float>().ToArray());
    }

    public void Dispose() => session.Dispose();
}
