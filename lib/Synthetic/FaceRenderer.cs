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
        Ears = new Ears(grid, person.Shape, person.Seed);
        Torso = new Torso(person);
        Glasses = person.Glasses is { } style ? new Glasses(person.Shape, style) : null;
        Hair = person.Hair.Thickness >= 3 ? new HairShell(grid, person.Shape, person) : null;
    }

    public Person Person { get; }

    public HeadGrid Grid { get; }

    public FaceForm Form { get; }

    public SkinTexture Skin { get; }

    public Ears Ears { get; }

    public Torso Torso { get; }

    public Glasses? Glasses { get; }

    /// <summary>Null for bald heads and buzz cuts, whose hair is in the skin's texture.</summary>
    public HairShell? Hair { get; }
}

/// <summary>What lies between face and camera.</summary>
internal readonly record struct Occluders(Hand? Hand, Cover? Cover);

/// <summary>
/// Renders faces. One renderer serves one thread at a time and keeps its buffers between pictures.
/// </summary>
internal sealed class FaceRenderer(HeadGrid grid)
{
    /// <summary>Samples a pixel each way.</summary>
    private const int Over = 2;

    private readonly HeadMesh _mesh = new(grid);
    private readonly FrameSkin _frameSkin = new(grid);
    private readonly SampleBuffer _samples = new();
    private readonly ShadowMap _shadow = new();
    private readonly Shader _shader = new();
    private readonly MouthParts _mouth = new();
    private readonly Surface _hair = new(HairShell.Vertices(grid)),
        _ears = new(Ears.Vertices),
        _torso = new(Torso.Vertices),
        _glasses = new(Glasses.Vertices),
        _cover = new(Cover.Vertices);
    private float[] _red = [],
        _green = [],
        _blue = [],
        _scratch = [];

    /// <summary>A picture with its landmarks.</summary>
    /// <param name="figure">Who.</param>
    /// <param name="motion">Doing what.</param>
    /// <param name="scene">Where.</param>
    /// <param name="before">What hides a part of the face.</param>
    /// <param name="size">Side of the picture in pixels.</param>
    /// <param name="seed">Of the sensor's noise.</param>
    /// <param name="landmarks">Results: 136.</param>
    /// <param name="visible">Results: 68.</param>
    public RgbImage Render(
        Figure figure,
        FaceMotion motion,
        Scene scene,
        Occluders before,
        int size,
        uint seed,
        float[] landmarks,
        bool[] visible
    )
    {
        _mesh.Build(figure.Form, motion);
        var camera = Aim(scene, size * Over);
        _mesh.Surface.Project(camera);
        _mouth.Place(_mesh, figure.Person.Shape, camera);
        figure.Ears.Place(_ears, _mesh, camera);
        figure.Hair?.Place(_hair, _mesh, camera);
        figure.Torso.Place(_torso, _mesh, camera);
        figure.Glasses?.Place(_glasses, _mesh, camera);
        CastShadows(scene.Light, figure);

        _samples.Clear(size * Over, size * Over);
        _mesh.Draw(_samples);
        Ears.Draw(_samples, _ears);
        _mouth.Draw(_samples);
        Span<float> eyeLight = stackalloc float[2];
        for (var side = 0; side < 2; side++)
            eyeLight[side] = _shadow.At(
                _mesh.ToCamera(_mesh.Eyes[side] + new Vector3(0, 0, HeadShape.EyeRadius + 4)),
                1,
                -1
            );
        Eyes.Draw(_samples, _mesh, camera, motion, eyeLight);
        Torso.Draw(_samples, _torso);
        if (figure.Glasses is not null)
            Glasses.Draw(_samples, _glasses);
        figure.Hair?.Draw(_samples, _hair);
        before.Hand?.Draw(_samples, _mesh, camera);
        if (before.Cover is { } cover)
        {
            cover.Place(_cover, _mesh, camera);
            Cover.Draw(_samples, _cover);
        }

        _frameSkin.Prepare(figure.Person, figure.Skin, motion);
        var glint = Vec.Unit(scene.Light.Key + new Vector3(0, 0, 1.05f));
        _shader.Shade(
            _samples,
            _frameSkin,
            figure.Person,
            scene.Light,
            _mesh,
            motion,
            glint,
            before.Cover?.Colour ?? default
        );

        ReadLandmarks(camera, landmarks, visible);
        return Compose(scene, figure.Person, size, seed);
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
        return new Camera(
            scene.Distance,
            zoom * scene.Distance,
            (samples * (0.5f + scene.Offset.X)) - (zoom * (x0 + x1) / 2),
            (samples * (0.5f + scene.Offset.Y)) - (zoom * (y0 + y1) / 2)
        );
    }

