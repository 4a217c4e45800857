using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>A person made ready for rendering on one grid: form, skin, hair, ears and clothes.</summary>
internal sealed class Figure
{
    public Figure(Person person, HeadGrid grid)
    {
        (Person, Grid) = (person, grid);
        Form = new FaceForm(grid, person.Shape);
        Skin = new SkinTexture(grid, person);
    }

    public Person Person { get; }

    public HeadGrid Grid { get; }

    public FaceForm Form { get; }

    public SkinTexture Skin { get; }
}

/// <summary>
/// Renders faces. One renderer serves one thread at a time and keeps its buffers between pictures.
/// </summary>
internal sealed class FaceRenderer(HeadGrid grid)
{
    private readonly HeadMesh _mesh = new(grid);
    private readonly FrameSkin _frameSkin = new(grid);
    private readonly SampleBuffer _samples = new();
    private readonly ShadowMap _shadow = new();
    private readonly Shader _shader = new();
    private readonly MouthParts _mouth = new();
    private Figure? _figure;
    private HairShell? _hair;
    private Ears? _ears;
    private Torso? _torso;
    private float[] _red = [], _green = [], _blue = [], _scratch = [];

    /// <summary>A picture with its landmarks.</summary>
    /// <param name="figure">Who.</param>
    /// <param name="motion">Doing what.</param>
    /// <param name="scene">Where.</param>
    /// <param name="size">Side of the picture in pixels.</param>
    /// <param name="seed">Of the sensor's noise.</param>
    /// <param name="landmarks">Results: 136.</param>
    /// <param name="visible">Results: 68.</param>
    public RgbImage Render(Figure figure, FaceMotion motion, Scene scene, int size, uint seed, float[] landmarks, bool[] visible)
    {
        const int Over = 2;
        if (!ReferenceEquals(_figure, figure))
        {
            _figure = figure;
            _hair = figure.Person.Hair.Thickness >= 3 ? new HairShell(grid, figure.Form, figure.Person) : null;
            _ears = new Ears(grid, figure.Person.Shape, figure.Person.Seed);
            _torso = new Torso(figure.Person);
        }
        _mesh.Build(figure.Form, motion);
        var camera = Aim(scene, size * Over);
        _mesh.Surface.Project(camera, 0, _mesh.Surface.Capacity);
        _mouth.Place(_mesh, figure.Person.Shape, camera);
        _ears!.Place(_mesh, camera);
        _hair?.Place(_mesh, camera);
        _torso!.Place(_mesh, camera);
        CastShadows(scene.Light);

        _samples.Clear(size * Over, size * Over);
        _mesh.Draw(_samples);
        _ears.Draw(_samples);
        _mouth.Draw(_samples);
        Span<float> eyeLight = stackalloc float[2];
        for (var side = 0; side < 2; side++)
            eyeLight[side] = _shadow.At(_mesh.ToCamera(_mesh.Eyes[side] + new Vector3(0, 0, HeadShape.EyeRadius + 4)), 1, -1);
        Eyes.Draw(_samples, _mesh, camera, motion, eyeLight);
        _torso.Draw(_samples);
        _hair?.Draw(_samples);

        _frameSkin.Prepare(figure.Person, figure.Skin, motion);
        var glint = Vec.Unit(scene.Light.Key + new Vector3(0, 0, 1.05f));
        _shader.Shade(_samples, _frameSkin, figure.Person, scene.Light, _mesh, motion, glint);

        ReadLandmarks(camera, Over, landmarks, visible);
        return Compose(scene, size, Over, seed);
    }

    /// <summary>Zooms and shifts so that the landmarks' box has the scene's size and place.</summary>
    private Camera Aim(Scene scene, int samples)
    {
        var points = Landmarks68.For(grid);
        var (x0, x1, y0, y1) = (float.MaxValue, float.MinValue, float.MaxValue, float.MinValue);
        for (var k = 0; k < 68; k++)
        {
            var (p, _) = points.At(k, _mesh.Surface);
            var scale = scene.Distance / (scene.Distance - p.Z);
            var (x, y) = (p.X * scale, p.Y * scale);
            (x0, x1, y0, y1) = (Math.Min(x0, x), Math.Max(x1, x), Math.Min(y0, y), Math.Max(y1, y));
        }
        var zoom = scene.FaceSize * samples / ((x1 - x0 + y1 - y0) / 2);
        return new Camera(scene.Distance, zoom * scene.Distance,
            (samples * (0.5f + scene.Offset.X)) - (zoom * (x0 + x1) / 2),
            (samples * (0.5f + scene.Offset.Y)) - (zoom * (y0 + y1) / 2));
    }

