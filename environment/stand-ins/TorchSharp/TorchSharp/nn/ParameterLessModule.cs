using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Marks modules with neither parameters nor buffers: moving them does nothing.</summary>
public interface IParameterLessModule
{
}

public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;
    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;
    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) =>
        throw ParameterLess.Refused("a buffer");

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.Refused("a parameter");

    public override void register_module(string name, nn.Module submodule)
    {
        ParameterLess.Check(submodule);
        base.register_module(name, submodule);
    }
}

public abstract class ParameterLessModule<T1, T2, TResult> : nn.Module<T1, T2, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;
    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;
    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) =>
        throw ParameterLess.Refused("a buffer");

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.Refused("a parameter");

    public override void register_module(string name, nn.Module submodule)
    {
        ParameterLess.Check(submodule);
        base.register_module(name, submodule);
    }
}

internal static class ParameterLess
{
    public static InvalidOperationException Refused(string what) =>
        new($"Cannot register {what} on a module that is declared 'parameter-less.'");

    public static void Check(nn.Module submodule)
    {
        if (submodule is not IParameterLessModule)
            throw new InvalidOperationException("Submodules of a parameter-less module must also be parameter-less.");
    }
}
