using TorchSharp;
using Wager.Games;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <summary>
/// The façade through which schemes and adversaries compute on tensors: each operation is charged by its shape to the tape
/// it works for. On a tape of several lanes a leading axis of trials passes through all arithmetic, and each trial is charged what it is
/// alone.
/// </summary>
/// <remarks>
/// A tensor has the axis of trials where its first side is their number, and it has as many sides as the result, or as what it is reduced from: a
/// tensor that all trials share, such as a dataset, has one side fewer, and each trial reads the whole of it.
/// </remarks>
/// <param name="tape">Who pays.</param>
public readonly partial struct TensorMath(Tape tape)
{
    // TorchSharp leaves the numbers that it converts to the garbage collector, which may free one before libtorch has read it: the call
    // fails then, or computes with whatever lies there. So every number here outlives its call, also the 1 of a sum.
    private static readonly Scalar _zero = 0.ToScalar(), _one = 1.ToScalar();

    [ThreadStatic]
    private static bool _isAlone;

    static TensorMath() => ComputeAlone();

    /// <summary>
    /// Has libtorch compute on the calling thread alone: trials are what runs in parallel, and a sum split over threads would round in another
    /// order. It is for each thread to say, for libtorch keeps it for each: a scheme says it where it opens a trial.
    /// </summary>
    public static void ComputeAlone()
    {
        if (!_isAlone)
        {
            set_num_threads(1);
            _isAlone = true;
        }
    }

    /// <summary>Has libtorch compute on several threads where the calling one asks: for one long computation, while no trials are played.</summary>
    public static void ComputeOn(int threads)
    {
        set_num_threads(threads);
        _isAlone = threads == 1;
    }

    /// <summary>
    /// A tensor of these entries in memory of libtorch's own, which is aligned. On a managed array, as it is made at first, a product may
    /// differ in its last digit with where that happens to lie.
    /// </summary>
    public static Tensor Of(double[] entries, Device device, params long[] shape)
    {
        using Tensor managed = tensor(entries, shape, device: device);
        return managed.clone();
    }

    /// <summary>The matrix product. <c>[…, m, k] · […, k, n] = […, m, n]</c>, m·k·n multiply-adds.</summary>
    public Tensor Product(Tensor left, Tensor right)
    {
        Tensor result = Multiplied(left, right);
        return Charged(result, new Cost(MultiplyAdds: PerTrial(result) * left.shape[^1]), left, right);
    }

    /// <summary>left + right, entry by entry.</summary>
    public Tensor Add(Tensor left, Tensor right) => Elementwise(left.add(right, _one), left, right);

    /// <summary>left − right, entry by entry.</summary>
    public Tensor Subtract(Tensor left, Tensor right) => Elementwise(left.sub(right), left, right);

    /// <summary>left · right, entry by entry.</summary>
    public Tensor Multiply(Tensor left, Tensor right) => Elementwise(left.mul(right), left, right);

    /// <summary>left / right, entry by entry, and 0 where the right is smaller than a threshold: a comparison and a division each.</summary>
    public Tensor DivideOrZero(Tensor left, Tensor right, double threshold)
    {
        using Scalar least = threshold.ToScalar();
        Tensor result = left.div(right).masked_fill(right.abs().lt(least), _zero);
        return Charged(result, new Cost(Elementwise: 2 * PerTrial(result)), left, right);
    }

    /// <summary>Where entries are smaller than a threshold: their places, as of a flat tensor, for a comparison each. <c>[n]</c></summary>
    public long[] Small(Tensor tensor, double threshold)
    {
        using Scalar least = threshold.ToScalar();
        Tensor where = tensor.abs().lt(least);
        tape.Charge(new Cost(Elementwise: PerTrial(tensor), BytesRead: PerTrial(tensor) * tensor.ElementSize));
        return where.any().item<bool>() ? [.. where.flatten().nonzero().view(-1).data<long>()] : [];
    }

    /// <summary>Charges operations, such as comparisons, on numbers that are not in a tensor.</summary>
    public void ChargeOnHost(long count) => tape.Charge(new Cost(Elementwise: count));

    /// <summary>The index of the entry of greatest magnitude in a flat tensor, for a comparison each.</summary>
    public long Greatest(Tensor tensor)
    {
        tape.Charge(new Cost(Elementwise: tensor.numel(), BytesRead: tensor.numel() * tensor.ElementSize));
        return tensor.abs().argmax().item<long>();
    }

    /// <summary>factor · tensor.</summary>
    public Tensor Scale(Tensor tensor, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return Elementwise(tensor.mul(scalar), tensor);
    }

    /// <summary>left · right + addend, entry by entry: one multiply-add each.</summary>
    public Tensor MultiplyAdd(Tensor left, Tensor right, Tensor addend)
    {
        Tensor result = InVectors(static of => of[2].addcmul(of[0], of[1], _one), left, right, addend);
        return Charged(result, new Cost(MultiplyAdds: PerTrial(result)), left, right, addend);
    }

    /// <summary>factor · tensor + addend, entry by entry: one multiply-add each.</summary>
    public Tensor ScaleAdd(Tensor tensor, double factor, Tensor addend)
    {
        using Scalar scalar = factor.ToScalar();
        Tensor result = InVectors(of => of[1].add(of[0], scalar), tensor, addend);
        return Charged(result, new Cost(MultiplyAdds: PerTrial(result)), tensor, addend);
    }

    /// <summary>The sum along an axis.</summary>
    public Tensor Sum(Tensor tensor, int axis) =>
        Reduced(tensor.sum(axis), new Cost(Elementwise: PerTrial(tensor)), tensor);

    /// <summary>The least entries along an axis.</summary>
    public Tensor Minimum(Tensor tensor, int axis) =>
        Reduced(tensor.amin([axis]), new Cost(Elementwise: PerTrial(tensor)), tensor);

    /// <summary>The greatest entries along an axis.</summary>
    public Tensor Maximum(Tensor tensor, int axis) =>
        Reduced(tensor.amax([axis]), new Cost(Elementwise: PerTrial(tensor)), tensor);

    /// <summary>The greatest magnitudes along an axis: two comparisons each.</summary>
    public Tensor GreatestMagnitude(Tensor tensor, int axis) =>
        Reduced(tensor.amax([axis]).maximum(tensor.amin([axis]).neg_()), new Cost(Elementwise: 2 * PerTrial(tensor)), tensor);

    /// <summary>Σ_i left[i, j]·right[i, j]: one multiply-add each. <c>[n, k]</c> and <c>[n, k]</c> to <c>[k]</c></summary>
    public Tensor ColumnProducts(Tensor left, Tensor right) =>
        Reduced(left.mul(right).sum(-2), new Cost(MultiplyAdds: PerTrial(left)), left, right);

    /// <summary>e to the power of each entry.</summary>
    public Tensor Exp(Tensor tensor) => Transcendental(InVectors(static of => of[0].exp(), tensor), tensor);

    /// <summary>The error function of each entry.</summary>
    public Tensor Erf(Tensor tensor) => Transcendental(InVectors(static of => of[0].erf(), tensor), tensor);

    /// <summary>The logistic function of each entry.</summary>
    public Tensor Sigmoid(Tensor tensor) => Transcendental(InVectors(static of => of[0].sigmoid(), tensor), tensor);

    /// <summary>The entries that are above 0, and 0 for the others: a comparison each.</summary>
    public Tensor Positive(Tensor tensor) => Elementwise(tensor.relu(), tensor);

    /// <summary>1 for the entries that are above 0, and 0 for the others: a comparison each.</summary>
    public Tensor IsPositive(Tensor tensor) => Elementwise(tensor.gt(_zero).to_type(tensor.dtype), tensor);

    /// <summary>Each entry, but no less than the least and no more than the greatest: two comparisons each.</summary>
    public Tensor Clamp(Tensor tensor, double least, double greatest)
    {
        using Scalar low = least.ToScalar();
        using Scalar high = greatest.ToScalar();
        return Charged(tensor.clamp(low, high), new Cost(Elementwise: 2 * PerTrial(tensor)), tensor);
    }

    /// <summary>1 for the entries of magnitude at most a bound, and 0 for the others: a comparison each.</summary>
    public Tensor IsWithin(Tensor tensor, double bound)
    {
        using Scalar most = bound.ToScalar();
        return Elementwise(tensor.abs().le(most).to_type(tensor.dtype), tensor);
    }

    /// <summary>A tensor of a shape with one number everywhere, for nothing.</summary>
    public static Tensor Full(Tensor like, double entry)
    {
        using Scalar scalar = entry.ToScalar();
        return full_like(like, scalar);
    }

    /// <summary>|left − right| / |right|, entry by entry, 0 for 0, and nobody pays: for those who compare.</summary>
    public static Tensor RelativeDifference(Tensor left, Tensor right)
    {
        using DisposeScope scope = NewDisposeScope();
        return Share(left.sub(right).abs(), right.abs()).MoveToOuterDisposeScope();
    }

    /// <summary>part / whole, entry by entry, 0 for 0, and nobody pays.</summary>
    public static Tensor Share(Tensor part, Tensor whole) => part.div(whole).masked_fill(part.eq(_zero), _zero);

    /// <summary>Some rows. Nothing is computed: only bytes are charged.</summary>
    /// <param name="tensor"><c>[n, …]</c></param>
    /// <param name="rows">Their indices, 0 … n − 1, by trial where it has two axes. <c>[m]</c> or <c>[B, m]</c></param>
    public Tensor Rows(Tensor tensor, Tensor rows)
    {
        Tensor result = tensor.index_select(0, rows.reshape(-1)).view([.. rows.shape, .. tensor.shape[1..]]);
        return Charged(result, default, result);
    }

    /// <summary>Some columns: entries along the last axis. Nothing is computed: only bytes are charged.</summary>
    /// <param name="tensor"><c>[…, n]</c></param>
    /// <param name="columns">Their indices, 0 … n − 1. <c>[m]</c></param>
    public Tensor Columns(Tensor tensor, Tensor columns)
    {
        Tensor result = tensor.index_select(-1, columns);
        return Charged(result, default, result);
    }

    /// <summary>The rows of matrices, one matrix above the next. Nothing is computed: only bytes are charged.</summary>
    /// <param name="parts"><c>[m, k]</c>, with one k.</param>
    public Tensor Join(params IReadOnlyList<Tensor> parts) => Charged(cat([.. parts], -2), default, [.. parts]);

    /// <summary>The root of the sum of all squares, for a multiply-add each.</summary>
    public double Norm(Tensor tensor)
    {
        using Tensor norm = tensor.norm();
        tape.Charge(new Cost(MultiplyAdds: tensor.numel(), BytesRead: tensor.numel() * tensor.ElementSize));
        return norm.item<double>();
    }

    /// <summary>
    /// Of all X for which A·X is nearest to Y the one of least norm: Householder's QR of A and Y side by side, and the singular value
    /// decomposition of A's triangle. Singular values up to max(m, k)·2⁻⁵² of the greatest count as 0.
    /// </summary>
    /// <remarks>
    /// Counted as what these algorithms take at most, with p = min(m, k): m·(k + n)·min(m, k + n) multiply-adds for the QR, 7·k·p² + 4·p³ for
    /// the singular values and vectors (Golub and Van Loan), p·(p + k)·n for X, and p·n divisions.
    /// </remarks>
    /// <param name="a">A, of finite numbers in float64. <c>[m, k]</c></param>
    /// <param name="y">Y, likewise. <c>[m, n]</c></param>
    public LeastSquaresSolution LeastSquares(Tensor a, Tensor y)
    {
        using DisposeScope scope = NewDisposeScope();
        (long m, long k, long n) = (a.shape[0], a.shape[1], y.shape[1]);
        long p = Math.Min(m, k);
        Tensor triangle = linalg.qr(cat([a, y], 1), linalg.QRMode.R).R;
        (Tensor u, Tensor singular, Tensor v) = linalg.svd(triangle.narrow(0, 0, p).narrow(1, 0, k), fullMatrices: false);
        double[] values = [.. singular.cpu().data<double>()];
        double tolerance = Math.Max(m, k) * Math.ScaleB(1, -52);
        int rank = Array.FindLastIndex(values, value => value > tolerance * values[0]) + 1;
        Tensor inner = u.narrow(1, 0, rank).transpose(0, 1).matmul(triangle.narrow(0, 0, p).narrow(1, k, n)).div(singular.narrow(0, 0, rank).unsqueeze(-1));
        Tensor x = v.narrow(0, 0, rank).transpose(0, 1).matmul(inner);
        Cost cost = new(
            MultiplyAdds: ((double)m * (k + n) * Math.Min(m, k + n)) + (7.0 * k * p * p) + (4.0 * p * p * p) + ((double)p * (p + k) * n), Elementwise: (double)p * n);
        return new(Charged(x, cost, a, y).MoveToOuterDisposeScope(), rank, tolerance, rank == 0 ? double.PositiveInfinity : values[0] / values[rank - 1]);
    }

    /// <summary>A copy of a matrix with other columns in some places. Nothing is computed: only bytes are charged.</summary>
    /// <param name="matrix"><c>[n, k]</c></param>
    /// <param name="others">Which columns, 0 … k − 1, none of them twice, and what stands there. <c>[m]</c> and <c>[n, m]</c></param>
    public Tensor WithColumns(Tensor matrix, IEnumerable<(Tensor Columns, Tensor Entries)> others)
    {
        Tensor result = Charged(matrix.clone(), default, matrix);
        foreach ((Tensor columns, Tensor entries) in others)
        {
            result.index_copy_(1, columns, entries);
            Charged(entries, default, entries);
        }

        return result;
    }

    private Tensor Elementwise(Tensor result, params ReadOnlySpan<Tensor> operands) =>
        Charged(result, new Cost(Elementwise: PerTrial(result)), operands);

    private Tensor Transcendental(Tensor result, Tensor operand) =>
        Charged(result, new Cost(Transcendental: PerTrial(result)), operand);

    private Tensor Charged(Tensor result, Cost cost, params ReadOnlySpan<Tensor> operands) => Charged(result, result.dim(), cost, operands);

    private Tensor Reduced(Tensor result, Cost cost, params ReadOnlySpan<Tensor> operands) => Charged(result, operands[0].dim(), cost, operands);
}

/// <summary>What <see cref="TensorMath.LeastSquares"/> found.</summary>
/// <param name="X">The solution. <c>[k, n]</c></param>
/// <param name="Rank">The numerical rank of A: how many of its rows are independent.</param>
/// <param name="Tolerance">The share of the greatest singular value up to which one counts as 0.</param>
/// <param name="Condition">The greatest singular value over the least that does not count as 0; infinite where all do.</param>
public readonly record struct LeastSquaresSolution(Tensor X, int Rank, double Tolerance, double Condition);
