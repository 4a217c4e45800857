using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Transforms;

namespace SixLabors.ImageSharp.Processing;

/// <summary>Runs processing steps on an image, or on a copy of it.</summary>
public static class ProcessingExtensions
{
    public static void Mutate<TPixel>(this Image<TPixel> source, Action<IImageProcessingContext> operation)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ArgumentNullException.ThrowIfNull(operation);
        operation(new ProcessingContext<TPixel>(source));
    }

    public static Image<TPixel> Clone<TPixel>(this Image<TPixel> source, Action<IImageProcessingContext> operation)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var copy = source.Clone();
        copy.Mutate(operation);
        return copy;
    }
}

/// <summary>Resizing; a side of 0 keeps the proportions.</summary>
public static class ResizeExtensions
{
    public static IImageProcessingContext Resize(this IImageProcessingContext source, Size size) =>
        source.Resize(size.Width, size.Height);

    public static IImageProcessingContext Resize(this IImageProcessingContext source, int width, int height) =>
        source.Resize(width, height, KnownResamplers.Bicubic);

    public static IImageProcessingContext Resize(
        this IImageProcessingContext source, int width, int height, IResampler sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ((ProcessingContext)source).Resize(new Size(width, height), sampler);
        return source;
    }
}

/// <summary>Cropping.</summary>
public static class CropExtensions
{
    public static IImageProcessingContext Crop(this IImageProcessingContext source, int width, int height) =>
        source.Crop(new Rectangle(0, 0, width, height));

    public static IImageProcessingContext Crop(this IImageProcessingContext source, Rectangle cropRectangle)
    {
        ((ProcessingContext)source).Crop(cropRectangle);
        return source;
    }
}

/// <summary>Turning a photograph upright.</summary>
public static class AutoOrientExtensions
{
    public static IImageProcessingContext AutoOrient(this IImageProcessingContext source)
    {
        ((ProcessingContext)source).AutoOrient();
        return source;
    }
}
