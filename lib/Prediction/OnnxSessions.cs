using Microsoft.ML.OnnxRuntime;

namespace FanTrans.Prediction;

/// <summary>ONNX Runtime as this library uses it.</summary>
internal static class OnnxSessions
{
    /// <summary>Opens a model.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="threads">Threads for one pass.</param>
    /// <param name="gpu">The number of the GPU to run on; null is the processor.</param>
    /// <param name="keepsMemory">Whether the memory that a pass works in is kept for the next one.</param>
    /// <exception cref="InvalidOperationException">There is no GPU that this build can use.</exception>
    public static InferenceSession Make(byte[] model, int threads, int? gpu = null, bool keepsMemory = true)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            EnableCpuMemArena = keepsMemory,
            EnableMemoryPattern = false, // a fifth less memory, no slower
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // PyTorch, the decoder or the loader take their turn between two passes: threads that still spun would take
        // their cores.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (gpu is { } number)
            UseGpu(options, number);
        return new InferenceSession(model, options);
    }

    private static void UseGpu(SessionOptions options, int number)
    {
        var providers = OrtEnv.Instance().GetAvailableProviders();
        if (!providers.Contains("CUDAExecutionProvider"))
        {
            throw new InvalidOperationException(
                "expected ONNX Runtime for GPUs, as a build with -p:TorchDevice=cuda takes it; this one has "
                    + $"{string.Join(", ", providers)}."
            );
        }
        try
        {
            options.AppendExecutionProvider_CUDA(number);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidOperationException($"ONNX Runtime cannot use GPU {number}: {error.Message}", error);
        }
    }
}
