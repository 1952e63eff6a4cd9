using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Recovers W and c from what Run′ answers to inputs of the attacker's own choice, by least squares: Run′ is linear in them, and what it
/// multiplies them by is public once x₀ is. With a gate x₀ = z₀, there being no b; without one b is not known from queries, and is that of
/// <see cref="JointRecovery"/>, as are hidden signs.
/// </summary>
/// <remarks>
/// What Run′ multiplies W by is the truncated series Σ_n Act⁽ⁿ⁾(x₀)/n!·(z − z₀)ⁿ, and not Act(z + b). By the series W comes out to rounding,
/// however far from Run the answers of Run′ are; by Act, as W = Y·pinv(Act(Z)) has it, the error of truncation would end up in W. Inputs are normal, of a scale at which z has the mean square 1: nearer in the units are hardly more than linear, and further out the
/// highest power drowns all others.
/// </remarks>
public sealed record LeastSquares : Recoverer<MlpWeights, TaylorRelease, NoKey>
{
    /// <summary>Queries for each unknown, where it is not said how many.</summary>
    public const int QueriesPerUnknown = 4;

    /// <summary>How many more inputs are asked and held out.</summary>
    public const int HeldOut = 32;

    /// <summary>Inputs that are asked at once: what Run′ makes of them is many times their size.</summary>
    private const int Piece = 256;

    /// <summary>The attack by least squares.</summary>
    /// <param name="queries">How many inputs are asked and fitted; null for <see cref="QueriesPerUnknown"/> times the unknowns and one.</param>
    /// <exception cref="ArgumentException">Fewer than one.</exception>
    public LeastSquares(int? queries = null)
    {
        Queries = queries is not < 1 ? queries : throw new ArgumentException($"least squares ask at least one query, not {queries}", nameof(queries));
    }

    /// <summary>How many inputs are asked and fitted; null for <see cref="QueriesPerUnknown"/> times the unknowns.</summary>
    public int? Queries { get; }

    /// <inheritdoc/>
    public override string Name => "least-squares";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <summary>Unknowns of each output: a weight for each protected unit, and without a gate c.</summary>
    public static int UnknownsOf(int units, bool isGated) => units + (isGated ? 0 : 1);

    /// <summary>How many queries are fitted.</summary>
    /// <exception cref="ArgumentException">They are fewer than the unknowns.</exception>
    public int QueriesFor(int unknowns) => (Queries ?? QueriesPerUnknown * unknowns) is var queries && queries >= unknowns ? queries
        : throw new ArgumentException($"{queries} queries cannot determine {unknowns} unknowns of each output: ask {unknowns} or more");

    /// <summary>The memory that an attack takes at most, nearly all of it the features and what solves for them: 8 bytes an entry.</summary>
    /// <param name="shape">The MLP.</param>
    /// <param name="units">K.</param>
    /// <param name="order">N.</param>
    public long Bytes(MlpShape shape, int units, int order)
    {
        long unknowns = UnknownsOf(units, shape.IsGated);
        long queries = QueriesFor((int)unknowns) + HeldOut;
        long release = 2 * (((long)(order + 2) * shape.Outputs * units) + (2L * shape.Hidden * shape.Inputs)); // once more while it is read
        long asked = Piece * (2L * order + 8) * shape.Hidden;
        long rows = queries * (shape.Inputs + (3 * (unknowns + shape.Outputs)));
        long triangle = 8 * unknowns * unknowns;
        return sizeof(double) * (release + asked + rows + triangle);
    }

    /// <inheritdoc/>
    public override MlpWeights Recover(NoKey publicKey, TaylorRelease released, Tape tape) => LaneByLane.Recover(released, tape, RecoverAlone);

    private MlpWeights RecoverAlone(TaylorRelease released, Tape tape)
    {
        (Tensor w, Tensor b, Tensor c, Tensor? signs, _) = Attack(released, tape);
        Tensor v = signs is null ? released.V
            : new TensorMath(tape).Multiply(released.V, TaylorRelease.SignsOfAll(signs, released.Clear, released.Shape.Hidden).unsqueeze(-1));
        (w, b) = released.Clear?.Join(w, b) ?? (w, b);
        return new(v, b, w, c, released.U);
    }

