using System.Numerics;

namespace Wager.Games;

/// <summary>
/// An exact probability: a quotient of two integers of 128 bits, and of any size where that overflows. It knows only what
/// enumerating paths needs, so that the games stay free of libraries.
/// </summary>
public readonly struct Ratio :
    IEquatable<Ratio>,
    IAdditionOperators<Ratio, Ratio, Ratio>,
    ISubtractionOperators<Ratio, Ratio, Ratio>,
    IComparisonOperators<Ratio, Ratio, bool>,
    IMultiplicativeIdentity<Ratio, Ratio>
{
    private readonly UInt128 _numerator;
    private readonly UInt128 _denominatorLessOne; // so that default is 0/1
    private readonly Wide? _wide;

    /// <summary>numerator / denominator.</summary>
    public Ratio(ulong numerator, ulong denominator)
    {
        ArgumentOutOfRangeException.ThrowIfZero(denominator);
        _numerator = numerator;
        _denominatorLessOne = denominator - 1;
    }

    private Ratio(UInt128 numerator, UInt128 denominator)
    {
        _numerator = numerator;
        _denominatorLessOne = denominator - 1;
    }

    private Ratio(BigInteger numerator, BigInteger denominator) => _wide = new Wide(numerator, denominator);

    /// <summary>0.</summary>
    public static Ratio Zero => default;

    /// <summary>1.</summary>
    public static Ratio One => new(1UL, 1UL);

    /// <inheritdoc/>
    public static Ratio MultiplicativeIdentity => One;

    /// <summary>The numerator, not necessarily in lowest terms.</summary>
    public BigInteger Numerator => _wide?.Numerator ?? _numerator;

    /// <summary>The denominator, at least 1.</summary>
    public BigInteger Denominator => _wide?.Denominator ?? ((BigInteger)_denominatorLessOne + 1);

    private UInt128 Below => _denominatorLessOne + 1;

    /// <summary>The sum. It is exact.</summary>
    public static Ratio operator +(Ratio left, Ratio right)
    {
        if (left._wide is null && right._wide is null)
        {
            if (left._denominatorLessOne == right._denominatorLessOne)
            {
                UInt128 sum = left._numerator + right._numerator;
                if (sum >= left._numerator)
                {
                    return new(sum, left.Below);
                }
            }
            else if (Fits(left.Below) && Fits(right.Below) && Fits(left._numerator) && Fits(right._numerator))
            {
                ulong p = (ulong)left.Below;
                ulong q = (ulong)right.Below;
                ulong common = p >= q && p % q == 0 ? q : q % p == 0 ? p : GreatestCommonDivisor(p, q);
                UInt128 a = left._numerator * (q / common);
                UInt128 b = right._numerator * (p / common);
                UInt128 sum = a + b;
                if (sum >= a)
                {
                    return new(sum, (UInt128)p * (q / common));
                }
            }
        }

        return Reduced(
            (left.Numerator * right.Denominator) + (right.Numerator * left.Denominator),
            left.Denominator * right.Denominator);
    }

    /// <summary>The difference. It is exact.</summary>
    /// <exception cref="OverflowException">It is below 0.</exception>
    public static Ratio operator -(Ratio left, Ratio right)
    {
        BigInteger numerator = (left.Numerator * right.Denominator) - (right.Numerator * left.Denominator);
        return numerator.Sign >= 0
            ? Reduced(numerator, left.Denominator * right.Denominator)
            : throw new OverflowException($"{left} − {right} is below 0");
    }

    /// <summary>The product. It is exact.</summary>
    public static Ratio operator *(Ratio left, Ratio right) =>
        left._wide is null && right._wide is null
        && Fits(left._numerator) && Fits(right._numerator)
        && Fits(left.Below) && Fits(right.Below)
            ? new(left._numerator * right._numerator, left.Below * right.Below)
            : Reduced(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <summary>The quotient. It is exact.</summary>
    /// <exception cref="DivideByZeroException">The right is 0.</exception>
    public static Ratio operator /(Ratio left, Ratio right) =>
        right.Numerator.IsZero
            ? throw new DivideByZeroException()
            : Reduced(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    /// <summary>Whether the two are the same number.</summary>
    public static bool operator ==(Ratio left, Ratio right) => left.Equals(right);

    /// <summary>Whether the two are different numbers.</summary>
    public static bool operator !=(Ratio left, Ratio right) => !left.Equals(right);

    /// <summary>Whether the left is below the right.</summary>
    public static bool operator <(Ratio left, Ratio right) => left.Numerator * right.Denominator < right.Numerator * left.Denominator;

    /// <summary>Whether the left is above the right.</summary>
    public static bool operator >(Ratio left, Ratio right) => right < left;

    /// <summary>Whether the left is at most the right.</summary>
    public static bool operator <=(Ratio left, Ratio right) => !(right < left);

    /// <summary>Whether the left is at least the right.</summary>
    public static bool operator >=(Ratio left, Ratio right) => !(left < right);

    /// <summary>The numerators, where all have one denominator and they and their sum fit in 64 bits; else null.</summary>
    internal static ulong[]? OverOneDenominator(List<Ratio> ratios, out ulong sum)
    {
        UInt128 total = 0;
        ulong[] numerators = new ulong[ratios.Count];
        for (int i = 0; i < numerators.Length; i++)
        {
            Ratio ratio = ratios[i];
            if (ratio._wide is not null || ratio._denominatorLessOne != ratios[0]._denominatorLessOne || !Fits(ratio._numerator))
            {
                sum = 0;
                return null;
            }

            numerators[i] = (ulong)ratio._numerator;
            total += ratio._numerator;
        }

        sum = (ulong)total;
        return Fits(total) ? numerators : null;
    }

    /// <summary>The nearest double, or one beside it.</summary>
    public double ToDouble()
    {
        if (_wide is null)
        {
            return (double)_numerator / (double)Below;
        }

        // Of a quotient of any size, 64 bits or more before the cut.
        int shift = (int)(_wide.Denominator.GetBitLength() - _wide.Numerator.GetBitLength()) + 64;
        BigInteger quotient = shift >= 0 ? (_wide.Numerator << shift) / _wide.Denominator : _wide.Numerator / (_wide.Denominator << -shift);
        return Math.ScaleB((double)quotient, -shift);
    }

    /// <inheritdoc/>
    public bool Equals(Ratio other) => Numerator * other.Denominator == other.Numerator * Denominator;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Ratio other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        BigInteger common = BigInteger.GreatestCommonDivisor(Numerator, Denominator);
        return ((Numerator / common).GetHashCode() * 31) + (Denominator / common).GetHashCode();
    }

    /// <summary>numerator/denominator.</summary>
    public override string ToString() => $"{Numerator}/{Denominator}";

    private static bool Fits(UInt128 value) => value >> 64 == 0;

    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    private static Ratio Reduced(BigInteger numerator, BigInteger denominator)
    {
        BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        numerator /= common;
        denominator /= common;
        return denominator <= UInt128.MaxValue && numerator <= UInt128.MaxValue
            ? new((UInt128)numerator, (UInt128)denominator)
            : new(numerator, denominator);
    }

    private sealed record Wide(BigInteger Numerator, BigInteger Denominator);
}
