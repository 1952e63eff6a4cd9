using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Wager.Schemes.TaylorMlp;

/// <summary>An activation on eight lanes side by side: Act(u) takes the place of each u, and Act′(u) goes to the slopes.</summary>
internal delegate void LaneFunction(Span<Vector> u, Span<Vector> slopes);

/// <summary>
/// Functions of eight numbers at once, of operations that round as IEEE 754 says: every machine has the same, and a number's neighbours do
/// not matter. NaN stays NaN.
/// </summary>
internal static class LaneFunctions
{
    /// <summary>Below it e^x, which is no normal number there, is 0.</summary>
    private const double Least = -708;

    /// <summary>Added to a number below 2⁵⁰ it leaves the nearest whole number, with the bias of exponents, in the lowest bits.</summary>
    private const double Rounding = (3L << 51) + 1023;

    /// <summary>The bits of a number before its exponent.</summary>
    private const int Digits = 52;

    /// <summary>ln 2 in two parts. Whole numbers of the size of exponents times the first are exact.</summary>
    private const double Ln2 = 0.6931471804855391, Ln2Rest = 7.440617110012397e-11;

    /// <summary>Beyond it φ is 0, and what Φ(−a) is divided by φ(a) does not matter.</summary>
    private const double Far = 39;

    /// <summary>Centre − Spread/(a + Shift) is −1 for a = 0, and 1 for a = <see cref="Far"/>.</summary>
    private const double Shift = 4.5, Centre = 16 / 13.0, Spread = 10.038461538461538;

