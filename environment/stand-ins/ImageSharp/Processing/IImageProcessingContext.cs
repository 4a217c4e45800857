using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Transforms;

namespace SixLabors.ImageSharp.Processing;

/// <summary>The steps that are applied to one image.</summary>
public interface IImageProcessingContext
{
    Size GetCurrentSize();
}

/// <summary>What the extension methods call, whatever the pixel type is.</summary>
internal abstract class ProcessingContext : IImageProcessingContext
{
    public abstract Size GetCurrentSize();

    internal abstract void Resize(Size size, IResampler sampler);

    internal abstract void Crop(Rectangle rectangle);

    internal abstract void AutoOrient();
}

/// <summary>Applies each step at once.</summary>
internal sealed class ProcessingContext<TPixel>(Image<TPixel> image) : ProcessingContext
    where TPixel : unmanaged, IPixel<TPixel>
{
    public override Size GetCurrentSize() => image.Size;

    internal override void Resize(Size size, IResampler sampler)
    {
        if (size.Width < 0 || size.Height < 0 || (size.Width == 0 && size.Height == 0))
            throw new ArgumentException($"cannot resize to {size.Width} x {size.Height}; one side may be 0 to follow the other.");

        // A side of 0 keeps the picture's proportions.
        var width = size.Width > 0 ? size.Width : Math.Max(1, (int)MathF.Round(image.Width * size.Height / (float)image.Height));
        var height = size.Height > 0 ? size.Height : Math.Max(1, (int)MathF.Round(image.Height * size.Width / (float)image.Width));
        if ((width, height) == (image.Width, image.Height))
            return;
        image.Replace(Resizer.Resize(image, width, height, sampler), new Size(width, height));
    }

    internal override void Crop(Rectangle rectangle)
    {
        if (rectangle.Width < 1 || rectangle.Height < 1 || !image.Bounds.Contains(rectangle))
            throw new ArgumentException(
                $"Crop rectangle {rectangle} should be smaller than the source bounds {image.Bounds}.", nameof(rectangle));
        var target = new TPixel[rectangle.Width * rectangle.Height];
        for (var y = 0; y < rectangle.Height; y++)
        {
            var row = image.Pixels.AsSpan(((rectangle.Y + y) * image.Width) + rectangle.X, rectangle.Width);
            row.CopyTo(target.AsSpan(y * rectangle.Width));
        }
        image.Replace(target, new Size(rectangle.Width, rectangle.Height));
    }

    internal override void AutoOrient()
    {
        var orientation = image.Orientation;
        image.Orientation = 1;
        if (orientation == 1)
            return;

        // EXIF: 5 to 8 store the columns as rows; where each target pixel lies in the stored picture follows.
        var (width, height) = orientation < 5 ? (image.Width, image.Height) : (image.Height, image.Width);
        var (right, bottom) = (image.Width - 1, image.Height - 1);
        var target = new TPixel[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (fromX, fromY) = orientation switch
                {
                    2 => (right - x, y),
                    3 => (right - x, bottom - y),
                    4 => (x, bottom - y),
                    5 => (y, x),
                    6 => (y, bottom - x),
                    7 => (right - y, bottom - x),
                    _ => (right - y, x),
                };
                target[(y * width) + x] = image.Pixels[(fromY * image.Width) + fromX];
            }
        }
        image.Replace(target, new Size(width, height));
    }
}
