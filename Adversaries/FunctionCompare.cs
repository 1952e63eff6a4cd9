using Wager.Games;

namespace Wager.Adversaries;

/// <summary>
/// Correctness breaks W-IND: asks W′ for one answer by Run′, and says which of W₀ and W₁ gives the nearer one (a tie is 0). Where
/// the two agree within 2δ it tosses a coin. For a correct scheme its advantage is at least 1 less the probability of such
/// agreement. It costs one Run′ and two Runs.
/// </summary>
/// <param name="Scheme">Σ.</param>
/// <param name="Inputs">
/// To choose the x on which W₀ and W₁ differ most, in place of one by chance, all of 𝒳; it then runs both on each, one trial at a time. Null to draw x.
/// </param>
public sealed record FunctionCompare<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, IReadOnlyList<X>? Inputs = null) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => Inputs is null ? "function-compare" : "function-compare(farthest)";

    /// <inheritdoc/>
    public override string? FlawInLanes => Inputs is null ? null : "the input on which two weights differ most is another in each trial";

    private double Threshold => Scheme.OutputTolerance.Threshold;

    /// <summary>
    /// Correctness breaks W-IND: where W₀ and W₁ differ by more than 2δ on x (all but s) and Run′ is within δ of Run(W_b) (all but η_b), F is
    /// right. All of it in the law of W-IND.
    /// </summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim UnderTheGamesLaw(Line4 line4 = Line4.Resample)
    {
        Term InWorld(string symbol, Distinguisher<W, R, Pk> a, int b) => new(symbol, Game.World(Scheme, a, b, line4));
        Term eta0 = Eta(0, line4);
        Term eta1 = Eta(1, line4);
        Term s = InWorld("s", new Agrees(this), 0);
        return Stated("function-compare", 1 - eta0 - eta1 - s, line4) with
        {
            Steps =
            [
                Relation.AtMost(1, InWorld("Pr[F ⇒ 0 | b = 0]", this, 0) + eta0 + s) with { IsPointwise = true, Premises = [Metric] },
                Relation.AtMost(InWorld("Pr[F ⇒ 0 | b = 1]", this, 1), eta1 + InWorld("s₁", new Agrees(this), 1)) with { IsPointwise = true, Premises = [Metric] },
            ],
            Costs = line4 == Line4.Reject ? [] : // there W₀ has not the law of Train
            [
                new(
                    Inputs is null ? "Cost(F) = Cost(Run′) + 2·Cost(Run) and the draw of x" : "Cost(F) = Cost(Run′) + 2·|X|·Cost(Run)",
                    [(Game.World(Scheme, this, 0, line4), Procedure.Adversary)],
                    [
                        (Game.Correctness(Scheme), Procedure.RunReleased), .. Inputs is null ? [(Game.Correctness(Scheme), Procedure.Input)] : Array.Empty<(Game, Procedure)>(),
                        .. Enumerable.Repeat((Game.Correctness(Scheme), Procedure.Run), 2 * (Inputs?.Count ?? 1)),
                    ]),
            ],
        };
    }

    /// <summary>The same with both deviations taken as Correctness has them, in the law of Train. It is false, for metrics too: see <c>constant-release</c>.</summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim UnderTrainsLaw(Line4 line4 = Line4.Resample) => Stated(
        "function-compare-mu",
        1 - (2 * (Formula)new Term("η(δ)", Game.Deviation(Scheme, Threshold))) - new Term("s", Game.World(Scheme, new Agrees(this), 0, line4)),
        line4,
        Premise.Metric("Dist_W", Scheme.WeightTolerance)) with
    {
        Needed = [Eta(0, line4), Eta(1, line4)],
    };

    private Term Eta(int b, Line4 line4) => new(b == 0 ? "η₀" : "η₁", Game.World(Scheme, new Deviates(this, b), b, line4));

    private Premise Metric => Premise.Metric("Dist_Y", Scheme.OutputTolerance);

    private Claim Stated(string name, Formula least, Line4 line4, params Premise[] premises) => new(
        name, "correctness breaks W-IND", Name, Relation.AtMost(least, new Term("Adv^W-IND(F)", Game.WInd(Scheme, this, line4))) with { Premises = [Metric, .. premises] });

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        Tolerance<Y> same = Scheme.OutputTolerance;
        (Y yReleased, Y y0, Y y1) = Answers(publicKey, w0, w1, released, tape);
        Bits agree = same.Times(2).Same(y0, y1);
        Bits nearerTo1 = same.Distance(y1, yReleased) < same.Distance(y0, yReleased);
        return (agree & tape.Coin()) | (!agree & nearerTo1);
    }

    /// <summary>What Run′, Run on W₀ and Run on W₁ answer to x.</summary>
    private (Y Released, Y Y0, Y Y1) Answers(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        if (Inputs is null)
        {
            X x = Scheme.Input(tape);
            Y drawn = Scheme.RunReleased(publicKey, released, x, tape);
            return (drawn, Scheme.Run(w0, x, tape), Scheme.Run(w1, x, tape));
        }

        (X farthest, Y y0, Y y1) = Inputs.Select(x => (x, Scheme.Run(w0, x, tape), Scheme.Run(w1, x, tape)))
            .MaxBy(each => Scheme.OutputTolerance.Distance(each.Item2, each.Item3).Lanes[0]);
        return (Scheme.RunReleased(publicKey, released, farthest, tape), y0, y1);
    }

    /// <summary>Answers 0 where Run′ is off from Run(W_b) by more than δ. It draws what F draws.</summary>
    private sealed record Deviates(FunctionCompare<W, R, X, Y, Sk, Pk> F, int Side) : Distinguisher<W, R, Pk>
    {
        public override string Name => $"{F.Name}, off from W{(Side == 0 ? "₀" : "₁")}";

        public override string? FlawInLanes => F.FlawInLanes;

        public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
        {
            (Y yReleased, Y y0, Y y1) = F.Answers(publicKey, w0, w1, released, tape);
            return F.Scheme.OutputTolerance.Same(yReleased, Side == 0 ? y0 : y1);
        }
    }

    /// <summary>Answers 0 where W₀ and W₁ agree within 2δ. It draws what F draws.</summary>
    private sealed record Agrees(FunctionCompare<W, R, X, Y, Sk, Pk> F) : Distinguisher<W, R, Pk>
    {
        public override string Name => $"{F.Name}, both agree";

        public override string? FlawInLanes => F.FlawInLanes;

        public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
        {
            (_, Y y0, Y y1) = F.Answers(publicKey, w0, w1, released, tape);
            return !F.Scheme.OutputTolerance.Times(2).Same(y0, y1);
        }
    }
}
