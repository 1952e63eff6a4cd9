using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// The ratios ρ_{n,j} between the columns of a release, Θ_n[:, j] ≈ ρ_{n,j}·M[:, j], by least squares on several rows, so that Run′ is a
/// product with the one matrix M: Σ_n Θ_n·(z − z₀)ⁿ = M·s, s_j = Σ_n ρ_{n,j}·(z − z₀)_jⁿ.
/// </summary>
/// <remarks>
/// M is Θ₁, of which Run′ adds the roundings to its largest term, so that these come out the same; but a unit whose Θ₁ is no normal number of the
/// storage type is expressed by its strongest order. That is enough: a floating-point number is rounded by a part of itself as long as it is
/// normal, so a weak Θ₁ says as much as a strong one, and below that the strongest order is rounded by the smallest part. Which order is the
/// strongest is seen from sixteen rows, for it is the same in all. Of units about which these say nothing, as where W has zeros, all rows are read.
/// </remarks>
internal sealed class ColumnRatios : IMlp, IDisposable
{
    /// <summary>Rows from which it is seen which orders say something.</summary>
    private const int Sample = 16;

    /// <summary>An order that is a smaller part of the strongest one is not divided by: a quotient might be beyond float64.</summary>
    private const double LeastPart = 1e-12;

    /// <summary>What a unit takes once its strongest order is known: a comparison for silence; a product, a maximum and a comparison for Θ₁; and whether that was chosen.</summary>
    private const int OperationsOfChoice = 5;

    private readonly TaylorRelease _released;
    private readonly Tensor _matrix;
    private readonly Tensor _ratios;

    private ColumnRatios(TaylorRelease released, Tensor matrix, Tensor ratios) => (_released, _matrix, _ratios) = (released, matrix, ratios);

    /// <summary>Whether all are finite, as those of finite numbers are.</summary>
    public bool AreFinite => _ratios.isfinite().all().item<bool>();

    /// <summary>Works them out, of lanes in one after the other.</summary>
    /// <param name="released">A release of order 1 or more.</param>
    /// <param name="rows">How many rows they are taken from, at most all.</param>
    /// <param name="tape">Pays.</param>
    public static ColumnRatios Of(TaylorRelease released, int rows, Tape tape)
    {
        if (released.Lanes == 0)
        {
            return Of(released, rows, new TensorMath(tape));
        }

        using DisposeScope scope = NewDisposeScope();
        ColumnRatios[] lanes = [.. Enumerable.Range(0, released.Lanes).Select(lane => Of(released.Lane(lane), rows, new TensorMath(tape.Lane(lane))))];
        return new(
            released, stack([.. lanes.Select(lane => lane._matrix)]).MoveToOuterDisposeScope(), stack([.. lanes.Select(lane => lane._ratios)]).MoveToOuterDisposeScope());
    }

