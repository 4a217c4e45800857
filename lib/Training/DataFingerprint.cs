using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FanTrans.Data;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>Says whether two runs see the same batches.</summary>
internal static class DataFingerprint
{
    /// <summary>A hash of the frames' names, labels and order and of all else that decides what a batch holds, without
    /// reading a picture.</summary>
    public static string Of(IAuBatches train, IAuBatches? validation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var loader in new[] { train, validation })
        {
            if (loader is null)
                continue;
            Add(loader.Description);
            AddFrames(hash, loader);
        }
        return Text(hash);

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }

    /// <summary>A hash of the frames' names, labels and order alone.</summary>
    public static string Frames(IAuBatches loader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AddFrames(hash, loader);
        return Text(hash);
    }

    /// <summary>
    /// A hash of some frames' pixels, boxes and landmarks, spread over all: faces may have the same names and labels
    /// and yet be rendered or cropped in another way.
    /// </summary>
    public static string Pictures(IAuBatches loader)
    {
        const int Most = 32;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var ordered = loader.Indices.Order().ToArray();
        var count = Math.Min(Most, ordered.Length);
        for (var k = 0; k < count; k++)
        {
            var face = loader.Source.Read(ordered[(int)((long)k * ordered.Length / count)]);
            hash.AppendData(face.Image.Pixels);
            float[] place = [face.Box.X0, face.Box.Y0, face.Box.X1, face.Box.Y1, .. face.Landmarks];
            hash.AppendData(MemoryMarshal.AsBytes(place.AsSpan()));
        }
        return Text(hash);
    }

    /// <summary>A hash of a module's names and values.</summary>
    public static string Weights(nn.Module module)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in module.state_dict())
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.dtype}\n"));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }
        return Text(hash);
    }

    private static void AddFrames(IncrementalHash hash, IAuBatches loader)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join(',', loader.Source.ActionUnits) + "\n"));
        foreach (var index in loader.Indices)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{index} {loader.Source.Key(index)} \n"));
            hash.AppendData(MemoryMarshal.AsBytes(loader.Source.LabelsAt(index).AsSpan()));
        }
    }

    private static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
}
