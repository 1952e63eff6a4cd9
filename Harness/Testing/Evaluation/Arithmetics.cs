using Fractions;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>Formulas as exact fractions.</summary>
/// <param name="winning">Pr[game ⇒ 1].</param>
internal sealed class ExactArithmetic(Func<Game, Fraction> winning) : Arithmetic<Fraction>
{
    public override Fraction Of(int number) => new(number);

    public override Fraction Of(Term term)
    {
        Fraction p = winning(term.Game);
        Fraction signed = p + p - Fraction.One;
        return term.Game.Notion.Kind != Kind.Decision ? p : term.IsSigned ? signed : Fraction.Abs(signed);
    }

    public override Fraction Add(Fraction left, Fraction right) => left + right;

    public override Fraction Subtract(Fraction left, Fraction right) => left - right;

    public override Fraction Multiply(Fraction left, Fraction right) => left * right;

    public override Fraction Magnitude(Fraction value) => Fraction.Abs(value);
}

/// <summary>Formulas as intervals: where each term lies in its own, the formula lies in the result.</summary>
/// <param name="winning">Where Pr[game ⇒ 1] lies.</param>
internal sealed class IntervalArithmetic(Func<Game, Interval> winning) : Arithmetic<Interval>
{
    public override Interval Of(int number) => new(number, number);

    public override Interval Of(Term term)
    {
        Interval p = winning(term.Game);
        return term.IsSigned ? new((2 * p.Low) - 1, (2 * p.High) - 1) : p.OfAdvantage(term.Game.Notion);
    }

    public override Interval Add(Interval left, Interval right) => new(left.Low + right.Low, left.High + right.High);

    public override Interval Subtract(Interval left, Interval right) => new(left.Low - right.High, left.High - right.Low);

    public override Interval Multiply(Interval left, Interval right)
    {
        double[] ends = [left.Low * right.Low, left.Low * right.High, left.High * right.Low, left.High * right.High];
        return new(ends.Min(), ends.Max());
    }

    public override Interval Magnitude(Interval value) => value.Low >= 0 ? value
        : value.High <= 0 ? new(-value.High, -value.Low)
        : new(0, Math.Max(-value.Low, value.High));
}

/// <summary>Formulas in a single trial: a game is 1 where it was won, else 0; a signed decision 1 or −1.</summary>
/// <param name="won">Whether the trial of a game was won.</param>
internal sealed class TrialArithmetic(Func<Game, bool> won) : Arithmetic<int>
{
    /// <summary>
    /// Whether the mean of a formula over trials is that formula of the means: it neither multiplies terms nor takes a magnitude, as the
    /// advantage of a decision does.
    /// </summary>
    public static bool IsLinear(Formula formula) => formula.In(new Degree()) <= 1;

    public override int Of(int number) => number;

    public override int Of(Term term) => won(term.Game) ? 1 : term.IsSigned ? -1 : 0;

    public override int Add(int left, int right) => left + right;

    public override int Subtract(int left, int right) => left - right;

    public override int Multiply(int left, int right) => left * right;

    public override int Magnitude(int value) => Math.Abs(value);

    private sealed class Degree : Arithmetic<int>
    {
        private const int NotLinear = 1 << 10;

        public override int Of(int number) => 0;

        public override int Of(Term term) => term.Game.Notion.Kind == Kind.Decision && !term.IsSigned ? NotLinear : 1;

        public override int Add(int left, int right) => Math.Max(left, right);

        public override int Subtract(int left, int right) => Math.Max(left, right);

        public override int Multiply(int left, int right) => left + right;

        public override int Magnitude(int value) => NotLinear;
    }
}
