using System.Globalization;

namespace Wager.Games;

/// <summary>
/// A number that a claim speaks of: advantages and probabilities of games, with whole numbers added, subtracted and multiplied. What is
/// evaluated and what is printed are the same formula, so that no claim says one thing and checks another.
/// </summary>
public abstract record Formula
{
    private protected Formula()
    {
    }

    /// <summary>The terms, each as often as it stands there.</summary>
    public abstract IEnumerable<Term> Terms { get; }

    /// <summary>A whole number.</summary>
    public static implicit operator Formula(int number) => new Constant(number);

    /// <summary>The sum.</summary>
    public static Formula operator +(Formula left, Formula right) => new Operation('+', left, right);

    /// <summary>The difference.</summary>
    public static Formula operator -(Formula left, Formula right) => new Operation('−', left, right);

    /// <summary>The product.</summary>
    public static Formula operator *(Formula left, Formula right) => new Operation('·', left, right);

    /// <summary>|f|.</summary>
    public static Formula Magnitude(Formula formula) => new Absolute(formula);

    /// <summary>The number, in an arithmetic that knows what the terms are.</summary>
    public abstract T In<T>(Arithmetic<T> arithmetic);

    /// <summary>How tightly it binds: a sum must be bracketed within a product.</summary>
    private protected virtual bool IsSum => false;

    private sealed record Constant(int Number) : Formula
    {
        public override IEnumerable<Term> Terms => [];

        public override T In<T>(Arithmetic<T> arithmetic) => arithmetic.Of(Number);

        public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
    }

    private sealed record Operation(char Sign, Formula Left, Formula Right) : Formula
    {
        public override IEnumerable<Term> Terms => Left.Terms.Concat(Right.Terms);

        private protected override bool IsSum => Sign != '·';

        public override T In<T>(Arithmetic<T> arithmetic)
        {
            T left = Left.In(arithmetic);
            T right = Right.In(arithmetic);
            return Sign switch { '+' => arithmetic.Add(left, right), '−' => arithmetic.Subtract(left, right), _ => arithmetic.Multiply(left, right) };
        }

        public override string ToString()
        {
            string left = Left.IsSum && !IsSum ? $"({Left})" : $"{Left}";
            string right = Right.IsSum && Sign != '+' ? $"({Right})" : $"{Right}";
            return IsSum ? $"{left} {Sign} {right}" : $"{left}{Sign}{right}";
        }
    }

    private sealed record Absolute(Formula Of) : Formula
    {
        public override IEnumerable<Term> Terms => Of.Terms;

        public override T In<T>(Arithmetic<T> arithmetic) => arithmetic.Magnitude(Of.In(arithmetic));

        public override string ToString() => $"|{Of}|";
    }
}

/// <summary>What a game contributes to a formula: the advantage by its notion's kind, or the probability of an event.</summary>
/// <param name="Symbol">How it is written, as in η or Adv^WRec(A).</param>
/// <param name="Game">The game, or event.</param>
/// <param name="IsSigned">Of a decision: 2·Pr[win] − 1, which may be below 0, instead of its magnitude.</param>
public sealed record Term(string Symbol, Game Game, bool IsSigned = false) : Formula
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Terms => [this];

    /// <inheritdoc/>
    public override T In<T>(Arithmetic<T> arithmetic) => arithmetic.Of(this);

    /// <inheritdoc/>
    public override string ToString() => Symbol;
}

/// <summary>What formulas are evaluated in: exact fractions, intervals, or the bits of a single trial.</summary>
public abstract class Arithmetic<T>
{
    /// <summary>A whole number.</summary>
    public abstract T Of(int number);

    /// <summary>A term's value.</summary>
    public abstract T Of(Term term);

    /// <summary>The sum.</summary>
    public abstract T Add(T left, T right);

    /// <summary>The difference.</summary>
    public abstract T Subtract(T left, T right);

    /// <summary>The product.</summary>
    public abstract T Multiply(T left, T right);

    /// <summary>|value|.</summary>
    public abstract T Magnitude(T value);
}
