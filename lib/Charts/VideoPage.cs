using System.Globalization;
using System.Text.Json;
using FanTrans.Data;
using FanTrans.Prediction;

namespace FanTrans.Charts;

/// <summary>
/// One page of a video that opens without a network: a picture of the frame beside the time lines of each face; the
/// mouse over a time line, or the slider, chooses the frame.
/// </summary>
/// <param name="title">Which video it is.</param>
/// <param name="actionUnits">The predictor's action units.</param>
/// <param name="threshold">A probability of at least this counts as present.</param>
public sealed class VideoPage(string title, IReadOnlyList<int> actionUnits, double threshold = 0.5)
{
    // About 5 MB of pictures, whatever the video's length.
    private const int MostPictures = 160;
    private const int PictureHeight = 420;
    private const int MostFaces = 6;

    private readonly List<FramePrediction> frames = [];
    private readonly List<(double Seconds, byte[] Jpeg)> pictures = [];
    private int every = 1;

    /// <summary>Whether a frame with an image was added: without one there is no page.</summary>
    public bool HasFrames => pictures.Count > 0;

    /// <summary>Adds the next frame.</summary>
    /// <param name="frame">What was found in it, with its image; the image is not kept.</param>
    public void Add(FramePrediction frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Image is { } image && frames.Count % every == 0)
        {
            var drawn = FaceOverlay.Draw(image, [], frame.Faces, threshold);
            pictures.Add(
                (frame.Seconds, drawn.Resize(drawn.Width * PictureHeight / drawn.Height, PictureHeight).ToJpeg(70))
            );
            if (pictures.Count > MostPictures)
            {
                every *= 2;
                for (var k = pictures.Count - 1; k > 0; k--)
                {
                    if (k % 2 == 1)
                        pictures.RemoveAt(k);
                }
            }
        }
        frames.Add(frame with { Image = null });
    }

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file to write or replace; its folder is made where it is missing.</param>
    /// <exception cref="InvalidOperationException">No frame with an image was added.</exception>
    public void Save(string path) => WholeFile.Write(path, ToHtml());

    /// <summary>The page.</summary>
    /// <exception cref="InvalidOperationException">No frame with an image was added.</exception>
    public string ToHtml()
    {
        if (pictures.Count == 0)
            throw new InvalidOperationException($"{title}: no frame was decoded, so there is nothing to show.");
        var ids = frames
            .SelectMany(f => f.Faces)
            .GroupBy(f => f.Id)
            .OrderByDescending(g => g.Count())
            .Take(MostFaces)
            .Select(g => g.Key)
            .Order()
            .ToList();
        var figures = ids.Select(id =>
            Figures
                .TimeLines(
                    AuTimeLine.Of(title, actionUnits, frames, id, threshold),
                    threshold: threshold,
                    title: $"Face {id}"
                )
                .ToHtml()
        );
        var data = JsonSerializer.Serialize(
            pictures.Select(p => new
            {
                t = Math.Round(p.Seconds, 3),
                src = $"data:image/jpeg;base64,{Convert.ToBase64String(p.Jpeg)}",
            })
        );
        var last = frames[^1].Seconds.ToString("0.###", CultureInfo.InvariantCulture);
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>{{PlotlyText.Escape(title)}}</title>
            <style>
            body { font: 15px system-ui, sans-serif; margin: 16px; color: #222; }
            main { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
            #view { position: sticky; top: 12px; }
            #view img { display: block; max-width: 100%; border-radius: 4px; }
            #view input { width: 100%; }
            .lines { position: relative; }
            .cursor { position: absolute; width: 2px; background: #D55E00; pointer-events: none; display: none; }
            </style>
            {{Figure.PlotlyScript}}
            </head>
            <body>
            <h1>{{PlotlyText.Escape(title)}}</h1>
            <p>{{frames.Count}} frames, {{ids.Count}} {{(
                ids.Count == 1 ? "face" : "faces"
            )}}. Move the mouse over a time line, or the slider below the picture.</p>
            <main>
            <div id="view"><img alt="the chosen frame"><input type="range" min="0" max="{{last}}" step="any" value="0" aria-label="time"><output></output></div>
            <div>{{string.Concat(
                figures.Select(f => $"<div class=\"lines\">{f}<div class=\"cursor\"></div></div>")
            )}}</div>
            </main>
            <script>
            (function () {
              var pictures = {{data}};
              var view = document.getElementById("view"), slider = view.querySelector("input");
              var lines = Array.from(document.querySelectorAll(".lines"));
              function show(t) {
                var best = pictures.reduce(function (a, b) { return Math.abs(b.t - t) < Math.abs(a.t - t) ? b : a; });
                view.querySelector("img").src = best.src;
                view.querySelector("output").textContent = Number(t).toFixed(2) + " s (picture of " + best.t.toFixed(2) + " s)";
                slider.value = t;
                lines.forEach(function (box) {
                  var plot = box.querySelector(".fantrans-figure"), size = plot._fullLayout && plot._fullLayout._size, cursor = box.querySelector(".cursor");
                  if (!size) return;
                  cursor.style.display = "block";
                  cursor.style.left = (size.l + plot._fullLayout.xaxis.l2p(t)) + "px";
                  cursor.style.top = size.t + "px";
                  cursor.style.height = size.h + "px";
                });
              }
              slider.addEventListener("input", function () { show(Number(slider.value)); });
              lines.forEach(function (box) {
                var plot = box.querySelector(".fantrans-figure");
                box.addEventListener("mousemove", function (event) {
                  var size = plot._fullLayout && plot._fullLayout._size;
                  if (!size) return;
                  var x = event.clientX - box.getBoundingClientRect().left - size.l;
                  if (x >= 0 && x <= size.w) show(Math.max(0, plot._fullLayout.xaxis.p2l(x)));
                });
              });
              show(0);
            })();
            </script>
            </body>
            </html>

            """;
    }
}
