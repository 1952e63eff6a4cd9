using System.Numerics;
using System.Runtime.Intrinsics;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>What an attack recovered, held against the truth: of one layer, or added up over several.</summary>
public sealed record RecoveryScore
{
    /// <summary>δ_W, of each entry: what "recovered" means in Yang et al. 2025, Table 1.</summary>
    public const double Threshold = 0.01;

    /// <summary>Entries of W: what Table 1 counts as parameters.</summary>
    public long Parameters { get; init; }

    /// <summary>Entries of W within 1 % of the truth; of a true 0, those that are 0.</summary>
    public long Recovered { get; init; }

    /// <summary>Entries of W that are the truth to the last bit.</summary>
    public long BitExact { get; init; }

    /// <summary>Entries of W not recovered whose every order is 0 or subnormal in the release: the only honest loss.</summary>
    public long Unreadable { get; init; }

    /// <summary>Columns of W, one a hidden unit.</summary>
    public long Columns { get; init; }

    /// <summary>
    /// Columns less than half of whose entries were recovered, by what the attack itself said of them; of those under
    /// <see cref="ColumnLoss.None"/> it did not know.
    /// </summary>
    public IReadOnlyDictionary<ColumnLoss, long> ColumnsLost { get; init; } = new Dictionary<ColumnLoss, long>();

    /// <summary>Entries of b within 1 %, and how many there are; none where b is public or 0 throughout.</summary>
    public (long Recovered, long All) B { get; init; }

    /// <summary>Entries of c within 1 %, and how many there are, likewise.</summary>
    public (long Recovered, long All) C { get; init; }

    /// <summary>Hidden signs that were found, and how many there are; none where a release hides none.</summary>
    public (long Recovered, long All) Signs { get; init; }

    /// <summary>The least confidence of a column that the attack does not give up.</summary>
    public double LeastConfidence { get; init; } = 1;

    /// <summary>Entries not recovered that the release does say something of.</summary>
    public long Misread => Parameters - Recovered - Unreadable;

    /// <summary>Whether one play of WRec with these weights is won: every entry of W, b and c within 1 %, and with every sign that was hidden V.</summary>
    public bool IsWin => Recovered == Parameters && B.Recovered == B.All && C.Recovered == C.All && Signs.Recovered == Signs.All;

