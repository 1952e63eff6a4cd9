using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// The hidden units of an MLP that a release leaves in clear (Wang et al. 2024, App. D): all but the K whose z varies least, by
/// |z_max − z_min|, since near z₀ a Taylor sum is right.
/// </summary>
/// <param name="Protected">The places of the protected units among all h, ascending. <c>[K]</c>, int64</param>
/// <param name="Places">Those of the others, ascending. <c>[h − K]</c>, int64</param>
/// <param name="W">The others' columns of W. <c>[D, h − K]</c></param>
/// <param name="B">Their entries of b. <c>[h − K]</c></param>
public sealed record ClearUnits(Tensor Protected, Tensor Places, Tensor W, Tensor B)
{
    /// <summary>The K units that vary least, ascending; of two that vary alike the first.</summary>
    /// <param name="range">|z_max − z_min| of each unit. <c>[h]</c></param>
    /// <param name="count">K.</param>
    /// <exception cref="ArgumentOutOfRangeException">K is not in 1 … h.</exception>
    public static int[] LeastVarying(ReadOnlySpan<double> range, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, range.Length);
        double[] keys = range.ToArray();
        int[] places = [.. Enumerable.Range(0, keys.Length).OrderBy(j => keys[j]).Take(count)];
        Array.Sort(places);
        return places;
    }

    /// <summary>The places that are not protected, ascending.</summary>
    public static int[] Others(ReadOnlySpan<int> places, int hidden)
    {
        bool[] isProtected = new bool[hidden];
        foreach (int place in places)
        {
            isProtected[place] = true;
        }

        return [.. Enumerable.Range(0, hidden).Where(j => !isProtected[j])];
    }

    /// <summary>The units of an MLP that are left in clear; null where all are protected. Nothing is computed: only bytes are charged.</summary>
    public static ClearUnits? Of(MlpWeights weights, ReadOnlySpan<int> places, TensorMath math)
    {
        int[] others = Others(places, weights.Shape.Hidden);
        if (others.Length == 0)
        {
            return null;
        }

        Tensor rest = Indices(others, weights.W.device);
        return new(Indices(places.ToArray(), weights.W.device), rest, math.Columns(weights.W, rest), math.Columns(weights.B, rest));
    }

    /// <summary>What the units in clear add to y. <c>[m, D]</c></summary>
    /// <param name="z">Vx of all units. <c>[m, h]</c></param>
    /// <param name="up">Ux of all units where there is a gate. <c>[m, h]</c></param>
    /// <param name="activation">The activation.</param>
    /// <param name="math">Pays.</param>
    public Tensor Infer(Tensor z, Tensor? up, Activation activation, TensorMath math)
    {
        Tensor hidden = activation.Apply(math, math.Add(math.Columns(z, Places), B.unsqueeze(-2)));
        hidden = up is null ? hidden : math.Multiply(hidden, math.Columns(up, Places));
        return math.Widened(math.Product(math.As(hidden, W.dtype), W.transpose(-1, -2)));
    }

    /// <summary>W and b of all units, from those of the protected ones.</summary>
    /// <param name="w">The protected units' W. <c>[D, K]</c></param>
    /// <param name="b">Their b. <c>[K]</c></param>
    public (Tensor W, Tensor B) Join(Tensor w, Tensor b)
    {
        Tensor whence = cat([Protected, Places]).argsort(); // where each unit's column is in the two side by side
        return (cat([w, W], 1).index_select(1, whence), cat([b, B]).index_select(0, whence));
    }

    /// <summary>The same tensors, to outlive the scope that they were made in.</summary>
    internal ClearUnits MoveToOuterDisposeScope() =>
        new(Protected.MoveToOuterDisposeScope(), Places.MoveToOuterDisposeScope(), W.MoveToOuterDisposeScope(), B.MoveToOuterDisposeScope());

    /// <summary>Places as a tensor.</summary>
    internal static Tensor Indices(int[] places, Device device) => tensor([.. places.Select(place => (long)place)], dtype: int64, device: device);
}
