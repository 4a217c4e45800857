using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;

[module: SkipLocalsInit]

namespace TorchSharp;

public static partial class torch
{
    public static string __version__ => Marshal.PtrToStringUTF8(Native.host_version())!;

    /// <summary>Nothing to do: every call of this stand-in throws its own error.</summary>
    public static void CheckForErrors()
    {
    }

    public static int get_num_threads() => Native.host_get_threads();
    public static void set_num_threads(int num) => Native.Check(Native.host_set_threads(num));
    public static int get_num_interop_threads() => Native.host_get_interop_threads();
    public static void set_num_interop_threads(int num) => Native.Check(Native.host_set_interop_threads(num));


    public static bool is_tensor(object obj) => obj is Tensor;

    // ---- joining ----

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Op.cat.Call(Filled(tensors), dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Op.stack.Call(Filled(tensors), dim);
    public static Tensor hstack(params Tensor[] tensors) => Op.hstack.Call(Filled(tensors));
    public static Tensor hstack(IList<Tensor> tensors) => Op.hstack.Call(Filled(tensors));
    public static Tensor hstack(IEnumerable<Tensor> tensors) => Op.hstack.Call(Filled(tensors));
    public static Tensor vstack(IList<Tensor> tensors) => Op.vstack.Call(Filled(tensors));
    public static Tensor block_diag(params Tensor[] tensors) => Op.block_diag.Call(Filled(tensors));
    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => Op.broadcast_tensors.CallList(Filled(tensors));
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") =>
        Op.meshgrid_indexing.CallList(Filled(tensors), indexing);
    public static Tensor cartesian_prod(params Tensor[] tensors) => Op.cartesian_prod.Call(Filled(tensors));
    public static Tensor cartesian_prod(IList<Tensor> tensors) => Op.cartesian_prod.Call(Filled(tensors));

    private static Tensor[] Filled(IEnumerable<Tensor> tensors)
    {
        Tensor[] all = [.. tensors];
        if (all.Length == 0) throw new ArgumentException("no tensors given", nameof(tensors));
        return all;
    }

    // ---- choosing ----

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Op.where_self.Call(condition, x, y);
    public static Tensor[] where(Tensor condition) => Op.where.CallList(condition);
    public static Tensor searchsorted(
        Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        Op.searchsorted_Tensor.Call(sorted_sequence, values, out_int32, right, Value.None, sorter);

    // ---- products ----

    public static Tensor einsum(string equation, params Tensor[] tensors) => Op.einsum.Call(equation, Filled(tensors));
}