    private void CastShadows(Lighting light)
    {
        var columns = grid.Columns;
        _shadow.Clear(192 / grid.Divisor, light.Key);
        _shadow.Add(_mesh.Surface, 0, grid.EyeSeam + 1, columns, 3);
        _shadow.Add(_mesh.Surface, (grid.EyeSeam + 1) * columns, grid.MouthSeam - grid.EyeSeam, columns, 2);
        _shadow.Add(_mesh.Surface, (grid.MouthSeam + 1) * columns, grid.Rows - grid.MouthSeam - 1, columns, 2);
        _hair?.AddTo(_shadow);
        _torso!.AddTo(_shadow);
        _shadow.Light(_mesh.Surface, 0, _mesh.Surface.Capacity, light.Softness, 2.5f);
        _shadow.Light(_ears!.Surface, 0, _ears.Surface.Capacity, light.Softness, 2.5f);
        _shadow.Light(_torso.Surface, 0, _torso.Surface.Capacity, light.Softness, 6);
        if (_hair is not null)
            _shadow.Light(_hair.Surface, 0, _hair.Surface.Capacity, light.Softness, 6);
        // Inside the mouth, light comes through the lips' opening only.
        _shadow.Light(_mouth.Surface, 0, _mouth.Surface.Capacity, light.Softness, 0);
        for (var i = 0; i < _mouth.Surface.Capacity; i++)
            _mouth.Surface.Light[i] *= 0.8f;
    }

    private void ReadLandmarks(Camera camera, int over, float[] landmarks, bool[] visible)
    {
        var points = Landmarks68.For(grid);
        for (var k = 0; k < 68; k++)
        {
            var (p, n) = points.At(k, _mesh.Surface);
            var scale = camera.Focal / (camera.Distance - p.Z);
            var (sx, sy) = (camera.CentreX + (p.X * scale), camera.CentreY + (p.Y * scale));
            (landmarks[2 * k], landmarks[(2 * k) + 1]) = (sx / over, sy / over);
            visible[k] = Sees(k, p, n, sx, sy);
        }
    }

    /// <summary>A landmark is seen when nothing lies clearly in front of it; the jaw's outline may be a little behind.</summary>
    private bool Sees(int k, Vector3 p, Vector3 n, float sx, float sy)
    {
        var (x, y) = ((int)sx, (int)sy);
        if ((uint)x >= (uint)_samples.Width || (uint)y >= (uint)_samples.Height)
            return false;
        var at = (y * _samples.Width) + x;
        var slack = k < 17 ? 14 : 5;
        if (_samples.Material[at] is Material.Hair)
            slack = 9;
        return (k >= 17 || n.Z > -0.55f) && _samples.Depth[at] < p.Z + slack;
    }

    private RgbImage Compose(Scene scene, int size, int over, uint seed)
    {
        var count = size * size;
        if (_red.Length < count)
            (_red, _green, _blue, _scratch) = (new float[count], new float[count], new float[count], new float[count]);
        scene.Backdrop.Paint(_red, _green, _blue, size, size);
        var share = 1f / (over * over);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                float r = 0, g = 0, b = 0;
                var covered = 0;
                for (var dy = 0; dy < over; dy++)
                {
                    var at = (((y * over) + dy) * _samples.Width) + (x * over);
                    for (var dx = 0; dx < over; dx++, at++)
                    {
                        if (_samples.Material[at] == Material.None)
                            continue;
                        covered++;
                        (r, g, b) = (r + _shader.R[at], g + _shader.G[at], b + _shader.B[at]);
                    }
                }
                if (covered == 0)
                    continue;
                var i = (y * size) + x;
                var rest = 1 - (covered * share);
                _red[i] = (_red[i] * rest) + (r * share);
                _green[i] = (_green[i] * rest) + (g * share);
                _blue[i] = (_blue[i] * rest) + (b * share);
            }
        }
        var image = new RgbImage(size, size);
        scene.Film.Develop(_red, _green, _blue, _scratch, image, seed);
        return image;
    }
}
