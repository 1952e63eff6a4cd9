using System.Runtime.CompilerServices;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Wager.Schemes.TaylorMlp;

/// <summary>An activation on eight lanes side by side: Act(u) takes the place of each u, and Act′(u) goes to the slopes.</summary>
/// <param name="u">Where the numbers are.</param>
/// <param name="slopes">Where the slopes go.</param>
/// <param name="count">How many vectors; whole <see cref="LaneFour"/>s.</param>
internal unsafe delegate void LaneFunction(Vector* u, Vector* slopes, int count);

/// <summary>Functions of lanes. NaN stays NaN.</summary>
internal static unsafe class LaneFunctions
{
    /// <summary>Below it e^x, which is no normal number there, is 0.</summary>
    private const double Least = -708;

    /// <summary>Added to a number below 2⁵⁰ it leaves the nearest whole number, with the bias of exponents, in the lowest bits.</summary>
    private const double Rounding = (3L << 51) + 1023;

    /// <summary>The bits of a number before its exponent.</summary>
    private const int Digits = 52;

    /// <summary>1/ln 2, and ln 2 in two parts: whole numbers of the size of exponents times the first of them are exact.</summary>
    private const double Log2E = 1.4426950408889634, Ln2 = 0.6931471804855391, Ln2Rest = 7.440617110012397e-11;

    /// <summary>Beyond it φ is 0, and what Φ(−a) is divided by φ(a) does not matter.</summary>
    private const double Far = 39;

    /// <summary>Centre − Spread/(a + Shift) is −1 for a = 0, and 1 for a = <see cref="Far"/>.</summary>
    private const double Shift = 4.5, Centre = 16 / 13.0, Spread = 10.038461538461538;

    /// <summary>e^(x + rest) for x ≤ 0 and a rest that is less than its last digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour Exp(LaneFour x, LaneFour rest)
    {
        LaneFour shifted = LaneFour.MultiplyAdd(x, Log2E, Rounding);
        LaneFour whole = shifted - Rounding;
        LaneFour r = LaneFour.MultiplyAdd(whole, -Ln2Rest, LaneFour.MultiplyAdd(whole, -Ln2, x)) + rest;
        LaneFour square = r * r;

        // (e^r − 1 − r)/r² by powers of r, where |r| ≤ (ln 2)/2: interpolated in Chebyshev's points, which leaves 2⁻⁵⁵ of e^r.
        LaneFour even = Next(2.7620075879983367e-07, square, 2.4801521322368692e-05);
        LaneFour odd = Next(2.5100375832561234e-08, square, 2.7557268480310024e-06);
        (even, odd) = (Next(even, square, 0.0013888888917196719), Next(odd, square, 0.00019841269863040545));
        (even, odd) = (Next(even, square, 0.041666666666624164), Next(odd, square, 0.008333333333330065));
        (even, odd) = (Next(even, square, 0.5000000000000001), Next(odd, square, 0.16666666666666669));
        LaneFour above = LaneFour.MultiplyAdd(LaneFour.MultiplyAdd(odd, r, even), square, r);
        LaneFour power = LaneFour.Shifted(shifted, Digits); // 2 to the whole number
        return LaneFour.IfLess(x, Least, 0, LaneFour.MultiplyAdd(above, power, power));
    }

    /// <summary>GELU: x·Φ(x), and Φ(x) + x·φ(x).</summary>
    public static void Gelu(Vector* u, Vector* slopes, int count)
    {
        double normaliser = 1 / Math.Sqrt(2 * Math.PI);
        for (int i = 0; i < count; i += LaneFour.Count)
        {
            LaneFour x = LaneFour.At(u + i);
            LaneFour square = x * x;
            LaneFour e = Exp(-0.5 * square, -0.5 * LaneFour.MultiplyAdd(x, x, -square));
            LaneFour tail = e * TailOverExp(LaneFour.Abs(x));
            LaneFour distribution = LaneFour.IfLess(x, 0, tail, 1 - tail);
            (x * distribution).To(u + i);
            LaneFour.MultiplyAdd(x * e, normaliser, distribution).To(slopes + i);
        }
    }

