using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Tests.StandIns;

/// <summary>Tensors themselves: element types, memory, values in and out, gradients, modes, seeds, errors.</summary>
public class TorchTensorsTests
{
    [Fact]
    public void ATensorTellsItsShapeTypeAndPlace()
    {
        using var scope = NewDisposeScope();
        var a = zeros(2, 3, 4);
        Assert.Equal([2, 3, 4], a.shape);
        Assert.Equal([12, 4, 1], a.stride());
        Assert.Equal(4, a.size(-1));
        Assert.Equal(24, a.numel());
        Assert.Equal(3, a.dim());
        Assert.Equal(4, a.element_size());
        Assert.Equal(float32, a.dtype);
        Assert.Equal(DeviceType.CPU, a.device_type);
        Assert.Equal("cpu", a.device.ToString());
        Assert.True(a.is_contiguous());
        Assert.False(a.transpose(0, 2).is_contiguous());
        Assert.Equal(12, a[1].storage_offset());
        Assert.True(a.is_floating_point());
        Assert.False(a.@int().is_floating_point());
        Assert.Empty(tensor(1f).shape);
        Assert.Throws<ExternalException>(() => a.size(3));
    }

    [Theory]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Bool)]
    public void EveryElementTypeConverts(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var a = tensor([0f, 1, 2]).to(type);
        Assert.Equal(type, a.dtype);
        Assert.Equal(type.ElementSize(), a.element_size());
        Assert.Equal(type == ScalarType.Bool ? [0, 1, 1] : [0f, 1, 2], a.to(float32).data<float>().ToArray());
        Assert.Equal(1f, a[1].ToSingle());
    }

    [Fact]
    public void ValuesGoInAndOutInRowMajorOrder()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new[,] { { 1f, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([2, 3], a.shape);
        Assert.Equal([1, 4, 2, 5, 3, 6], a.t().data<float>().ToArray());
        Assert.Equal(5, a.data<float>()[1, 1]);
        Assert.Equal(new[,] { { 1f, 4 }, { 2, 5 }, { 3, 6 } }, (float[,])a.t().data<float>().ToNDArray());
        Assert.Equal(6, a[1, 2].item<float>());
        Assert.Throws<ArgumentException>(() => a.item<float>());
        Assert.Throws<ArgumentException>(() => a.data<double>());
        Assert.Throws<ArgumentException>(() => tensor([1f, 2], [3]));

        a.data<float>().CopyFrom([7f, 8], 0, 4);
        Assert.Equal([1, 2, 3, 4, 7, 8], a.data<float>().ToArray());
        a.t().data<float>()[0, 1] = 9;
        Assert.Equal(9, a[1, 0].item<float>());
    }

    [Fact]
    public void ATensorCopiesItsArrayAndFromArraySharesIt()
    {
        using var scope = NewDisposeScope();
        float[] array = [1, 2, 3];
        var copied = tensor(array);
        var shared = from_array(array);
        array[0] = 9;
        Assert.Equal(1, copied[0].item<float>());
        Assert.Equal(9, shared[0].item<float>());
        shared[1] = tensor(5f);
        Assert.Equal(5, array[1]);
    }

    [Fact]
    public void BytesAreTheTensorsMemory()
    {
        using var scope = NewDisposeScope();
        var a = zeros(2, int32);
        a.bytes = new byte[] { 1, 0, 0, 0, 2, 0, 0, 0 };
        Assert.Equal([1, 2], a.data<int>().ToArray());
        Assert.Equal(8, a.bytes.Length);
        Assert.Throws<InvalidOperationException>(() => zeros(2, 2).t().bytes.Length);
        Assert.Throws<ArgumentException>(() => a.bytes = new byte[3]);
    }

    [Fact]
    public void ScalarsConvertBothWays()
    {
        using var scope = NewDisposeScope();
        Tensor three = 3;
        Assert.Equal(int32, three.dtype);
        Assert.Equal(3.0, (double)three);
        Assert.Equal(2.5f, (float)tensor(2.5));
        Assert.True((bool)tensor(true));
        Assert.Equal(float32, (ones(2) * 2.0).dtype);
        Assert.Equal(int64, (ones(2, int64) * 2).dtype);
        Assert.Equal(float32, (ones(2, int64) * 2.5).dtype);
        Assert.Equal(ScalarType.Int64, ((Scalar)3).Type);
        Assert.Equal(ScalarType.Float64, 3f.ToScalar().Type);
    }

    [Fact]
    public void GradientsFlowToLeavesAndAddUp()
    {
        using var scope = NewDisposeScope();
        var a = tensor([1f, 2, 3], requires_grad: true);
        var b = a * 2;
        Assert.True(a.is_leaf);
        Assert.False(b.is_leaf);
        b.retain_grad();
        (b * b).sum().backward();
        Assert.Equal([8, 16, 24], a.grad!.data<float>().ToArray());
        Assert.Equal([4, 8, 12], b.grad!.data<float>().ToArray());
        a.sum().backward();
        Assert.Equal([9, 17, 25], a.grad!.data<float>().ToArray());
        Assert.False(a.detach().requires_grad);
        Assert.Throws<ExternalException>(() => ones(1).sum().backward());
        Assert.Throws<ExternalException>(() => (a * 1).backward());
    }

    [Fact]
    public void AGraphIsFreedUnlessRetained()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, requires_grad: true);
        var loss = a.exp().sum();
        loss.backward(retain_graph: true);
        loss.backward();
        Assert.Throws<ExternalException>(() => loss.backward());
    }

    [Fact]
    public void SecondDerivativesThroughGrad()
    {
        using var scope = NewDisposeScope();
        var a = tensor([2.0], requires_grad: true);
        var first = autograd.grad([a.pow(3).sum()], [a], create_graph: true)[0];
        var second = autograd.grad([first.sum()], [a])[0];
        Assert.Equal(12, first.item<double>(), 12);
        Assert.Equal(12, second.item<double>(), 12);
        var unused = ones(1, requires_grad: true);
        Assert.Throws<ExternalException>(() => autograd.grad([a.sum()], [unused]));
    }

    [Fact]
    public void NoGradAndInferenceModeRecordNothingAndEndWithTheirScope()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, requires_grad: true);
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((a * 2).requires_grad);
            using (enable_grad()) Assert.True((a * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }
        using (set_grad_enabled(false)) Assert.False((a * 2).requires_grad);
        Assert.True(is_grad_enabled());
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False((a * 2).requires_grad);
        }
        Assert.False(is_inference_mode_enabled());
        Assert.True((a * 2).requires_grad);
    }

    [Fact]
    public void ASeedRepeatsTheNumbersAndAStateToo()
    {
        using var scope = NewDisposeScope();
        manual_seed(42);
        var first = randn(5);
        var state = get_rng_state();
        var second = randn(5);
        manual_seed(42);
        Assert.True(first.Equals(randn(5)));
        set_rng_state(state);
        Assert.True(second.Equals(randn(5)));

        using var mine = new Generator(7);
        using var same = new Generator(7);
        Assert.True(rand(4, generator: mine).Equals(rand(4, generator: same)));
        Assert.Equal(7, mine.initial_seed());
        Assert.True(randperm(9, generator: mine).Equals(randperm(9, generator: same)));
    }

    [Fact]
    public void WrongShapesAndTypesAreExceptionsNotCrashes()
    {
        using var scope = NewDisposeScope();
        // The real matmul ends the process here, so the kit checks shapes before it calls it.
        RestoredPackages.SkipUnlessStandIn("TorchSharp");
        Assert.Contains("2x3 and 2x3", Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(2, 3))).Message);
    }

    [Fact]
    public void WhatLibtorchRefusesIsAnExternalExceptionWithItsReason()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, 3);
        Assert.Contains("must match", Assert.Throws<ExternalException>(() => a + ones(4)).Message);
        Assert.Throws<ExternalException>(() => a.view(5));
        Assert.Throws<ExternalException>(() => cat([a, ones(2, 4)]));
        Assert.Throws<ExternalException>(() => a.sum(7));
        Assert.Throws<ExternalException>(() => nn.functional.binary_cross_entropy_with_logits(a, ones(3, 2)));
        Assert.Equal(6, (a + 1 - 1).sum().item<float>());
    }

    [Fact]
    public void AnIndexOutOfRangeIsAnException()
    {
        using var scope = NewDisposeScope();
        var a = arange(6).reshape(2, 3);
        Assert.Throws<ExternalException>(() => a[2]);
        Assert.Throws<ExternalException>(() => a[0, 0, 0]);
        Assert.Throws<ExternalException>(() => a.index_select(0, tensor([5L])));
    }

    [Fact]
    public void DevicesAreNamedAndAskedFor()
    {
        Assert.Equal(DeviceType.CUDA, new Device("cuda:1").type);
        Assert.Equal(1, new Device("cuda:1").index);
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
        Assert.Equal("cpu", CPU.ToString());
        Assert.Equal(cuda.is_available(), cuda.device_count() > 0);
        if (!cuda.is_available()) Assert.ThrowsAny<Exception>(() => zeros(1, device: "cuda"));
        using var a = ones(2);
        using var b = a.to(CPU);
        using var c = a.cpu();
        Assert.True(b.Equals(c));
    }

    [Fact]
    public void ThreadsAreAtLeastOne() => Assert.True(get_num_threads() >= 1);

    [Fact]
    public void ATensorShowsWhatItIs()
    {
        using var a = zeros(2, 3);
        Assert.Equal("[2x3], type = Float32, device = cpu", a.ToString());
    }

    [Fact]
    public void SizesAddAndSlice()
    {
        Size size = (2L, 3L, 4L);
        Assert.Equal(24, size.numel());
        Assert.Equal([3L, 4L], size.Slice(1, 3));
        Assert.Equal([2L, 3L, 4L, 5L], size + new Size([5L]));
    }

    [Fact]
    public void TensorsOutliveTheirParentsMemory()
    {
        using var scope = NewDisposeScope();
        var whole = arange(12, dtype: float32).reshape(3, 4);
        var row = whole[1];
        whole.Dispose();
        Assert.Equal([4, 5, 6, 7], row.data<float>().ToArray());
    }
}
