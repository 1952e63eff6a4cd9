using Expecto;
using Fractions;
using Wager.Games;
using Wager.Schemes;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>How relations are judged, on results that are made up: each verdict, each end of each interval and each way to compare trials.</summary>
internal static class RelationTests
{
    private const double Level = 0.95;

    private const double Epsilon = 0.05;

    private static readonly Clear _clear = new();

    private static readonly Term _a = new("a", Game.Deviation(_clear, 1));

    private static readonly Term _b = new("b", Game.Deviation(_clear, 2));

    private static readonly Term _found = new("found", Game.WRec(_clear, new ConstantRecoverer()));

    private static readonly Term _told = new("told", Game.WInd(_clear, new ConstantDistinguisher()));

    private static readonly Term _signed = _told with { IsSigned = true };

    /// <summary>Formulas for a in [0.1, 0.2], b in [0.3, 0.6] and a probability of telling in [0.2, 0.4].</summary>
    private static readonly (Formula Formula, double Low, double High)[] _ends =
    [
        (_a + _b, 0.4, 0.8),
        (_a - _b, -0.5, -0.1),
        (Formula.Magnitude(_a - _b), 0.1, 0.5),
        (Formula.Magnitude(_b - (2 * _a)), 0, 0.4),
        (Formula.Magnitude((2 * _a) - _b), 0, 0.4),
        (Formula.Magnitude(_b - _a), 0.1, 0.5),
        ((_a - _b) * _b, -0.3, -0.03),
        ((_a - _b) * (_a - _b), 0.01, 0.25),
        (_told, 0.2, 0.6),
        (_signed, -0.6, -0.2),
    ];

    /// <summary>Where a and b lie, and what is then said of a ≤ b and of a = b.</summary>
    private static readonly (Interval A, Interval B, Verdict AtMost, Verdict Equal)[] _slack =
    [
        (new(0.1, 0.2), new(0.3, 0.4), Verdict.Supported, Verdict.Refuted),
        (new(0.3, 0.4), new(0.1, 0.2), Verdict.Refuted, Verdict.Refuted),
        (new(0.1, 0.25), new(0.25, 0.5), Verdict.Supported, Verdict.Inconclusive),
        (new(0.25, 0.5), new(0.1, 0.25), Verdict.Inconclusive, Verdict.Inconclusive),
        (new(0.30, 0.31), new(0.30, 0.31), Verdict.Inconclusive, Verdict.Supported),
        (new(0.30, 0.50), new(0.30, 0.31), Verdict.Inconclusive, Verdict.Inconclusive),
        (new(0.30, 0.31), new(0.30, 0.50), Verdict.Inconclusive, Verdict.Inconclusive),
    ];

    /// <summary>Relations that are not linear in their terms, and some that are.</summary>
    private static readonly (Relation Relation, bool ByTrials)[] _linear =
    [
        (Relation.AtMost(_a * _b, _a), false),
        (Relation.AtMost(_a, _a * _b), false),
        (Relation.AtMost(0, _a - (_a * _b)), false),
        (Relation.AtMost(Formula.Magnitude(_a - _b), 1), false),
        (Relation.AtMost(_told, 1), false),
        (Relation.AtMost(_signed, 1), true),
        (Relation.AtMost(_a - (2 * _b), _b + 1), true),
    ];

    /// <summary>Relations, with how many of the four trials (a, b) = (0, 0), (0, 1), (1, 0), (1, 1) break them.</summary>
    private static readonly (Relation Relation, int Breaks)[] _trials =
    [
        (Relation.AtMost(_a, _b), 1),
        (Relation.Equal(_a, _b), 2),
        (Relation.AtMost((2 * _a) - _b, 1), 1),
        (Relation.AtMost(2 * _a, 1 + _b), 1),
        (Relation.AtMost(0, new Term("a", _told.Game, IsSigned: true)), 2),
    ];