    /// <summary>e^(x + rest) for x ≤ 0 and a rest that is less than its last digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Exp(Vector x, Vector rest)
    {
        Vector shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.4426950408889634), Vector512.Create(Rounding));
        Vector whole = shifted - Vector512.Create(Rounding);
        Vector r = Vector512.FusedMultiplyAdd(whole, Vector512.Create(-Ln2), x);
        r = Vector512.FusedMultiplyAdd(whole, Vector512.Create(-Ln2Rest), r) + rest;
        Vector power = (shifted.AsInt64() << Digits).AsDouble(); // 2 to the whole number
        Vector square = r * r;

        // (e^r − 1 − r)/r² by powers of r, where |r| ≤ (ln 2)/2: interpolated in Chebyshev's points, which leaves 2⁻⁵⁵ of e^r.
        Vector even = Next(Vector512.Create(2.7620075879983367e-07), square, 2.4801521322368692e-05);
        Vector odd = Next(Vector512.Create(2.5100375832561234e-08), square, 2.7557268480310024e-06);
        (even, odd) = (Next(even, square, 0.0013888888917196719), Next(odd, square, 0.00019841269863040545));
        (even, odd) = (Next(even, square, 0.041666666666624164), Next(odd, square, 0.008333333333330065));
        (even, odd) = (Next(even, square, 0.5000000000000001), Next(odd, square, 0.16666666666666669));
        Vector above = Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(odd, r, even), square, r);
        Vector result = Vector512.FusedMultiplyAdd(above, power, power);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Least)), Vector.Zero, result);
    }

    /// <summary>GELU: x·Φ(x), and Φ(x) + x·φ(x).</summary>
    public static void Gelu(Span<Vector> u, Span<Vector> slopes)
    {
        Vector normaliser = Vector512.Create(1 / Math.Sqrt(2 * Math.PI));
        for (int i = 0; i < u.Length; i++)
        {
            Vector x = u[i];
            Vector square = x * x;
            Vector half = Vector512.Create(-0.5);
            Vector e = Exp(half * square, half * Vector512.FusedMultiplyAdd(x, x, -square));
            Vector tail = e * TailOverExp(Vector512.Abs(x));
            Vector distribution = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector.Zero), tail, Vector.One - tail);
            u[i] = x * distribution;
            slopes[i] = Vector512.FusedMultiplyAdd(x * e, normaliser, distribution);
        }
    }

    /// <summary>x·σ(v) and its slope, with v = x, or where there is a cube v = rate·(x + cube·x³).</summary>
    public static void Logistic(Span<Vector> u, Span<Vector> slopes, double rate, double cube)
    {
        for (int i = 0; i < u.Length; i++)
        {
            Vector x = u[i];
            (Vector v, Vector rise) = (x, Vector.One);
            if (cube != 0)
            {
                v = x * Vector512.FusedMultiplyAdd(x * x, Vector512.Create(rate * cube), Vector512.Create(rate));
                rise = Vector512.FusedMultiplyAdd(x * x, Vector512.Create(3 * rate * cube), Vector512.Create(rate));
            }

            Vector e = Exp(-Vector512.Abs(v), Vector.Zero);
            Vector share = Vector.One / (Vector.One + e); // σ(|v|)
            Vector sigma = Vector512.ConditionalSelect(Vector512.LessThan(v, Vector.Zero), e * share, share);
            Vector bend = x * rise * (e * share * share);
            u[i] = x * sigma;
            slopes[i] = sigma + Vector512.ConditionalSelect(Vector512.Equals(e, Vector.Zero), Vector.Zero, bend); // the rise may be infinite
        }
    }

    /// <summary>ReLU, with the slope 0 at 0.</summary>
    public static void Relu(Span<Vector> u, Span<Vector> slopes)
    {
        for (int i = 0; i < u.Length; i++)
        {
            slopes[i] = Vector512.ConditionalSelect(Vector512.GreaterThan(u[i], Vector.Zero), Vector.One, Vector.Zero);
            u[i] = Vector512.ConditionalSelect(Vector512.LessThan(u[i], Vector.Zero), Vector.Zero, u[i]);
        }
    }

    /// <summary>Each number times −1.</summary>
    public static void Negate(Span<Vector> numbers)
    {
        foreach (ref Vector number in numbers)
        {
            number = -number;
        }
    }

    /// <summary>
    /// Φ(−a)·e^(a²/2) for a ≥ 0, which is Mills's ratio over √(2π): a polynomial over a + Shift. Its argument is 1/(a + Shift), brought to
    /// −1 … 1; it is interpolated in Chebyshev's points, which leaves 1.3·2⁻⁵³ of it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector TailOverExp(Vector a)
    {
        Vector far = Vector512.Create(Far);
        Vector near = Vector512.ConditionalSelect(Vector512.GreaterThan(a, far), far, a);
        Vector inverse = Vector.One / (near + Vector512.Create(Shift));
        Vector s = Vector512.FusedMultiplyAdd(inverse, Vector512.Create(-Spread), Vector512.Create(Centre));
        Vector square = s * s;
        Vector even = Next(Vector512.Create(-5.172233156059092e-10), square, 7.194323502228385e-09);
        Vector odd = Next(Vector512.Create(-2.041798655267046e-10), square, 1.9533812510461367e-09);
        (even, odd) = (Next(even, square, -6.441064602067167e-08), Next(odd, square, -9.682343117587736e-09));
        (even, odd) = (Next(even, square, 5.216131669178991e-07), Next(odd, square, 3.0124384602228404e-08));
        (even, odd) = (Next(even, square, -4.387573310348364e-06), Next(odd, square, -5.582703872742918e-08));
        (even, odd) = (Next(even, square, 4.0053454544739654e-05), Next(odd, square, 1.0471070475480652e-06));
        (even, odd) = (Next(even, square, -0.0003622066820718535), Next(odd, square, -4.3125696667285144e-05));
        (even, odd) = (Next(even, square, 0.0013941141969503747), Next(odd, square, 0.0011619230221659874));
        (even, odd) = (Next(even, square, 0.08367358849192243), Next(odd, square, -0.020878546734401055));
        (even, odd) = (Next(even, square, 0.4280641991856154), Next(odd, square, -0.21831584489086567));
        (even, odd) = (Next(even, square, 0.8345352267916366), Next(odd, square, -0.6645843674265753));
        return Vector512.FusedMultiplyAdd(odd, s, even) * inverse;
    }

    /// <summary>A step of Horner's scheme.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector Next(Vector sum, Vector x, double coefficient) => Vector512.FusedMultiplyAdd(sum, x, Vector512.Create(coefficient));
}
