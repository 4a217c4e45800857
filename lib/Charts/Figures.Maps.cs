using FanTrans.Data;

namespace FanTrans.Charts;

public static partial class Figures
{
    /// <summary>
    /// Faces with a map laid over each, such as one landmark's heatmap; all maps share one scale, whose darkest colour
    /// is their largest value.
    /// </summary>
    /// <param name="images">The pictures, one per map.</param>
    /// <param name="maps">Rows x columns, spread evenly over the picture; nothing is drawn at 0 and below.</param>
    /// <param name="captions">One line per picture, or none at all.</param>
    /// <param name="title">What the maps show.</param>
    /// <param name="columns">Pictures in a row, 1 to 12; null for as many as suit their number.</param>
    /// <exception cref="ArgumentException">There is another number of pictures or captions
    /// than of maps, or no map.</exception>
    public static Figure HeatSheet(
        IReadOnlyList<RgbImage> images,
        IReadOnlyList<double[,]> maps,
        IReadOnlyList<string>? captions = null,
        string title = "Heat over faces",
        int? columns = null
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        CheckMaps(maps);
        CheckMatches("images", images.Count, maps.Count);
        var largest = Math.Max(maps.Max(map => map.Cast<double>().Max()), 1e-12);
        return ContactSheet(
            [.. images.Zip(maps, (image, map) => MapPictures.Over(image, map, largest))],
            captions,
            title: title,
            columns: columns
        );
    }

    /// <summary>
    /// Feature maps as pictures: white is 0, red above and blue below, each map up to its own largest magnitude.
    /// </summary>
    /// <param name="maps">At least one, rows x columns.</param>
    /// <param name="captions">One line per map, or none at all.</param>
    /// <param name="title">What the maps are.</param>
    /// <param name="columns">Maps in a row, 1 to 12; null for as many as suit their number.</param>
    /// <exception cref="ArgumentException">There is no map, an empty one, one with a value that is not finite, or
    /// another number of captions.</exception>
    public static Figure FeatureMaps(
        IReadOnlyList<double[,]> maps,
        IReadOnlyList<string>? captions = null,
        string title = "Feature maps",
        int? columns = null
    )
    {
        CheckMaps(maps);
        return ContactSheet([.. maps.Select(MapPictures.Signed)], captions, title: title, columns: columns);
    }

    private static void CheckMaps(IReadOnlyList<double[,]> maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        if (maps.Count == 0)
            throw new ArgumentException("maps: expected at least one, found none.", nameof(maps));
        if (maps.Any(map => map.Length == 0 || !map.Cast<double>().All(double.IsFinite)))
            throw new ArgumentException(
                "maps: expected finite values, found an empty map or a value that is not finite.",
                nameof(maps)
            );
    }
}