    private void CastShadows(Lighting light, Figure figure)
    {
        var hair = figure.Hair;
        var columns = grid.Columns;
        _shadow.Clear(192 / grid.Divisor, light.Key);
        _shadow.Add(_mesh.Surface, 0, grid.EyeSeam + 1, columns, 3);
        _shadow.Add(_mesh.Surface, (grid.EyeSeam + 1) * columns, grid.MouthSeam - grid.EyeSeam, columns, 2);
        _shadow.Add(_mesh.Surface, (grid.MouthSeam + 1) * columns, grid.Rows - grid.MouthSeam - 1, columns, 2);
        hair?.AddTo(_shadow, _hair);
        Torso.AddTo(_shadow, _torso);
        if (figure.Glasses is not null)
            Glasses.AddTo(_shadow, _glasses);
        _shadow.Light(_mesh.Surface, 0, _mesh.Surface.Capacity, light.Softness, 2.5f);
        _shadow.Light(_ears, 0, _ears.Capacity, light.Softness, 2.5f, true);
        _shadow.Light(_torso, 0, _torso.Capacity, light.Softness, 6, true);
        if (hair is not null)
            _shadow.Light(_hair, 0, _hair.Capacity, light.Softness, 6, true);
        // Inside the mouth, light comes through the lips' opening only.
        _shadow.Light(_mouth.Surface, 0, _mouth.Surface.Capacity, light.Softness, 0, true);
        for (var i = 0; i < _mouth.Surface.Capacity; i++)
            _mouth.Surface.Light[i] *= 0.8f;
        _mesh.Surface.Pack();
        _ears.Pack();
        _torso.Pack();
        _mouth.Surface.Pack();
        if (hair is not null)
            _hair.Pack();
        if (figure.Glasses is not null)
        {
            _glasses.Light.AsSpan().Fill(1);
            _glasses.Pack();
        }
    }

    private void ReadLandmarks(Camera camera, float[] landmarks, bool[] visible)
    {
        var points = Landmarks68.For(grid);
        for (var k = 0; k < 68; k++)
        {
            var (p, n) = points.At(k, _mesh.Surface);
            var scale = camera.Focal / (camera.Distance - p.Z);
            var (sx, sy) = (camera.CentreX + (p.X * scale), camera.CentreY + (p.Y * scale));
            (landmarks[2 * k], landmarks[(2 * k) + 1]) = (sx / Over, sy / Over);
            visible[k] = Sees(k, p, n, sx, sy);
        }
    }

    /// <summary>A landmark is seen when nothing lies clearly in front of it; the jaw's outline may be a little
    /// behind.</summary>
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

    private RgbImage Compose(Scene scene, Person person, int size, uint seed)
    {
        var count = size * size;
        if (_red.Length < count)
            (_red, _green, _blue, _scratch) = (new float[count], new float[count], new float[count], new float[count]);
        scene.Backdrop.Paint(_red, _green, _blue, size, size);
        for (var i = 0; i < count; i++)
        {
            var rest = 1 - _shader.Cover[i];
            _red[i] = (_red[i] * rest) + _shader.R[i];
            _green[i] = (_green[i] * rest) + _shader.G[i];
            _blue[i] = (_blue[i] * rest) + _shader.B[i];
        }
        var image = new RgbImage(size, size);
        // The camera meters the face in part: dark skin gets more light, pale skin less.
        var light = scene.Light;
        var arriving =
            (0.62f * light.KeyColour.Y) + (0.4f * light.FillColour.Y) + (0.5f * (light.Sky.Y + light.Ground.Y));
        var metered = MathF.Sqrt(0.34f / Math.Max(0.02f, arriving * (0.07f + person.Skin.G)));
        (scene.Film with { Exposure = scene.Film.Exposure * Math.Clamp(metered, 0.6f, 2) }).Develop(
            _red,
            _green,
            _blue,
            _scratch,
            image,
            seed
        );
        return image;
    }
}