    public static Test All => Suite.Group(
        "relations",
        Suite.Test("a formula lies between the ends that its terms' intervals give it", () =>
        {
            foreach ((Formula formula, double low, double high) in _ends)
            {
                RelationResult result = Judge(Relation.AtMost(formula, 1), Lies(_a, new(0.1, 0.2)), Lies(_b, new(0.3, 0.6)), Lies(_told, new(0.2, 0.4)));
                Assert.Near(low, result.Left!.Interval.Low, 1e-12, $"{formula}: the lower end");
                Assert.Near(high, result.Left.Interval.High, 1e-12, $"{formula}: the upper end");
            }
        }),
        Suite.Test("intervals support, refute, or leave open", () =>
        {
            foreach ((Interval a, Interval b, Verdict atMost, Verdict equal) in _slack)
            {
                Assert.Equal(atMost, Judge(Relation.AtMost(_a, _b), Lies(_a, a), Lies(_b, b)).Verdict, $"{a} ≤ {b}");
                Assert.Equal(equal, Judge(Relation.Equal(_a, _b), Lies(_a, a), Lies(_b, b)).Verdict, $"{a} = {b}");
            }

            Assert.Equal("(a − b)·b", ((_a - _b) * _b).ToString(), "a sum within a product, on the left");
            Assert.Equal(2, Relation.AtMost(_a + _a, _b + _a).Terms.Count(), "terms, each once");
            RelationResult shown = Judge(Relation.AtMost(_a, _b), Lies(_a, new(0.25, 0.25)), Lies(_b, new(0.75, 0.75)));
            Assert.Equal((0.25, 0.75), (shown.Left!.Value, shown.Right!.Value), "estimates");
        }),
        Suite.Test("exact numbers prove or refute, ≤ also where both are the same", () =>
        {
            Verdict Exactly(Relation relation) => Judge(relation, Is(_a, new(1, 4)), Is(_b, new(1, 2))).Verdict;
            Assert.Equal(Verdict.Proved, Exactly(Relation.AtMost(_a, _b)), "1/4 ≤ 1/2");
            Assert.Equal(Verdict.Refuted, Exactly(Relation.AtMost(_b, _a)), "1/2 ≤ 1/4");
            Assert.Equal(Verdict.Proved, Exactly(Relation.AtMost(2 * _a, _b)), "1/2 ≤ 1/2");
            Assert.Equal(Verdict.Refuted, Exactly(Relation.Equal(_a, _b)), "1/4 = 1/2");
            Assert.Equal(Verdict.Proved, Exactly(Relation.Equal(2 * _a, _b)), "1/2 = 1/2");
            Assert.Equal(Verdict.Proved, Exactly(Relation.Equal(Formula.Magnitude(_a - _b), _a)), "|−1/4| = 1/4");
            RelationResult shown = Judge(Relation.AtMost(_signed, _told + _a), Is(_told, new(1, 4)), Is(_a, new(1, 4)));
            Assert.Equal("-1/2 3/4", $"{shown.Left!.Exact} {shown.Right!.Exact}", "signed, and by its size");
            Assert.True(!shown.IsTight && Judge(Relation.AtMost(2 * _a, _b), Is(_a, new(1, 4)), Is(_b, new(1, 2))).IsTight, "tight where both are the same alone");
        }),
        Suite.Test("trials are compared one by one where they are the same trials and both sides are linear", () =>
        {
            foreach ((Relation relation, bool byTrials) in _linear)
            {
                RelationResult result = Judge(relation, Won(_a, true, false), Won(_b, true, false), Won(_told, true, false));
                Assert.Equal<long?>(byTrials ? 2 : null, result.Trials, relation.ToString());
            }

            Assert.Equal<long?>(null, Judge(Relation.AtMost(_a, _b), Won(_a, true), Won(_b, true, false)).Trials, "one trial and two");
            foreach ((Relation relation, int breaks) in _trials)
            {
                RelationResult result = Judge(relation, Won(_a, false, false, true, true), Won(_b, false, true, false, true), Won(_told, false, false, true, true));
                Assert.Equal(((long)breaks, breaks), (result.Breaks, result.Breaking.Count), relation.ToString());
            }
        }),
        Suite.Test("one trial breaks what is pointwise; of what is not, the mean counts", () =>
        {
            bool[] once = [.. Enumerable.Range(0, 100).Select(trial => trial == 40)];
            bool[] never = new bool[100];
            Assert.Equal(Verdict.Refuted, Judge(Relation.AtMost(_a, _b) with { IsPointwise = true }, Won(_a, once), Won(_b, never)).Verdict, "one break");
            Assert.Equal(Verdict.Inconclusive, Judge(Relation.AtMost(_a, _b), Won(_a, once), Won(_b, never)).Verdict, "one break, in the mean");
            Assert.Equal(Verdict.Supported, Judge(Relation.AtMost(_a, _b), Won(_a, never), Won(_b, once)).Verdict, "no break");
            Assert.Equal(Verdict.Inconclusive, Judge(Relation.Equal(_a, _b), Won(_a, never[..10]), Won(_b, never[..10])).Verdict, "ten trials without a break are no equation");
            Assert.Equal(Verdict.Supported, Judge(Relation.Equal(_a, _b), Won(_a, new bool[2000]), Won(_b, new bool[2000])).Verdict, "two thousand are one within ε");
            bool[] all = [.. never.Select(_ => true)];
            RelationResult many = Judge(Relation.AtMost(_a, _b), Won(_a, all), Won(_b, never));
            Assert.Equal((Verdict.Refuted, 100L, 16), (many.Verdict, many.Breaks, many.Breaking.Count), "all break, sixteen are named");
        }),
        Suite.Test("the mean of right − left lies between what each value contributes, at a level split over the values", () =>
        {
            bool[] a = [.. Enumerable.Range(0, 60).Select(trial => trial % 3 == 0)];
            bool[] b = [.. Enumerable.Range(0, 60).Select(trial => trial % 2 == 0)];
            Interval Part(int count, double each) => Interval.ClopperPearson(count, 60, each);
            Interval below = Part(10, 1 - (0.05 / 2)); // a alone: odd multiples of 3
            Interval above = Part(20, 1 - (0.05 / 2)); // b alone
            Interval both = Judge(Relation.AtMost(_a, _b), Won(_a, a), Won(_b, b)).Slack!.Value;
            Assert.Near(above.Low - below.High, both.Low, 1e-12, "the lower end");
            Assert.Near(above.High - below.Low, both.High, 1e-12, "the upper end");
            Interval one = Judge(Relation.AtMost(_a, 1), Won(_a, a)).Slack!.Value; // 1 − a is 1 in forty trials, and nothing else but 0
            Assert.Equal(Part(40, Level), one, "of one value");
        }),
        Suite.Test("premises are unmet by one lost trial, by any probability below 1 and by any of a broken budget", () =>
        {
            Relation refuted = Relation.AtMost(1, 0);
            Verdict Given(Premise premise, Play play) => Judge(refuted with { Premises = [premise] }, play).Verdict;
            bool[] almost = [.. Enumerable.Range(0, 50).Select(trial => trial > 0)];
            Assert.Equal(Verdict.PremiseUnmet, Given(Premise.Certain("p", _a.Game), Won(_a, almost)), "49 of 50");
            Assert.Equal(Verdict.Inconclusive, Given(Premise.Certain("p", _a.Game), Won(_a, almost[1..])), "49 of 49 are no certainty");
            Assert.Equal(Verdict.PremiseUnmet, Given(Premise.Certain("p", _a.Game), Is(_a, new(99, 100))), "99/100");
            Assert.Equal(Verdict.Refuted, Given(Premise.Certain("p", _a.Game), Is(_a, Fraction.One)), "1");
            Play Spent(double? over) => new(Is(_found, Fraction.One).Result with { OverBudget = over });
            Assert.Equal(Verdict.PremiseUnmet, Given(Premise.WithinBudget("t", _found.Game), Spent(0.25)), "over in a quarter");
            Assert.Equal(Verdict.Refuted, Given(Premise.WithinBudget("t", _found.Game), Spent(0)), "never over");
            Assert.Equal(Verdict.Inconclusive, Given(Premise.WithinBudget("t", _found.Game), Spent(null)), "not metered");
        }),
        Suite.Test("what holds whatever the advantages are is vacuous, and an equation never is", () =>
        {
            bool Vacuous(Relation relation) => Judge(relation, Is(_a, Fraction.One), Is(_found, Fraction.Zero), Is(_told, Fraction.One)).IsVacuous;
            Assert.True(Vacuous(Relation.AtMost(_found, _a)), "below what is 1");
            Assert.True(!Vacuous(Relation.AtMost(_found, _told)), "two advantages, 0 and 1");
            Assert.True(!Vacuous(Relation.AtMost(_a, _told)), "1 below an advantage");
            Assert.True(!Vacuous(Relation.Equal(1, 1)), "an equation");
        }),
        Suite.Test("a claim is refuted by its steps too, its terms are all told, and what was cut short has no cost", () =>
        {
            Relation holds = Relation.AtMost(0, 0);
            Relation first = Relation.AtMost(_b, 0);
            Claim claim = new("", "", "", holds) { Steps = [holds, first, Relation.AtMost(1, 0)], Needed = [_signed] };
            ClaimResult result = Evaluated(claim, Is(_b, new(1, 2)), Is(_told, new(1, 4)));
            Assert.Equal((Verdict.Refuted, Verdict.Proved, first), (result.Verdict, result.Conclusion.Verdict, result.Refuted!.Relation), "the first step that is refuted");
            Assert.Equal("b 1/2, told -1/2", string.Join(", ", result.Terms.Select(term => $"{term.Term} {term.Quantity.Exact}")), "the terms, one of them needed alone");
            Claim priced = new("", "", "", holds) { Costs = [new("", [(_a.Game, Procedure.Run)], [])] };
            Result played = Is(_a, Fraction.One).Result with { Cost = new Dictionary<Procedure, Cost> { [Procedure.Run] = new(Elementwise: 1) } };
            Assert.True(!Assert.Single(Evaluated(priced, new Play(played)).Costs, "costs").Agrees, "1 against nothing");
            Play broken = new(played with { Faults = new Dictionary<Fault, double> { [Fault.Threw] = 0.5 } });
            Assert.Equal(0, Evaluated(priced, broken).Costs.Count, "costs of trials that were cut short");
        }),
        Suite.Test("costs agree where they do in every unit, up to rounding", () =>
        {
            CostRelation any = new("", [], []);
            foreach (Func<double, Cost> of in new Func<double, Cost>[] { n => new(MultiplyAdds: n), n => new(Elementwise: n), n => new(Transcendental: n), n => new(BytesRead: n), n => new(BytesWritten: n) })
            {
                Assert.True(!new CostResult(any, of(3), of(4)).Agrees, $"{of(3)} against {of(4)}");
                Assert.True(new CostResult(any, of(3), of(3 + 1e-12)).Agrees, "rounding");
            }
        }),
        Suite.Test("a game is played once, and what is undefined stays so", () =>
        {
            int times = 0;
            Plays plays = new(game => game == _a.Game ? Is(_a, new(times++, 1)) : times++ > 0 ? throw new UndefinedConditionException("nothing meets it") : null);
            Assert.Equal(plays.Of(_a.Game), plays.Of(_a.Game), "the play");
            Assert.Throws<UndefinedConditionException>(() => plays.Of(_b.Game), "undefined");
            Assert.Throws<UndefinedConditionException>(() => plays.Of(_b.Game), "and again");
            Assert.Equal(2, times, "games played");
            RelationResult undefined = new ClaimEvaluator(plays, Level, Epsilon).Of(new Claim("", "", "", Relation.AtMost(_b, 1)))!.Conclusion;
            Assert.Equal((Verdict.Undefined, "nothing meets it"), (undefined.Verdict, undefined.Because), "the verdict");
        }));