    /// <summary>x·σ(v) and its slope, with v = x, or where there is a cube v = rate·(x + cube·x³).</summary>
    public static void Logistic(Vector* u, Vector* slopes, int count, double rate, double cube)
    {
        for (int i = 0; i < count; i += LaneFour.Count)
        {
            LaneFour x = LaneFour.At(u + i);
            LaneFour v = x;
            LaneFour rise = 1;
            if (cube != 0)
            {
                LaneFour square = x * x;
                v = x * LaneFour.MultiplyAdd(square, rate * cube, rate);
                rise = LaneFour.MultiplyAdd(square, 3 * rate * cube, rate);
            }

            LaneFour e = Exp(-LaneFour.Abs(v), 0);
            LaneFour share = 1 / (1 + e); // σ(|v|)
            LaneFour sigma = LaneFour.IfLess(v, 0, e * share, share);
            LaneFour bend = x * rise * (e * share * share);
            (x * sigma).To(u + i);
            (sigma + LaneFour.IfLess(e, double.Epsilon, 0, bend)).To(slopes + i); // where e is 0, the rise may be infinite
        }
    }

    /// <summary>ReLU, with the slope 0 at 0.</summary>
    public static void Relu(Vector* u, Vector* slopes, int count)
    {
        for (int i = 0; i < count; i += LaneFour.Count)
        {
            LaneFour x = LaneFour.At(u + i);
            LaneFour.IfLess(x, 0, 0, x).To(u + i);
            LaneFour.IfLess(0, x, 1, 0).To(slopes + i);
        }
    }

    /// <summary>Each number times −1.</summary>
    public static void Negate(Vector* numbers, int count)
    {
        for (int i = 0; i < count; i++)
        {
            numbers[i] = -numbers[i];
        }
    }

    /// <summary>
    /// Φ(−a)·e^(a²/2) for a ≥ 0, which is Mills's ratio over √(2π): a polynomial over a + Shift. Its argument is 1/(a + Shift), brought to
    /// −1 … 1; it is interpolated in Chebyshev's points, which leaves 1.3·2⁻⁵³ of it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LaneFour TailOverExp(LaneFour a)
    {
        LaneFour inverse = 1 / (LaneFour.IfLess(Far, a, Far, a) + Shift);
        LaneFour s = LaneFour.MultiplyAdd(inverse, -Spread, Centre);
        LaneFour square = s * s;
        LaneFour even = Next(-5.172233156059092e-10, square, 7.194323502228385e-09);
        LaneFour odd = Next(-2.041798655267046e-10, square, 1.9533812510461367e-09);
        (even, odd) = (Next(even, square, -6.441064602067167e-08), Next(odd, square, -9.682343117587736e-09));
        (even, odd) = (Next(even, square, 5.216131669178991e-07), Next(odd, square, 3.0124384602228404e-08));
        (even, odd) = (Next(even, square, -4.387573310348364e-06), Next(odd, square, -5.582703872742918e-08));
        (even, odd) = (Next(even, square, 4.0053454544739654e-05), Next(odd, square, 1.0471070475480652e-06));
        (even, odd) = (Next(even, square, -0.0003622066820718535), Next(odd, square, -4.3125696667285144e-05));
        (even, odd) = (Next(even, square, 0.0013941141969503747), Next(odd, square, 0.0011619230221659874));
        (even, odd) = (Next(even, square, 0.08367358849192243), Next(odd, square, -0.020878546734401055));
        (even, odd) = (Next(even, square, 0.4280641991856154), Next(odd, square, -0.21831584489086567));
        (even, odd) = (Next(even, square, 0.8345352267916366), Next(odd, square, -0.6645843674265753));
        return LaneFour.MultiplyAdd(odd, s, even) * inverse;
    }

    /// <summary>A step of Horner's scheme.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LaneFour Next(LaneFour sum, LaneFour x, double coefficient) => LaneFour.MultiplyAdd(sum, x, coefficient);
}
