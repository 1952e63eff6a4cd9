using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// Four vectors of eight lanes that go the same way: while an operation on one is not done, those on the others are. Every operation rounds as
/// IEEE 754 says, so that every machine has the same numbers, and a number's neighbours do not matter.
/// </summary>
internal readonly struct LaneFour(Vector a, Vector b, Vector c, Vector d)
{
    /// <summary>How many vectors.</summary>
    public const int Count = 4;

    private readonly Vector _a = a, _b = b, _c = c, _d = d;

    /// <summary>A number everywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator LaneFour(double number) => Of(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour operator -(LaneFour x) => new(-x._a, -x._b, -x._c, -x._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour operator +(LaneFour x, LaneFour y) => new(x._a + y._a, x._b + y._b, x._c + y._c, x._d + y._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour operator -(LaneFour x, LaneFour y) => new(x._a - y._a, x._b - y._b, x._c - y._c, x._d - y._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour operator *(LaneFour x, LaneFour y) => new(x._a * y._a, x._b * y._b, x._c * y._c, x._d * y._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour operator /(LaneFour x, LaneFour y) => new(x._a / y._a, x._b / y._b, x._c / y._c, x._d / y._d);

    /// <summary>A vector four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour Of(Vector vector) => new(vector, vector, vector, vector);

    /// <summary>Four vectors of a memory.</summary>
    /// <param name="first">The first.</param>
    /// <param name="step">From each to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe LaneFour At(Vector* first, nint step = 1) => new(first[0], first[step], first[2 * step], first[3 * step]);

    /// <summary>x·y + z, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour MultiplyAdd(LaneFour x, LaneFour y, LaneFour z) => new(
        Vector512.FusedMultiplyAdd(x._a, y._a, z._a),
        Vector512.FusedMultiplyAdd(x._b, y._b, z._b),
        Vector512.FusedMultiplyAdd(x._c, y._c, z._c),
        Vector512.FusedMultiplyAdd(x._d, y._d, z._d));

    /// <summary>|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour Abs(LaneFour x) => new(Vector512.Abs(x._a), Vector512.Abs(x._b), Vector512.Abs(x._c), Vector512.Abs(x._d));

    /// <summary>The one where x is less than y, and the other where it is not, or one of them is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour IfLess(LaneFour x, LaneFour y, LaneFour one, LaneFour other) => new(
        Vector512.ConditionalSelect(Vector512.LessThan(x._a, y._a), one._a, other._a),
        Vector512.ConditionalSelect(Vector512.LessThan(x._b, y._b), one._b, other._b),
        Vector512.ConditionalSelect(Vector512.LessThan(x._c, y._c), one._c, other._c),
        Vector512.ConditionalSelect(Vector512.LessThan(x._d, y._d), one._d, other._d));

    /// <summary>The bits of each number moved left, with zeros from the right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFour Shifted(LaneFour x, int bits) => new(
        (x._a.AsInt64() << bits).AsDouble(), (x._b.AsInt64() << bits).AsDouble(), (x._c.AsInt64() << bits).AsDouble(), (x._d.AsInt64() << bits).AsDouble());

    /// <summary>Writes the four, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void To(Vector* first)
    {
        first[0] = _a;
        first[1] = _b;
        first[2] = _c;
        first[3] = _d;
    }
}
