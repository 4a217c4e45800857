using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static class functional
        {
            // ---- activations; in place they still return a new handle ----

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();
            public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? x.relu6_().alias() : x.relu6();
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                inplace ? input.leaky_relu_(negative_slope).alias() : input.leaky_relu(negative_slope);
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) =>
                inplace ? x.elu_(alpha).alias() : x.elu(alpha);
            public static Tensor gelu(Tensor x) => x.gelu();
            public static Tensor gelu(Tensor x, bool inplace) => inplace ? x.gelu_().alias() : x.gelu();
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();
            public static Tensor hardswish(Tensor input, bool inplace = false) =>
                inplace ? input.hardswish_().alias() : input.hardswish();
            public static Tensor hardsigmoid(Tensor input, bool inplace = false) =>
                inplace ? input.hardsigmoid_().alias() : input.hardsigmoid();
            public static Tensor sigmoid(Tensor x) => x.sigmoid();
            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.sigmoid_().alias() : x.sigmoid();
            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : x.tanh();
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => x.softplus(beta, threshold);
            public static Tensor logsigmoid(Tensor x) => x.log_sigmoid();
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            // ---- layers ----

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Op.linear.Call(input, weights, bias);

            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1) =>
                Op.conv2d.Call(input, weight, bias, strides ?? One, padding ?? Zero, dilation ?? One, groups);

            public static Tensor conv2d_padding(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid,
                long[]? dilation = null, long groups = 1) =>
                Op.conv2d_padding.Call(
                    input, weight, bias, strides ?? One, padding == Padding.Same ? "same" : "valid", dilation ?? One, groups);

            public static Tensor conv_transpose2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                Op.conv_transpose2d_input.Call(
                    input, weight, bias, strides ?? One, padding ?? Zero, output_padding ?? Zero, groups, dilation ?? One);

            private static readonly long[] One = [1];
            private static readonly long[] Zero = [0];

            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                Op.batch_norm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            public static Tensor instance_norm(
                Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null,
                Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5) =>
                Op.instance_norm.Call(
                    input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, true);

            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Op.layer_norm.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor group_norm(
                Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Op.group_norm.Call(input, num_groups, weight, bias, eps);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Op.dropout_.InPlace(input, p, training).alias() : Op.dropout.Call(input, p, training);

            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace
                    ? Op.feature_dropout_.InPlace(input, p, training).alias()
                    : Op.feature_dropout.Call(input, p, training);

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using var scope = NewDisposeScope();
                var norm = Op.norm_ScalarOpt_dim.Call(input, p, new[] { dim }, true).clamp_min(eps).expand_as(input);
                return (input / norm).MoveToOuterDisposeScope();
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) =>
                Op.cosine_similarity.Call(x1, x2, dim, eps);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Op.one_hot.Call(x, num_classes);

            // ---- pooling ----

            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                bool ceil_mode = false) =>
                Op.max_pool2d.Call(input, kernel_size, strides ?? kernel_size, padding ?? Zero, dilation ?? One, ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null,
                bool ceil_mode = false) =>
                max_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding ?? 0], [dilation ?? 1], ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernel_size)!, Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            public static (Tensor Values, Tensor Indices) max_pool2d_with_indices(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                bool ceil_mode = false) =>
                Op.max_pool2d_with_indices.Call2(
                    input, kernel_size, strides ?? kernel_size, padding ?? Zero, dilation ?? One, ceil_mode);

            public static Tensor avg_pool2d(
                Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                Op.avg_pool2d.Call(
                    input, kernel_size, stride ?? kernel_size, padding ?? Zero, ceil_mode, count_include_pad,
                    divisor_override);

            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(
                    input, [kernel_size], [stride ?? kernel_size], [padding], ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(
                    input, Pair(kernel_size)!, Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                Op.adaptive_avg_pool2d.Call(input, output_size);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) =>
                adaptive_avg_pool2d(input, [output_size, output_size]);

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                adaptive_avg_pool2d(input, Pair(output_size)!);

            public static Tensor adaptive_max_pool2d(Tensor input, long[] output_size)
            {
                var (values, indices) = adaptive_max_pool2d_with_indices(input, output_size);
                indices.Dispose();
                return values;
            }

            public static (Tensor Values, Tensor Indices) adaptive_max_pool2d_with_indices(Tensor input, long[] output_size) =>
                Op.adaptive_max_pool2d.Call2(input, output_size);

            internal static long[]? Pair((long, long)? pair) => pair is { } both ? [both.Item1, both.Item2] : null;

            // ---- pictures ----

            public static Tensor pad(
                Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                mode switch
                {
                    PaddingModes.Reflect => Op.pad.Call(input, pad, "reflect"),
                    PaddingModes.Replicate => Op.pad.Call(input, pad, "replicate"),
                    PaddingModes.Circular => Op.pad.Call(input, pad, "circular"),
                    _ => Op.pad.Call(input, pad, "constant", value),
                };

            public static Tensor pad(
                Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, pad.ToArray(), mode, value);

            public static Tensor pad(
                Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, Pair(pad)!, mode, value);

            public static Tensor pad(
                Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

            public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Op.pixel_shuffle.Call(input, upscale_factor);

            public static Tensor pixel_unshuffle(Tensor input, long downscale_factor) =>
                Op.pixel_unshuffle.Call(input, downscale_factor);

            public static Tensor grid_sample(
                Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                // libtorch's own numbers: bilinear 0, nearest 1; zeros 0, border 1, reflection 2.
                var sampling = mode == GridSampleMode.Bilinear ? 0 : 1;
                var padding = padding_mode switch
                {
                    GridSamplePaddingMode.Border => 1,
                    GridSamplePaddingMode.Reflection => 2,
                    _ => 0,
                };
                return Op.grid_sampler.Call(input, grid, sampling, padding, align_corners ?? false);
            }

            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                Op.affine_grid_generator.Call(theta, size ?? [], align_corners);

            /// <summary>Resizes the axes after the first two, by size or by factors (one for each).</summary>
            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null,
                bool recompute_scale_factor = false)
            {
                var dims = (int)x.dim() - 2;
                if (dims is < 1 or > 3)
                    throw new ExternalException($"Input Error: Only 3D, 4D and 5D input Tensors supported (got {x.dim()}D)");
                if (size is null == scale_factor is null)
                    throw new ExternalException("exactly one of size and scale_factor should be defined");
                if ((size?.Length ?? scale_factor!.Length) != dims)
                    throw new ExternalException(
                        $"size or scale_factor must give {dims} numbers for a tensor of {x.dim()} dimensions, found {size?.Length ?? scale_factor!.Length}");
                if (mode is InterpolationMode.Nearest or InterpolationMode.Area && align_corners is not null)
                    throw new ExternalException(
                        "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear");

                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    var from = x.shape;
                    size = [.. scale_factor.Select((scale, i) => (long)Math.Floor(from[i + 2] * scale))];
                    scale_factor = null;
                }
                var align = align_corners ?? false;
                return (mode, dims) switch
                {
                    (InterpolationMode.Nearest, 1) => Op.upsample_nearest1d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 2) => Op.upsample_nearest2d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 3) => Op.upsample_nearest3d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.Linear, 1) => Op.upsample_linear1d_vec.Call(x, size, align, scale_factor),
                    (InterpolationMode.Bilinear, 2) => Op.upsample_bilinear2d_vec.Call(x, size, align, scale_factor),
                    (InterpolationMode.Bicubic, 2) => Op.upsample_bicubic2d_vec.Call(x, size, align, scale_factor),
                    (InterpolationMode.Trilinear, 3) => Op.upsample_trilinear3d_vec.Call(x, size, align, scale_factor),
                    (InterpolationMode.Area, 1) => Op.adaptive_avg_pool1d.Call(x, size),
                    (InterpolationMode.Area, 2) => Op.adaptive_avg_pool2d.Call(x, size),
                    (InterpolationMode.Area, 3) => Op.adaptive_avg_pool3d.Call(x, size),
                    _ => throw new ExternalException($"mode {mode} does not take a tensor of {x.dim()} dimensions"),
                };
            }

            public static Tensor upsample(
                Tensor input, long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest,
                bool align_corners = false) =>
                interpolate(input, size, scale_factor, (InterpolationMode)mode, align_corners);

            // ---- losses ----

            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean,
                Tensor? pos_weights = null) =>
                Op.binary_cross_entropy_with_logits.Call(input, target, weight, pos_weights, (long)reduction);

            public static Tensor binary_cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Op.binary_cross_entropy.Call(input, target, weight, (long)reduction);

            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Op.cross_entropy_loss.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor nll_loss(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Op.nll_loss_nd.Call(input, target, weight, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Op.mse_loss.Call(input, target, (long)reduction);

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Op.l1_loss.Call(input, target, (long)reduction);

            public static Tensor smooth_l1_loss(
                Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) =>
                Op.smooth_l1_loss.Call(input, target, (long)reduction, beta);

            public static Tensor huber_loss(
                Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) =>
                Op.huber_loss.Call(input, target, (long)reduction, delta);

            public static Tensor kl_div(
                Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                Op.kl_div.Call(input, target, (long)reduction, log_target);
        }
    }
}
