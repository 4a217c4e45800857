namespace TorchSharp;

public static partial class torch
{
    public class Generator : IDisposable
    {
        public nint Handle { get; private set; }

        public Device device { get; private set; }

        internal Generator(nint handle)
        {
            Handle = handle;
            device = CPU;
        }

        public Generator(ulong seed = 0, Device? device = null)
            : this(Native.Check(Native.host_new_generator((long)seed, (int)(device?.type ?? DeviceType.CPU), device?.index ?? -1))) =>
            this.device = device ?? CPU;

        public static Generator Default => new(Native.Check(Native.host_default_generator()));

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.host_generator_seed(Handle, seed));
            return this;
        }

        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed() => Native.host_generator_initial_seed(Handle);

        public Tensor get_state() => new(Native.Check(Native.host_generator_state(Handle)));

        public void set_state(Tensor value) => Native.Check(Native.host_set_generator_state(Handle, value.Handle));

        protected virtual void Dispose(bool disposing)
        {
            if (Handle == 0) return;
            Native.host_release_generator(Handle);
            Handle = 0;
        }

        ~Generator() => Dispose(false);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Seeds the CPU's generator and every GPU's.</summary>
    public static Generator manual_seed(long seed)
    {
        Native.Check(Native.host_manual_seed(seed));
        return Generator.Default;
    }

    public static long seed() => random.seed();
    public static long initial_seed() => random.initial_seed();
    public static Tensor get_rng_state() => random.get_rng_state();
    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            using var generator = torch.manual_seed(seed);
            return seed;
        }

        public static long initial_seed()
        {
            using var generator = Generator.Default;
            return generator.initial_seed();
        }

        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }
}
