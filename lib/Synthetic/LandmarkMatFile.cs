using System.Buffers.Binary;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>Writes landmarks as the datasets' MATLAB files have them
/// (MathWorks, "MAT-File Format", version 5).</summary>
internal static class LandmarkMatFile
{
    private const int Doubles = 9,
        Bytes = 1,
        Ints = 5,
        Words = 6,
        Matrix = 14;
    private const int StructClass = 2,
        DoubleClass = 6;
    private const string Field = "pts_2d";

    /// <summary>The points of one frame, as the variable "pts": DISFA's 66.</summary>
    public static void WriteFrame(string path, float[] landmarks) => Write(path, Points("pts", landmarks, jaw: true));

    /// <summary>The points of each frame of a sequence, as the struct array "fit" with
    /// the field "pts_2d": BP4D's 49.</summary>
    public static void WriteSequence(string path, IReadOnlyList<float[]> frames) =>
        Write(
            path,
            Element(
                Matrix,
                [
                    .. Head(StructClass, 1, frames.Count, "fit"),
                    .. Element(Ints, IntBytes(Field.Length + 1)),
                    .. Element(Bytes, Encoding.ASCII.GetBytes(Field + "\0")),
                    .. frames.SelectMany(landmarks => Points("", landmarks, jaw: false)),
                ]
            )
        );

    private static void Write(string path, byte[] variable) =>
        WholeFile.Write(
            path,
            file =>
            {
                Span<byte> header = stackalloc byte[128];
                header.Fill((byte)' ');
                Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, written by FanTrans", header);
                BinaryPrimitives.WriteUInt16LittleEndian(header[124..], 0x0100);
                "IM"u8.CopyTo(header[126..]);
                file.Write(header);
                file.Write(variable);
            },
            toDisk: false
        );

    /// <summary>Columns x and y, the first pixel's centre at 1; without the inner corners of the mouth.</summary>
    private static byte[] Points(string name, float[] landmarks, bool jaw)
    {
        var from = Enumerable
            .Range(jaw ? 0 : 17, Ibug68.Count - (jaw ? 0 : 17))
            .Where(k => k is not (60 or 64))
            .ToArray();
        var values = from.Select(k => landmarks[2 * k]).Concat(from.Select(k => landmarks[(2 * k) + 1]));
        byte[] doubles = [.. values.SelectMany(v => BitConverter.GetBytes(v + 0.5))];
        return Element(Matrix, [.. Head(DoubleClass, from.Length, 2, name), .. Element(Doubles, doubles)]);
    }

    private static byte[] Head(int kind, int rows, int columns, string name) =>
        [
            .. Element(Words, IntBytes(kind, 0)),
            .. Element(Ints, IntBytes(rows, columns)),
            .. Element(Bytes, Encoding.ASCII.GetBytes(name)),
        ];

    private static byte[] Element(int type, byte[] data) =>
        [.. IntBytes(type, data.Length), .. data, .. new byte[(8 - (data.Length % 8)) % 8]];

    private static byte[] IntBytes(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
