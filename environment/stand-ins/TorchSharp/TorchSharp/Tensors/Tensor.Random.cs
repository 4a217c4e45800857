namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor bernoulli(Generator? generator = null) => Op.bernoulli.Call(this, generator);
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            Op.bernoulli__float.InPlace(this, p, generator);
        public Tensor bernoulli_(Tensor p, Generator? generator = null) =>
            Op.bernoulli__Tensor.InPlace(this, p, generator);
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Op.multinomial.Call(this, num_samples, replacement, generator);
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            Op.normal_.InPlace(this, mean, std, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            Op.uniform_.InPlace(this, from, to, generator);

        public Tensor random_(double from, double to, Generator? generator = null) =>
            Op.random__from.InPlace(this, (long)from, (long)to, generator);
    }
}
