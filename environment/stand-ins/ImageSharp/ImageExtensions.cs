using SixLabors.ImageSharp.Formats.Jpeg;

namespace SixLabors.ImageSharp;

/// <summary>Saving. What the file carried beside its pixels (EXIF and colour profiles) is not written.</summary>
public static class ImageExtensions
{
    public static void Save(this Image source, string path)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".png":
                source.SaveAsPng(path);
                break;
            case ".jpg" or ".jpeg" or ".jfif":
                source.SaveAsJpeg(path);
                break;
            default:
                throw new UnknownImageFormatException(
                    $"No encoder was found for extension '{Path.GetExtension(path)}'; .png and .jpg can be written here.");
        }
    }

    public static void SaveAsPng(this Image source, string path) => File.WriteAllBytes(path, source.EncodePng());

    public static void SaveAsPng(this Image source, Stream stream) => stream.Write(source.EncodePng());

    public static void SaveAsJpeg(this Image source, string path) => source.SaveAsJpeg(path, new JpegEncoder());

    public static void SaveAsJpeg(this Image source, Stream stream) => source.SaveAsJpeg(stream, new JpegEncoder());

    public static void SaveAsJpeg(this Image source, string path, JpegEncoder encoder) =>
        File.WriteAllBytes(path, source.EncodeJpeg(encoder.Quality ?? JpegEncoder.DefaultQuality));

    public static void SaveAsJpeg(this Image source, Stream stream, JpegEncoder encoder) =>
        stream.Write(source.EncodeJpeg(encoder.Quality ?? JpegEncoder.DefaultQuality));
}
