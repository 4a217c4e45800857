using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            /// <summary>Scales all gradients so that their joint norm is at most max_norm; gives the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var noGrad = no_grad();
                using var scope = NewDisposeScope();
                var grads = Gradients(tensors);
                if (grads.Count == 0) return 0;
                var norms = grads.ConvertAll(grad => Op.norm_Scalar.Call(grad, norm_type));
                var total = double.IsPositiveInfinity(norm_type)
                    ? stack(norms).max()
                    : Op.norm_Scalar.Call(stack(norms), norm_type);
                var norm = total.ToDouble();
                var scale = max_norm / (norm + 1e-6);
                if (scale < 1)
                    foreach (var grad in grads) grad.mul_(scale);
                return norm;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var noGrad = no_grad();
                using var scope = NewDisposeScope();
                foreach (var grad in Gradients(tensors)) grad.clamp_((Scalar)(-clip_value), (Scalar)clip_value);
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return cat([.. tensors.Select(tensor => tensor.reshape(-1))]).MoveToOuterDisposeScope();
            }

            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var noGrad = no_grad();
                var start = 0L;
                foreach (var tensor in tensors)
                {
                    using var part = vec.narrow(0, start, tensor.numel());
                    using var shaped = part.reshape(tensor.shape);
                    tensor.copy_(shaped);
                    start += tensor.numel();
                }
            }

            private static List<Tensor> Gradients(IEnumerable<Parameter> tensors)
            {
                List<Tensor> grads = [];
                foreach (var tensor in tensors)
                    if (tensor.grad is { } grad) grads.Add(grad);
                return grads;
            }
        }
    }
}