    private static RelationResult Judge(Relation relation, params Play[] plays) => Evaluated(new("", "", "", relation), plays).Conclusion;

    private static ClaimResult Evaluated(Claim claim, params Play[] plays) =>
        new ClaimEvaluator(new Plays(game => plays.First(play => play.Result.Game.ToString() == game.ToString())), Level, Epsilon).Of(claim)!;

    private static Play Is(Term term, Fraction p) => new(Made(term, new(p.ToDouble(), new(p.ToDouble(), p.ToDouble()), p)));

    /// <summary>Sampled, with nobody having kept the trials.</summary>
    private static Play Lies(Term term, Interval interval) => new(Made(term, new(interval.Low, interval)) with { Trials = 100, Wins = (long)Math.Round(100 * interval.Low) });

    private static Play Won(Term term, params bool[] won)
    {
        int wins = won.Count(each => each);
        return new(Made(term, new((double)wins / won.Length, Interval.ClopperPearson(wins, won.Length, Level))) with { Trials = won.Length, Wins = wins }, won);
    }

    private static Result Made(Term term, Quantity probability) => Assert.Exactly(term.Game) with
    {
        Probability = probability,
        Advantage = new(0, probability.Interval.OfAdvantage(term.Game.Notion), probability.Exact is { } p ? term.Game.Notion.Kind == Kind.Decision ? ((2 * p) - 1).Abs() : p : null),
    };

    private sealed record ConstantRecoverer : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => 0;
    }

    private sealed record ConstantDistinguisher : Distinguisher<int, int, NoKey>
    {
        public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => Bits.Zero;
    }
}
