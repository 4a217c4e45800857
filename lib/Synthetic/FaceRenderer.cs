using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>A person made ready for rendering on one grid: form, skin, hair, ears and clothes.</summary>
internal sealed class Figure
{
    public Figure(Person person, HeadGrid grid)
    {
        Person = person;
        Form = new FaceForm(grid, person.Shape);
        Skin = new SkinTexture(grid, person);
        Ears = new Ears(grid, person.Shape, person.Seed);
        Torso = new Torso(person);
        Glasses = person.Glasses is { } style ? new Glasses(person.Shape, style) : null;
        Hair = person.Hair.Thickness >= 3 ? new HairShell(grid, person.Shape, person) : null;
    }

    public Person Person { get; }

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

/// <summary>Renders faces. One renderer serves one thread at a time and keeps its buffers between pictures.</summary>
internal sealed class FaceRenderer(HeadGrid grid)
{
    /// <summary>Samples a pixel each way.</summary>
    private const int Over = 2;

    private readonly HeadMesh mesh = new(grid);
    private readonly FrameSkin frameSkin = new(grid);
    private readonly SampleBuffer samples = new();
    private readonly ShadowMap shadow = new();
    private readonly Shader shader = new();
    private readonly MouthParts mouth = new();
    private readonly Surface hair = new(HairShell.Vertices(grid)),
        ears = new(Ears.Vertices),
        torso = new(Torso.Vertices),
        glasses = new(Glasses.Vertices),
        cover = new(Cover.Vertices);
    private float[] red = [],
        green = [],
        blue = [],
        scratch = [];

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
        mesh.Build(figure.Form, motion);
        var camera = Aim(scene, size * Over);
        mesh.Surface.Project(camera);
        mouth.Place(mesh, figure.Person.Shape, camera);
        figure.Ears.Place(ears, mesh, camera);
        figure.Hair?.Place(hair, mesh, camera);
        figure.Torso.Place(torso, mesh, camera);
        figure.Glasses?.Place(glasses, mesh, camera);
        CastShadows(scene.Light, figure);

        samples.Clear(size * Over, size * Over);
        mesh.Draw(samples);
        Ears.Draw(samples, ears);
        mouth.Draw(samples);
        Span<float> eyeLight = stackalloc float[2];
        for (var side = 0; side < 2; side++)
            eyeLight[side] = shadow.At(
                mesh.ToCamera(mesh.Eyes[side] + new Vector3(0, 0, HeadShape.EyeRadius + 4)),
                1,
                -1
            );
        Eyes.Draw(samples, mesh, camera, motion, eyeLight);
        Torso.Draw(samples, torso);
        if (figure.Glasses is not null)
            Glasses.Draw(samples, glasses);
        figure.Hair?.Draw(samples, hair);
        before.Hand?.Draw(samples, mesh, camera);
        if (before.Cover is { } cover)
        {
            cover.Place(this.cover, mesh, camera);
            Cover.Draw(samples, this.cover);
        }

        frameSkin.Prepare(figure.Person, figure.Skin, motion);
        var glint = Vec.Unit(scene.Light.Key + new Vector3(0, 0, 1.05f));
        shader.Shade(
            samples,
            frameSkin,
            figure.Person,
            scene.Light,
            mesh,
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
            var (p, _) = points.At(k, mesh.Surface);
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
        shadow.Clear(192 / grid.Divisor, light.Key);
        shadow.Add(mesh.Surface, 0, grid.EyeSeam + 1, columns, 3);
        shadow.Add(mesh.Surface, (grid.EyeSeam + 1) * columns, grid.MouthSeam - grid.EyeSeam, columns, 2);
        shadow.Add(mesh.Surface, (grid.MouthSeam + 1) * columns, grid.Rows - grid.MouthSeam - 1, columns, 2);
        hair?.AddTo(shadow, this.hair);
        Torso.AddTo(shadow, torso);
        if (figure.Glasses is not null)
            Glasses.AddTo(shadow, glasses);
        shadow.Light(mesh.Surface, 0, mesh.Surface.Capacity, light.Softness, 2.5f);
        shadow.Light(ears, 0, ears.Capacity, light.Softness, 2.5f, true);
        shadow.Light(torso, 0, torso.Capacity, light.Softness, 6, true);
        if (hair is not null)
            shadow.Light(this.hair, 0, this.hair.Capacity, light.Softness, 6, true);
        // Inside the mouth, light comes through the lips' opening only.
        shadow.Light(mouth.Surface, 0, mouth.Surface.Capacity, light.Softness, 0, true);
        for (var i = 0; i < mouth.Surface.Capacity; i++)
            mouth.Surface.Light[i] *= 0.8f;
        mesh.Surface.Pack();
        ears.Pack();
        torso.Pack();
        mouth.Surface.Pack();
        if (hair is not null)
            this.hair.Pack();
        if (figure.Glasses is not null)
        {
            glasses.Light.AsSpan().Fill(1);
            glasses.Pack();
        }
    }

    private void ReadLandmarks(Camera camera, float[] landmarks, bool[] visible)
    {
        var points = Landmarks68.For(grid);
        for (var k = 0; k < 68; k++)
        {
            var (p, n) = points.At(k, mesh.Surface);
            var scale = camera.Focal / (camera.Distance - p.Z);
            var (sx, sy) = (camera.CentreX + (p.X * scale), camera.CentreY + (p.Y * scale));
            (landmarks[2 * k], landmarks[(2 * k) + 1]) = (sx / Over, sy / Over);
            visible[k] = Sees(k, p, n, sx, sy);
        }
    }

    /// <summary>A landmark is seen when nothing lies clearly in front of it;
    /// the jaw's outline may be a little behind.</summary>
    private bool Sees(int k, Vector3 p, Vector3 n, float sx, float sy)
    {
        var (x, y) = ((int)sx, (int)sy);
        if ((uint)x >= (uint)samples.Width || (uint)y >= (uint)samples.Height)
            return false;
        var at = (y * samples.Width) + x;
        var slack = k < 17 ? 14 : 5;
        if (samples.Material[at] is Material.Hair)
            slack = 9;
        return (k >= 17 || n.Z > -0.55f) && samples.Depth[at] < p.Z + slack;
    }

    private RgbImage Compose(Scene scene, Person person, int size, uint seed)
    {
        var count = size * size;
        if (red.Length < count)
            (red, green, blue, scratch) = (new float[count], new float[count], new float[count], new float[count]);
        scene.Backdrop.Paint(red, green, blue, size, size);
        for (var i = 0; i < count; i++)
        {
            var rest = 1 - shader.Cover[i];
            red[i] = (red[i] * rest) + shader.R[i];
            green[i] = (green[i] * rest) + shader.G[i];
            blue[i] = (blue[i] * rest) + shader.B[i];
        }
        var image = new RgbImage(size, size);
        // The camera meters the face in part: dark skin gets more light, pale skin less.
        var light = scene.Light;
        var arriving =
            (0.62f * light.KeyColour.Y) + (0.4f * light.FillColour.Y) + (0.5f * (light.Sky.Y + light.Ground.Y));
        var metered = MathF.Sqrt(0.34f / Math.Max(0.02f, arriving * (0.07f + person.Skin.G)));
        (scene.Film with { Exposure = scene.Film.Exposure * Math.Clamp(metered, 0.6f, 2) }).Develop(
            red,
            green,
            blue,
            scratch,
            image,
            seed
        );
        return image;
    }
}
