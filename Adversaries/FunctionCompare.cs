using Wager.Games;

namespace Wager.Adversaries;

/// <summary>
/// Correctness breaks W-IND: asks W′ for one answer by Run′, and says which of W₀ and W₁ gives the nearer one (a tie is 0). Where
/// the two agree within 2δ it tosses a coin. For a correct scheme its advantage is at least 1 less the probability of such
/// agreement. It costs one Run′ and two Runs.
/// </summary>
public sealed record FunctionCompare<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme) : Distinguisher<W, R, Pk>
{
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
            Costs =
            [
                new(
                    "Cost(F) = Cost(Run′) + 2·Cost(Run) and the draw of x",
                    [(Game.World(Scheme, this, 0, line4), Procedure.Adversary)],
                    [(Game.Correctness(Scheme), Procedure.Input), (Game.Correctness(Scheme), Procedure.RunReleased), (Game.Correctness(Scheme), Procedure.Run), (Game.Correctness(Scheme), Procedure.Run)]),
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
        X x = Scheme.Input(tape);
        Y yReleased = Scheme.RunReleased(publicKey, released, x, tape);
        Y y0 = Scheme.Run(w0, x, tape);
        Y y1 = Scheme.Run(w1, x, tape);
        Bits agree = same.Times(2).Same(y0, y1);
        Bits nearerTo1 = same.Distance(y1, yReleased) < same.Distance(y0, yReleased);
        return (agree & tape.Coin()) | (!agree & nearerTo1);
    }

    /// <summary>Answers 0 where Run′ is off from Run(W_b) by more than δ. It draws what F draws.</summary>
    private sealed record Deviates(FunctionCompare<W, R, X, Y, Sk, Pk> F, int Side) : Distinguisher<W, R, Pk>
    {
        public override string Name => $"deviates-from-{Side}";

        public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
        {
            X x = F.Scheme.Input(tape);
            Y yReleased = F.Scheme.RunReleased(publicKey, released, x, tape);
            Y y0 = F.Scheme.Run(w0, x, tape);
            Y y1 = F.Scheme.Run(w1, x, tape);
            return F.Scheme.OutputTolerance.Same(yReleased, Side == 0 ? y0 : y1);
        }
    }

    /// <summary>Answers 0 where W₀ and W₁ agree within 2δ. It draws what F draws.</summary>
    private sealed record Agrees(FunctionCompare<W, R, X, Y, Sk, Pk> F) : Distinguisher<W, R, Pk>
    {
        public override string Name => "agrees";

        public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
        {
            X x = F.Scheme.Input(tape);
            F.Scheme.RunReleased(publicKey, released, x, tape);
            return !F.Scheme.OutputTolerance.Times(2).Same(F.Scheme.Run(w0, x, tape), F.Scheme.Run(w1, x, tape));
        }
    }
}
