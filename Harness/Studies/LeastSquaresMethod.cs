using System.Globalization;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>W from queries, <see cref="LeastSquares"/>: layer by layer in float64, on one thread. The inputs are the same at every run.</summary>
/// <param name="Queries">How many inputs are asked; null for a few times the unknowns.</param>
public sealed record LeastSquaresMethod(int? Queries = null) : AttackMethod
{
    /// <summary>The held-out residual from which on the attack gives up a layer: no weights explain what Run′ answers.</summary>
    private const double Unexplained = 0.01;

    private const ulong InputSeed = 1;

    /// <inheritdoc/>
    public override string Name => "least-squares";

    /// <inheritdoc/>
    public override OrdersRead Orders => OrdersRead.All;

    /// <inheritdoc/>
    public override bool NeedsTensors => true;

    /// <inheritdoc/>
    public override void Require(ReleaseFile release)
    {
        LeastSquares attack = new(Queries);
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        foreach (ReleasedMlp mlp in release.Mlps)
        {
            int unknowns = LeastSquares.UnknownsOf(mlp.Protected, mlp.Shape.IsGated);
            if (Queries < unknowns)
            {
                throw new UsageException($"--queries {Queries}: {mlp.Names.Path} has {unknowns} unknowns of each output, which fewer queries do not determine; give {unknowns} or more");
            }

            long bytes = attack.Bytes(mlp.Shape, mlp.Protected, release.Order);
            if (bytes > memory)
            {
                throw new UsageException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"--method least-squares: {mlp.Names.Path} takes up to {bytes:N0} bytes of memory, where there are {memory:N0}; give fewer --queries than {attack.QueriesFor(unknowns)}, at least {unknowns}, or take --method joint"));
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException">The release is of no file: V, which the inputs go through, is not at hand.</exception>
    public override unsafe RecoveredLayer Attack(ReleasedLayer layer, TaylorRelease? tensors, StorageType weights, nint w, int threads, ref Cost work)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using DisposeScope scope = NewDisposeScope();
        SeededTape tape = new(InputSeed);
        QueriedUnits found = new LeastSquares(Queries).Attack(tensors, tape);
        QueryFit fit = found.Fit;
        work += tape.Spent(Procedure.Game);
        for (int i = 0; i < layer.Outputs; i++)
        {
            using Tensor row = found.W.select(0, i);
            weights.Write([.. row.data<double>()], new Span<byte>((byte*)w + ((long)i * layer.Hidden * weights.Size), layer.Hidden * weights.Size));
        }

        ColumnLoss loss = !fit.IsDetermined ? ColumnLoss.Ambiguous : fit.HeldOutResidual < Unexplained ? ColumnLoss.None : ColumnLoss.Unexplained;
        double[] b = [.. found.B.data<double>()];
        int[] signs = found.Signs is null ? [.. b.Select(_ => 1)] : [.. found.Signs.data<double>().Select(sign => (int)sign)];
        return new(
            b,
            layer.IsGated ? [] : [.. found.C.data<double>()],
            [.. b.Select((bias, j) => new RecoveredUnit(layer.Z0[j] + (signs[j] * bias), double.PositiveInfinity, loss == ColumnLoss.None ? 1 : 0, loss, signs[j]))])
        {
            Fit = fit,
        };
    }
}
