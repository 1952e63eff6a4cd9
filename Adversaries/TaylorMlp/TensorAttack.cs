using TorchSharp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// <see cref="LayerAttack.Jointly"/> on a layer in tensors, on whatever device they are. There Θ is projected and divided; to the host go N + 4
/// numbers of each unit, and the columns of those few that are lost at first; x₀ is found on the host, and 1/g_n or the like goes back.
/// </summary>
/// <remarks>
/// For D = 5120, h = 13824 and N = 8 in a 16-bit type Θ has 1.13 GB (1.27 GB with a gate) and W 0.14 GB, one number of each unit 0.11 MB in float64. See <see cref="TensorDivision"/>
/// for the launches of a block, of which there are 9 on a GPU: 27 for W from one order, 90 from eight. The projection reads 64 or 256 rows of 5120 (8 where x₀ is public) in two launches
/// an order and 23 besides, for each block of columns, of which there are 4 where 256 rows are read, else 1.
/// </remarks>
/// <param name="Orders">How many orders W is read from.</param>
/// <param name="Threads">How many threads find x₀; what is recovered does not depend on it.</param>
public sealed record TensorAttack(OrdersRead Orders = OrdersRead.All, int Threads = 1)
{
    private const int ColumnsAtOnce = 256; // that go to the host

    private LayerAttack OnHost => new(Orders, Threads);

    /// <summary>The joint attack.</summary>
    /// <param name="layer">The release.</param>
    /// <param name="weights">What W is written in.</param>
    /// <param name="work">Grows by what was done: counted as on the host, wherever it is done.</param>
    /// <returns>What is recovered, and W. <c>[D, h]</c></returns>
    public (RecoveredLayer Recovered, Tensor W) Jointly(TensorLayer layer, StorageType weights, ref Cost work)
    {
        using DisposeScope scope = NewDisposeScope();
        ReleasedLayer shape = layer.Shape;
        Tensor w = empty([shape.Outputs, shape.Hidden], dtype: TensorLayer.TypeOf(weights), device: layer.Device);
        if (shape.Order < shape.LeastOrder)
        {
            return (LayerAttack.Nothing(shape), w.zero_().MoveToOuterDisposeScope());
        }

        int rows = OnHost.RowsOf(shape);
        work += LayerAttack.CostOfProjection(shape, rows);
        (Projection projection, RecoveredUnit[] units) = OnHost.Solve(shape, TensorProjection.Of(layer, rows), widens: false, ref work);
        Widen(layer, projection, units, ref work);
        double[] g = OnHost.Coefficients(shape, units, ref work);
        TensorDivision division = new(layer, LayerAttack.InScale(shape, g, ref work), w);
        double[] images = Orders == OrdersRead.All
            ? division.ByAllOrders(projection, LayerAttack.Shares(shape, units, g))
            : division.ByOneOrder(LayerAttack.Chosen(shape, projection, units, g, division.Coefficients));
        work += OnHost.CostOfDivision(shape);
        RecoveredLayer recovered = LayerAttack.Finish(shape, null, units, images, ref work);
        bool isFinite = recovered.NotFinite is not null || !units.Index().Any(unit => unit.Item.Loss != ColumnLoss.None && !projection.IsFinite(unit.Index));
        return (isFinite ? recovered : recovered with { NotFinite = layer.FirstNotFinite() }, w.MoveToOuterDisposeScope());
    }

    /// <summary>Attacks a release, and charges it to the tape, as <see cref="LayerInTensors.Attack"/> does.</summary>
    public MlpWeights Recover(TaylorRelease released, Tape tape)
    {
        using DisposeScope scope = NewDisposeScope();
        TensorLayer layer = TensorLayer.Of(released);
        (int theta0, int units, int outputs) = (layer.Shape.Theta0.Length, layer.Shape.Hidden, layer.Shape.Outputs);
        Cost work = new(BytesRead: sizeof(double) * (theta0 + units), BytesWritten: sizeof(double) * (((double)outputs * units) + theta0 + units));
        (RecoveredLayer recovered, Tensor w) = Jointly(layer, StorageType.F64, ref work);
        tape.Charge(work);
        double[] signs = released.Variant.HasSigns ? [.. recovered.Units.Select(unit => unit.Sign < 0 ? -1.0 : 1)] : [];
        return LayerInTensors.Whole(released, w, recovered.B, recovered.C, signs, tape);
    }

    /// <summary>Solves the units that are lost once more, from all their rows.</summary>
    private void Widen(TensorLayer layer, Projection projection, RecoveredUnit[] units, ref Cost work)
    {
        int[] lost = [.. Enumerable.Range(0, units.Length).Where(j => units[j].Loss != ColumnLoss.None && !projection.IsWhole(j))];
        foreach (int[] some in lost.Chunk(ColumnsAtOnce))
        {
            using NativeBlock block = new(layer.BytesOf(some.Length));
            ReleasedLayer columns = layer.Columns(some, block);
            (Projection widened, RecoveredUnit[] found) = OnHost.Solve(columns, TensorProjection.Nothing(columns, projection.Rows), widens: true, ref work);
            foreach ((int place, int j) in some.Index())
            {
                units[j] = found[place];
                projection.Take(j, widened, place);
            }
        }
    }
}
