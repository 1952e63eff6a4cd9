"""Writes derivatives.csv beside itself: derivatives of the smooth activations to 50 digits, by the standard library alone.

    python3 derivatives.py            (a minute or two)

Method. Around each point x, Act(x + t) = (x + t)·F(x + t) is worked out as a power series in t with 160 digits, by products, a quotient
and an integral of explicit series: nothing here shares a recursion with the code that the table is to judge.

    gelu        F = Φ     φ(x + t) = φ(x)·exp(−x·t)·exp(−t²/2), integrated, with Φ(x) by the Taylor series of erf at 0
    gelu-tanh   F = σ(v)  1/(1 + exp(−v(x + t))), exp as a product over the powers of t in v = 2·√(2/π)·(x + 0.044715·x³)
    silu        F = σ(v)  the same with v = x

Check. At some points all orders are worked out a second time, with 1,000 digits, as central differences with the step 1e-32 of values
of Act itself, where Φ is Laplace's continued fraction where that converges fast. Where the two differ in the 50 digits, nothing is written.
"""

from decimal import Decimal, getcontext
from functools import lru_cache
from math import comb
from pathlib import Path

ORDERS = [*range(13), 16, 20]
HIGHEST = max(ORDERS)
DIGITS = 50
CUBE = Decimal("0.044715")

getcontext().prec = 160
getcontext().Emin = -10**9


def pi():
    """By Machin's formula."""
    def arccot(n):
        total, power, k = Decimal(0), Decimal(1) / n, 1
        while abs(power) > Decimal(10) ** -(getcontext().prec + 5):
            total += power / k
            power, k = -power / (n * n), k + 2
        return total
    return 4 * (4 * arccot(5) - arccot(239))


@lru_cache(None)
def constants(precision):
    """√2, √(2π) and 2·√(2/π) at a precision."""
    return Decimal(2).sqrt(), (2 * pi()).sqrt(), 2 * (2 / pi()).sqrt()


def distribution(x):
    """Φ(x) = (1 + erf(x/√2))/2 by the Taylor series of erf, all of whose terms have one sign: erf(z) = 2/√π·e^(−z²)·Σ 2ⁿ·z^(2n+1)/(2n+1)!!."""
    getcontext().prec += 40  # for 1 + erf at negative x
    _, root, _ = constants(getcontext().prec)
    total, term, k = Decimal(0), abs(x), 1
    while term > Decimal(10) ** -(getcontext().prec + 5):
        total += term
        k += 2
        term = term * x * x / k
    value = Decimal("0.5") + (total * (-x * x / 2).exp() / root).copy_sign(x)
    getcontext().prec -= 40
    return +value


def multiply(a, b):
    return [sum((a[i] * b[n - i] for i in range(n + 1)), Decimal(0)) for n in range(len(a))]


def reciprocal(a):
    r = [1 / a[0]]
    for n in range(1, len(a)):
        r.append(-sum((a[i] * r[n - i] for i in range(1, n + 1)), Decimal(0)) / a[0])
    return r