    private static ColumnRatios Of(TaylorRelease released, int rows, TensorMath math)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] orders = [.. released.IsGated ? [released.Theta0] : Array.Empty<Tensor>(), .. Enumerable.Range(0, released.Order).Select(n => released.Theta.select(0, n))];
        int first = released.IsGated ? 1 : 0; // where Θ₁ is
        long outputs = released.Theta0.shape[0];
        rows = (int)Math.Min(rows, outputs);
        long sample = Math.Min(rows, Sample);
        double leastNormal = released.Storage.LeastNormal;

        double[][] strengths = Strengths(orders, sample, null, math);
        int[] chosen = Strongest(strengths, math);
        long[] silent = [.. Enumerable.Range(0, chosen.Length).Where(j => strengths[chosen[j]][j] < leastNormal).Select(j => (long)j)];
        for (int j = 0; j < chosen.Length; j++)
        {
            chosen[j] = strengths[first][j] >= Math.Max(leastNormal, LeastPart * strengths[chosen[j]][j]) ? first : chosen[j];
        }

        math.ChargeOnHost(OperationsOfChoice * chosen.Length);

        Tensor? units = silent.Length == 0 || sample == outputs ? null : tensor(silent, device: released.Theta.device);
        if (units is not null)
        {
            int[] seenFromAll = Strongest(Strengths(orders, outputs, units, math), math);
            foreach ((int place, long unit) in silent.Index())
            {
                chosen[unit] = seenFromAll[place];
            }
        }

        Tensor matrix = Expressed(orders, chosen, first, math);
        Tensor ratios = Ratios(orders, matrix, rows, null, math);
        ratios = units is null ? ratios : math.WithColumns(ratios, [(units, Ratios(orders, matrix, outputs, units, math))]);
        return new(released, matrix.MoveToOuterDisposeScope(), ratios.MoveToOuterDisposeScope());
    }

    /// <summary>Run′ with one product. <c>[m, d]</c> to <c>[m, D]</c></summary>
    public Tensor Infer(Tensor input, TensorMath math)
    {
        (Tensor step, Tensor? up, Tensor? rest) = _released.Hidden(input, math);
        Tensor sum = _released.Variant.Series(_ratios, up is null ? 1 : 0, step, math);
        Tensor y = math.Widened(math.Product(math.As(math.Multiply(sum, up ?? step), _matrix.dtype), _matrix.transpose(-1, -2)));
        y = up is null ? math.Add(y, _released.Theta0.unsqueeze(-2)) : y;
        return math.As(rest is null ? y : math.Add(y, rest), input.dtype);
    }

    /// <summary>The same, which outlive all scopes until they are disposed of: ρ is needed no finer than a product of 16 bits is summed.</summary>
    public ColumnRatios Kept() =>
        new(_released, _matrix.DetachFromDisposeScope(), _ratios.to(_matrix.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32, copy: true).DetachFromDisposeScope());

    /// <inheritdoc/>
    public void Dispose()
    {
        _matrix.Dispose();
        _ratios.Dispose();
    }

    /// <summary>The greatest magnitude of each unit in the first rows, order by order.</summary>
    private static double[][] Strengths(Tensor[] orders, long rows, Tensor? units, TensorMath math) =>
    [
        .. orders.Select(order =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor part = order.narrow(0, 0, rows);
            return math.As(math.GreatestMagnitude(units is null ? part : math.Columns(part, units), 0), ScalarType.Float64).cpu().data<double>().ToArray();
        }),
    ];

    /// <summary>The strongest order of each unit, of equals the lowest.</summary>
    private static int[] Strongest(double[][] strengths, TensorMath math)
    {
        int[] strongest = new int[strengths[0].Length];
        for (int n = 1; n < strengths.Length; n++)
        {
            for (int j = 0; j < strongest.Length; j++)
            {
                strongest[j] = strengths[n][j] > strengths[strongest[j]][j] ? n : strongest[j];
            }
        }

        math.ChargeOnHost((strengths.Length - 1) * strongest.Length);
        return strongest;
    }

    /// <summary>M: of each unit the column of the order that was chosen for it. <c>[D, K]</c></summary>
    private static Tensor Expressed(Tensor[] orders, int[] chosen, int first, TensorMath math)
    {
        (Tensor Columns, Tensor Entries)[] others =
        [
            .. from unit in chosen.Index()
               where unit.Item != first
               group (long)unit.Index by unit.Item into units
               let places = tensor(units.ToArray(), device: orders[first].device)
               select (places, math.Columns(orders[units.Key], places)),
        ];
        return others.Length == 0 ? orders[first] : math.WithColumns(orders[first], others);
    }

    /// <summary>ρ_n = ⟨Θ_n, M⟩ / ⟨M, M⟩ on the first rows, where M is divided by its greatest entry first, so that no square is beyond float64. <c>[N, K]</c></summary>
    private static Tensor Ratios(Tensor[] orders, Tensor matrix, long rows, Tensor? units, TensorMath math)
    {
        Tensor Part(Tensor order, long from, long count) => units is null ? order.narrow(0, from, count) : math.Columns(order.narrow(0, from, count), units);
        Tensor Of(Tensor order, long from, long count) => math.As(Part(order, from, count), ScalarType.Float64); // of what is stored in 16 bits no more than a part at a time
        Tensor greatest = math.As(math.GreatestMagnitude(Part(matrix, 0, rows), 0), ScalarType.Float64);
        Tensor squares = zeros_like(greatest);
        Tensor products = zeros(orders.Length, greatest.shape[0], dtype: greatest.dtype, device: greatest.device);
        foreach ((long from, long count) in TensorMath.RowsInCache(matrix.narrow(0, 0, rows)))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor part = math.DivideOrZero(Of(matrix, from, count), greatest, double.Epsilon);
            squares.copy_(math.Add(squares, math.ColumnProducts(part, part)));
            foreach ((int n, Tensor order) in orders.Index())
            {
                Tensor sum = products.select(0, n);
                sum.copy_(math.Add(sum, math.ColumnProducts(part, Of(order, from, count))));
            }
        }

        return math.DivideOrZero(math.DivideOrZero(products, squares, double.Epsilon), greatest, double.Epsilon);
    }
}
