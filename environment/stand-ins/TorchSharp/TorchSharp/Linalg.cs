namespace TorchSharp;

public static partial class torch
{
    public static class linalg
    {
        public static Tensor cholesky(Tensor input) => Op.linalg_cholesky.Call(input);
        public static Tensor det(Tensor input) => Op.linalg_det.Call(input);
        public static Tensor inv(Tensor input) => Op.linalg_inv.Call(input);
        public static Tensor svdvals(Tensor input) => Op.linalg_svdvals.Call(input);
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Op.linalg_eigh.Call2(input, UPLO.ToString());
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Op.linalg_eigvalsh.Call(input, UPLO.ToString());

        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Op.linalg_solve.Call(A, B, left);

        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) =>
            Op.linalg_norm.Call(input, Value.None, dims, keepdim);

        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) =>
            Op.linalg_norm.Call(input, ord, dims, keepdim);

        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) =>
            Op.linalg_vector_norm.Call(input, ord, dims, keepdim);
    }
}
