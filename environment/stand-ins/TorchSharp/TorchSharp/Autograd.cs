
namespace TorchSharp;

public static partial class torch
{
    /// <summary>Turns gradient recording on or off for this thread until disposed.</summary>
    private sealed class GradientMode : IDisposable
    {
        private readonly bool _previous = is_grad_enabled();

        public GradientMode(bool enabled) => Native.host_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Native.host_set_grad_enabled(_previous ? 1 : 0);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = Native.host_enter_inference(enabled ? 1 : 0);

        public void Dispose()
        {
            if (_guard == 0) return;
            Native.host_leave_inference(_guard);
            _guard = 0;
        }
    }

    public static IDisposable no_grad() => new GradientMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new GradientMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradientMode(mode);
    public static bool is_grad_enabled() => Native.host_grad_enabled() != 0;
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    public static bool is_inference_mode_enabled() => Native.host_inference_enabled() != 0;

    public static unsafe class autograd
    {
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            nint[] roots = Handles(tensors), grads = Handles(grad_tensors), leaves = Handles(inputs);
            fixed (nint* rootsAt = roots, gradsAt = grads, leavesAt = leaves)
                Native.Check(Native.host_backward(
                    rootsAt, roots.Length, gradsAt, grads.Length, (retain_graph ?? create_graph) ? 1 : 0,
                    create_graph ? 1 : 0, leavesAt, leaves.Length));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        /// <summary>The gradients of the outputs with respect to the inputs; an empty tensor for an unused input.</summary>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            nint[] roots = Handles(outputs), leaves = Handles(inputs), grads = Handles(grad_outputs);
            var results = new nint[leaves.Length];
            fixed (nint* rootsAt = roots, leavesAt = leaves, gradsAt = grads, resultsAt = results)
                Native.Check(Native.host_grad_of(
                    rootsAt, roots.Length, leavesAt, leaves.Length, gradsAt, grads.Length, retain_graph ? 1 : 0,
                    create_graph ? 1 : 0, allow_unused ? 1 : 0, resultsAt));
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, handle => new Tensor(handle));
        }

        private static nint[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null) return [];
            var handles = new nint[tensors.Count];
            for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i].Handle;
            return handles;
        }
    }
}