def exp_of_monomial(c, power):
    """exp(c·t^power)."""
    series, term = [Decimal(0)] * (HIGHEST + 1), Decimal(1)
    for k in range(HIGHEST // power + 1):
        series[k * power] = term
        term = term * c / (k + 1)
    return series


def gate_gelu(x):
    _, root, _ = constants(getcontext().prec)
    density = multiply(exp_of_monomial(-x, 1), exp_of_monomial(Decimal("-0.5"), 2))
    scale = (-x * x / 2).exp() / root
    return [distribution(x)] + [scale * density[n] / (n + 1) for n in range(HIGHEST)]


def gate_logistic(v):
    """1/(1 + exp(−v)) for a polynomial v in t."""
    series = exp_of_monomial(Decimal(0), 1)
    for power in range(1, len(v)):
        series = multiply(series, exp_of_monomial(-v[power], power))
    scale = (-v[0]).exp()
    return reciprocal([(n == 0) + scale * c for n, c in enumerate(series)])


def gate_gelu_tanh(x):
    _, _, a = constants(getcontext().prec)
    return gate_logistic([a * (x + CUBE * x**3), a * (1 + 3 * CUBE * x**2), a * 3 * CUBE * x, a * CUBE])


def gate_silu(x):
    return gate_logistic([x, Decimal(1)])


GATES = {"gelu": gate_gelu, "gelu-tanh": gate_gelu_tanh, "silu": gate_silu}


@lru_cache(None)
def derivatives(name, x):
    """Act⁽ⁿ⁾(x), n = 0 … HIGHEST."""
    f = GATES[name](x)
    orders, factorial = [], Decimal(1)
    for n in range(HIGHEST + 1):
        factorial *= max(n, 1)
        orders.append((x * f[n] + (f[n - 1] if n > 0 else 0)) * factorial)
    return orders


def scale(name, x, n):
    """
    What an error near a zero is held against: the largest |Act⁽ⁿ⁾| within 1/4 to the left of x and to the right, in steps of 1/32, and
    of the two the lesser, so that a steep rise on one side excuses nothing.
    """
    sides = [max(abs(derivatives(name, x + side * Decimal(k) / 32)[n]) for k in range(9)) for side in (-1, 1)]
    return min(sides)


def value_directly(name, x):
    """Act(x), without any series in t."""
    _, root, a = constants(getcontext().prec)
    if name == "silu":
        return x / (1 + (-x).exp())
    if name == "gelu-tanh":
        up = (a * (x + CUBE * x**3)).exp()
        return x / 2 * (1 + (up - 1) / (up + 1))
    if x > -6:
        return x * distribution(x)
    tail = -x
    for k in range(20_000, 0, -1):  # Φ(x) = φ(x)/(|x| + 1/(|x| + 2/(|x| + …)))
        tail = -x + k / tail
    return x * (-x * x / 2).exp() / root / tail


def check(name, x):
    """Holds the series at x against central differences."""
    by_series = derivatives(name, x)
    scales = [scale(name, x, n) for n in range(HIGHEST + 1)]
    getcontext().prec = 1000
    step = Decimal("1e-32")
    values = {k: value_directly(name, x + k * step / 2) for k in range(-HIGHEST, HIGHEST + 1)}
    for n in ORDERS:
        difference = sum((-1) ** j * comb(n, j) * values[n - 2 * j] for j in range(n + 1)) / step**n
        off = abs(difference - by_series[n])
        assert off <= Decimal(10) ** -(DIGITS + 1) * max(abs(by_series[n]), scales[n]), f"{name}, order {n} at {x}: {by_series[n]}, but {difference}"
    getcontext().prec = 160


def zeros(name, n):
    """Of the zeros of Act⁽ⁿ⁾ in [−12, 12], the leftmost and the one nearest −2: each as the float nearest to it."""
    grid = [Decimal(k) / 8 for k in range(-96, 97)]
    at = [derivatives(name, x)[n] for x in grid]
    cells = [(a, b) for a, b, p, q in zip(grid, grid[1:], at, at[1:]) if p * q < 0]
    for a, b in {cells[0], min(cells, key=lambda cell: abs(cell[0] + 2))} if cells else ():
        negative = derivatives(name, a)[n] < 0
        for _ in range(56):
            middle = (a + b) / 2
            a, b = (middle, b) if (derivatives(name, middle)[n] < 0) == negative else (a, middle)
        yield float(a)


def points(name):
    """Multiples of 1/2; 40 floats that no grid has; numbers next to 0; and zeros of the derivatives. Each x is exactly that float."""
    grid = [k / 2 for k in range(-24, 25)]
    irregular = [-12 + 24 * (k * 0.6180339887498949 % 1) for k in range(1, 41)]
    next_to_zero = [-1e-3, 1e-3, -(2.0**-30), 2.0**-30]
    return sorted({*grid, *irregular, *next_to_zero, *(x for n in ORDERS if n > 0 for x in zeros(name, n))})


def rounded(value, of_scale):
    """50 digits; a value that is 0 but for the rounding of 160 digits is 0."""
    return "0" if abs(value) < of_scale * Decimal(10) ** -90 else f"{value:.{DIGITS - 1}e}"


def main():
    for name in GATES:
        for x in (-12.0, -7.3, -2.0, -0.75, 0.0, 1.1, 5.9, 12.0):
            check(name, Decimal(x))
    lines = [
        "# Derivatives of activations to 50 digits, made by derivatives.py in this folder (python3 derivatives.py makes it again): power series",
        "# with 160 digits, checked against central differences of 1,000 digits; its head says how. x is the float64 number nearest to what is",
        "# written. scale is what an error near a zero is held against: the largest |Act⁽ⁿ⁾| within 1/4 to the left of x, or to the right,",
        "# whichever is less.",
        "activation,x,order,value,scale",
    ]
    for name in GATES:
        for x in points(name):
            for n in ORDERS:
                exact = Decimal(x)
                of_scale = scale(name, exact, n)
                lines.append(f"{name},{x!r},{n},{rounded(derivatives(name, exact)[n], of_scale)},{of_scale:.3e}")
    Path(__file__).with_name("derivatives.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
