using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Tests.StandIns;

/// <summary>Who owns a tensor, and when it is freed: dispose scopes, their statistics, the collector.</summary>
public class TorchScopesTests
{
    private static long Live => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    [Fact]
    public void AScopeDisposesWhatWasMadeInIt()
    {
        Tensor inside;
        using (NewDisposeScope())
        {
            inside = zeros(2);
            _ = inside + 1;
            Assert.Equal(2, CurrentDisposeScope!.DisposablesCount);
        }

        Assert.True(inside.IsInvalid);
        Assert.Null(CurrentDisposeScope);
        Assert.Throws<InvalidOperationException>(() => inside + 1);
    }

    [Fact]
    public void ATensorMovedOutLivesInTheOuterScope()
    {
        using var outer = NewDisposeScope();
        Tensor kept, dropped;
        using (var inner = NewDisposeScope())
        {
            kept = zeros(2).MoveToOuterDisposeScope();
            dropped = zeros(2);
            Assert.True(outer.Contains(kept));
            Assert.True(inner.Contains(dropped));
        }

        Assert.False(kept.IsInvalid);
        Assert.True(dropped.IsInvalid);
    }

    [Fact]
    public void MovedOutOfTheOutermostScopeItBelongsToNobody()
    {
        Tensor kept;
        using (NewDisposeScope()) kept = zeros(2).MoveToOuterDisposeScope();
        using (kept) Assert.Equal(2, kept.numel());
    }

    [Fact]
    public void ADetachedTensorOutlivesEveryScope()
    {
        Tensor kept;
        using (NewDisposeScope())
        using (NewDisposeScope())
            kept = zeros(2).DetachFromDisposeScope();
        using (kept) Assert.Equal(2, kept.numel());
    }

    [Fact]
    public void ATensorMovesToTheScopeOfAnother()
    {
        using var outer = NewDisposeScope();
        var anchor = zeros(1);
        Tensor moved, attached;
        using (NewDisposeScope())
        {
            moved = zeros(2).MoveToOtherDisposeScope(anchor);
            attached = zeros(2).DetachFromDisposeScope().MoveToOtherDisposeScope(outer);
        }

        Assert.False(moved.IsInvalid);
        Assert.True(outer.Contains(attached));
    }

    [Fact]
    public void DisposeEverythingButKeepsWhatItIsGiven()
    {
        using var scope = NewDisposeScope();
        Tensor a = zeros(1), b = zeros(1), c = zeros(1);

        var (first, second) = scope.DisposeEverythingBut(a, b);

        Assert.Same(a, first);
        Assert.False(second.IsInvalid);
        Assert.True(c.IsInvalid);
        Assert.Equal(2, scope.DisposablesCount);
    }

    [Fact]
    public void AScopeDisposedOutOfOrderLeavesTheChainWhole()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        var made = zeros(1);
        Assert.True(inner.Contains(made));

        inner.Dispose();

        Assert.True(made.IsInvalid);
        Assert.Null(CurrentDisposeScope);
        Assert.Throws<ObjectDisposedException>(() => inner.DisposablesCount);
    }

    [Fact]
    public void AnInPlaceOperationGivesTheSameObjectBack()
    {
        using var scope = NewDisposeScope();
        var a = ones(3);
        Assert.Same(a, a.add_(1));
        Assert.Same(a, a.mul_(2).relu_().clamp_min_(0));
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void StatisticsCountWhatLivesOnThisThread()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        var outside = zeros(1);
        using (NewDisposeScope())
        {
            var inside = zeros(1);
            _ = inside.DetachFromDisposeScope();
            _ = zeros(1);
            inside.Dispose();
        }

        Assert.Equal(1, statistics.CreatedOutsideScopeCount);
        Assert.Equal(2, statistics.CreatedInScopeCount);
        Assert.Equal(1, statistics.DetachedFromScopeCount);
        Assert.Equal(1, statistics.DisposedInScopeCount);
        Assert.Equal(1, statistics.DisposedOutsideScopeCount);
        Assert.Equal(1, statistics.ThreadTotalLiveCount);
        outside.Dispose();
        Assert.Equal(0, statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void TrainingStepsLeaveNoTensorBehind()
    {
        using var model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 1));
        using var optimizer = optim.AdamW(model.parameters());
        void Step()
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = model.call(randn(4, 8)).pow(2).mean();
            loss.backward();
            optimizer.step();
            _ = loss.item<float>();
        }

        Step();
        var before = Live;
        for (var i = 0; i < 10; i++) Step();

        Assert.Equal(before, Live);
    }

    [Fact]
    public void ScopesBelongToTheirThread()
    {
        using var scope = NewDisposeScope();
        Tensor? other = null;
        DisposeScope? seen = scope;
        var thread = new Thread(() =>
        {
            seen = CurrentDisposeScope;
            other = zeros(1);
        });
        thread.Start();
        thread.Join();

        Assert.Null(seen);
        Assert.Equal(0, scope.DisposablesCount);
        other!.Dispose();
    }

    [Fact]
    public void ManyThreadsComputeAtOnce()
    {
        var expected = Enumerable.Range(0, 8).Select(Compute).ToArray();
        var actual = new double[8];
        var threads = Enumerable.Range(0, 8).Select(i => new Thread(() => actual[i] = Compute(i))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(expected, actual);

        static double Compute(int seed)
        {
            var total = 0.0;
            for (var round = 0; round < 50; round++)
            {
                using var scope = NewDisposeScope();
                var a = (arange(12, dtype: float64).reshape(3, 4) * (seed + 1)).sin().requires_grad_();
                var loss = a.matmul(a.mT).exp().sum();
                loss.backward();
                total += a.grad!.sum().item<double>();
            }
            return total;
        }
    }

    [Fact]
    public void TheCollectorFreesWhatNobodyDisposed()
    {
        var forgotten = Make();
        for (var i = 0; i < 20 && forgotten.Any(tensor => tensor.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        // A few may still be held by this thread's stack.
        Assert.InRange(forgotten.Count(tensor => tensor.IsAlive), 0, 10);

        static List<WeakReference> Make() =>
            [.. Enumerable.Range(0, 1000).Select(_ => new WeakReference(zeros(1), trackResurrection: true))];
    }

    [Fact]
    public void AParameterTakesTheTensorsPlaceInItsScope()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);

        var parameter = nn.Parameter(data);

        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Assert.True(scope.Contains(parameter));
        Assert.False(scope.Contains(data));
    }
}