    /// <summary>Both together.</summary>
    public static RecoveryScore operator +(RecoveryScore left, RecoveryScore right) => new()
    {
        Parameters = left.Parameters + right.Parameters,
        Recovered = left.Recovered + right.Recovered,
        BitExact = left.BitExact + right.BitExact,
        Unreadable = left.Unreadable + right.Unreadable,
        Columns = left.Columns + right.Columns,
        ColumnsLost = left.ColumnsLost.Concat(right.ColumnsLost).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)),
        B = (left.B.Recovered + right.B.Recovered, left.B.All + right.B.All),
        C = (left.C.Recovered + right.C.Recovered, left.C.All + right.C.All),
        Signs = (left.Signs.Recovered + right.Signs.Recovered, left.Signs.All + right.Signs.All),
        LeastConfidence = Math.Min(left.LeastConfidence, right.LeastConfidence),
    };

    /// <summary>Holds a recovered layer against the truth.</summary>
    /// <param name="layer">The release, which shows what could be read.</param>
    /// <param name="recovered">What was recovered beside W.</param>
    /// <param name="w">W as it was recovered, row by row. <c>[D, h]</c></param>
    /// <param name="weights">What it is stored in.</param>
    /// <param name="truth">The true weights, of the same shape.</param>
    /// <param name="threads">How many threads share the rows.</param>
    public static RecoveryScore Of(ReleasedLayer layer, RecoveredLayer recovered, nint w, StorageType weights, LayerWeights truth, int threads)
    {
        Comparison comparison = new(layer, w, weights, truth, threads);
        StorageFormats.With<bool, Comparison>(weights, comparison);
        long lostEntries = (layer.Outputs / 2) + 1;
        return new()
        {
            Parameters = (long)layer.Outputs * layer.Hidden,
            Recovered = comparison.Recovered,
            BitExact = comparison.BitExact,
            Unreadable = comparison.Unreadable,
            Columns = layer.Hidden,
            ColumnsLost = recovered.Units.Index().Where(unit => comparison.Missed[unit.Index] >= lostEntries)
                .GroupBy(unit => unit.Item.Loss).ToDictionary(group => group.Key, group => group.LongCount()),
            B = layer.IsX0Public ? (0, 0) : Within(recovered.B, truth.B, weights),
            C = Within(recovered.C, truth.C ?? [], weights),
            Signs = truth.Signs is { } signs ? (signs.Zip(recovered.Units).LongCount(pair => pair.First == pair.Second.Sign), signs.Length) : (0, 0),
            LeastConfidence = recovered.Units.Where(unit => unit.Loss == ColumnLoss.None).Select(unit => unit.Confidence).DefaultIfEmpty(1).Min(),
        };
    }

    /// <summary>A bias that is 0 throughout is as good as none, and not asked for.</summary>
    private static (long, long) Within(double[] values, double[] truth, StorageType weights) => truth.All(value => value == 0) ? (0, 0)
        : (values.Zip(truth).LongCount(pair => IsWithin(weights.Round(pair.First), pair.Second)), truth.Length);

    private static bool IsWithin(double value, double truth) => value == truth || Math.Abs(value - truth) < Threshold * Math.Abs(truth);

    /// <summary>Counts row by row; what was not recovered is looked at one by one.</summary>
    private sealed unsafe class Comparison(ReleasedLayer layer, nint w, StorageType weights, LayerWeights truth, int threads) : IStorageFunction<bool>
    {
        private readonly Lock _gate = new();

        public long Recovered { get; private set; }

        public long BitExact { get; private set; }

        public long Unreadable { get; private set; }

        /// <summary>Entries of each column that were not recovered. <c>[h]</c></summary>
        public long[] Missed { get; } = new long[layer.Hidden];

        public bool Apply<TFormat>()
            where TFormat : struct, IStorageFormat => StorageFormats.With<bool, Against<TFormat>>(truth.Storage, new(this));

        private readonly record struct Against<TFormat>(Comparison Comparison) : IStorageFunction<bool>
            where TFormat : struct, IStorageFormat
        {
            public bool Apply<TTruth>()
                where TTruth : struct, IStorageFormat
            {
                Comparison.Rows<TFormat, TTruth>();
                return true;
            }
        }

        private void Rows<TFormat, TTruth>()
            where TFormat : struct, IStorageFormat
            where TTruth : struct, IStorageFormat => InParallel.ForRows(layer.Outputs, threads, (first, end) =>
        {
            (int h, int lanes) = (layer.Hidden, StorageLanes<double>.Count);
            (long recovered, long exact, long unreadable) = (0, 0, 0);
            long[] missed = new long[h];
            for (int i = first; i < end; i++)
            {
                byte* row = (byte*)w + ((long)i * h * weights.Size);
                byte* rowOfTruth = truth.Row(i);
                for (int j = 0; j < h; j += lanes)
                {
                    ulong open = h - j >= lanes ? (1UL << lanes) - 1 : (1UL << (h - j)) - 1;
                    Vector512<double> value = StorageLanes<double>.Load<TFormat>(row, j, h);
                    Vector512<double> expected = StorageLanes<double>.Load<TTruth>(rowOfTruth, j, h);
                    Vector512<double> equal = Vector512.Equals(value, expected);
                    Vector512<double> near = Vector512.LessThan(Vector512.Abs(value - expected), Vector512.Abs(expected) * Threshold);
                    exact += BitOperations.PopCount(Vector512.ExtractMostSignificantBits(equal) & open);
                    open &= ~Vector512.ExtractMostSignificantBits(equal | near);
                    recovered += Math.Min(lanes, h - j) - BitOperations.PopCount(open);
                    for (; open != 0; open &= open - 1)
                    {
                        int unit = j + BitOperations.TrailingZeroCount(open);
                        missed[unit]++;
                        unreadable += IsReadable(i, unit) ? 0 : 1;
                    }
                }
            }

            lock (_gate)
            {
                Recovered += recovered;
                BitExact += exact;
                Unreadable += unreadable;
                for (int j = 0; j < h; j++)
                {
                    Missed[j] += missed[j];
                }
            }
        });

        private bool IsReadable(int i, int j)
        {
            for (int n = layer.LeastOrder; n <= layer.Order; n++)
            {
                if (Math.Abs(layer.Entry(n, i, j)) >= layer.Storage.LeastNormal)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