    /// <summary>Recovers what belongs to the protected units, and says how far the queries determine it.</summary>
    /// <exception cref="ArgumentException">The queries are fewer than the unknowns.</exception>
    public QueriedUnits Attack(TaylorRelease released, Tape tape)
    {
        using DisposeScope scope = NewDisposeScope();
        int units = released.Protected;
        int queries = QueriesFor(UnknownsOf(units, released.IsGated));
        TensorMath math = new(tape);
        Device device = released.V.device;
        MlpWeights? found = released.IsGated && !released.Variant.HasSigns ? null : new JointRecovery().Recover(default, released, tape);
        Tensor b = found is null || released.IsGated ? zeros(units, dtype: float64, device: device)
            : released.Clear is null ? found.B
            : math.Columns(found.B, released.Clear.Protected);
        Tensor? signs = released.Variant.HasSigns ? Signs(released, found!.V, math) : null;
        Tensor x0 = math.Add(signs is null ? released.Z0 : math.Multiply(released.Z0, signs), b);

        double spread = math.Norm(released.V) / Math.Sqrt(released.Shape.Hidden); // of z, where x is standard normal
        Tensor inputs = math.Scale(TensorCoins.Normal(tape, device, queries + HeldOut, released.Shape.Inputs), spread > 0 ? 1 / spread : 1);
        Answers all = Ask(released, x0, signs, inputs, tape);
        (Tensor map, QueryFit fit) = QueryFit.Of(all.Part(0, queries), all.Part(queries, HeldOut), math);
        Tensor w = map.narrow(1, 0, units).contiguous();
        Tensor c = released.IsGated ? zeros(released.Shape.Outputs, dtype: float64, device: device) : map.select(1, units).contiguous();
        return new(w.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope(), c.MoveToOuterDisposeScope(), signs?.MoveToOuterDisposeScope(), fit);
    }

    /// <summary>Asks Run′, and works out what it multiplies W by: the series of Act, with a gate times Ux, and without one a 1 for c.</summary>
    /// <param name="released">The release.</param>
    /// <param name="x0">x₀, without signs. <c>[K]</c></param>
    /// <param name="signs">The signs that the release hides; null where it hides none. <c>[K]</c></param>
    /// <param name="inputs">The inputs. <c>[q, d]</c></param>
    /// <param name="tape">Pays.</param>
    public static Answers Ask(TaylorRelease released, Tensor x0, Tensor? signs, Tensor inputs, Tape tape)
    {
        TensorMath math = new(tape);
        Tensor series = TaylorRelease.Coefficients(x0, signs, released.Order, released.Activation, released.Variant, tape);
        List<Tensor> features = [];
        List<Tensor> outputs = [];
        for (long first = 0; first < inputs.shape[0]; first += Piece)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = inputs.narrow(0, first, Math.Min(Piece, inputs.shape[0] - first));
            HiddenInput hidden = released.Hidden(x, math);
            Tensor powers = released.Variant.Series(series, 0, hidden.Step, math).expand(x.shape[0], released.Protected);
            Tensor asked = hidden.Up is null ? cat([powers, ones(x.shape[0], 1, dtype: float64, device: x.device)], 1) : math.Multiply(powers, hidden.Up);
            Tensor y = released.Infer(x, math);
            features.Add(asked.MoveToOuterDisposeScope());
            outputs.Add((hidden.Rest is null ? y : math.Subtract(y, hidden.Rest)).MoveToOuterDisposeScope());
        }

        return new(math.Join(features), math.Join(outputs));
    }

    /// <summary>1 where a protected unit's row of V points the same way as in the release, −1 where it is opposite. <c>[K]</c></summary>
    private static Tensor Signs(TaylorRelease released, Tensor v, TensorMath math)
    {
        Tensor along = math.Sum(math.Multiply(v, released.V), -1);
        Tensor same = math.IsPositive(released.Clear is null ? along : math.Columns(along, released.Clear.Protected));
        return math.ScaleAdd(same, 2, TensorMath.Full(same, -1));
    }
}

/// <summary>What least squares find of the protected units of a release.</summary>
/// <param name="W">Their columns of W. <c>[D, K]</c></param>
/// <param name="B">Their b; zeros where there is a gate. <c>[K]</c></param>
/// <param name="C">c; zeros where there is a gate. <c>[D]</c></param>
/// <param name="Signs">The signs that the release hides; null where it hides none. <c>[K]</c></param>
/// <param name="Fit">How far the queries determine W.</param>
public sealed record QueriedUnits(Tensor W, Tensor B, Tensor C, Tensor? Signs, QueryFit Fit);
