using Wager.Adversaries.TaylorMlp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.Studies;

/// <summary>The floor of an attack: a plain copy of the bytes that it has to move, by as many threads.</summary>
/// <param name="threads">How many.</param>
public sealed unsafe class PlainCopy(int threads) : IDisposable
{
    private NativeBlock? _to;

    /// <summary>Copies half of what is read and written together, the matrix over and over where that is more, or all orders' matrices where all are read.</summary>
    /// <param name="layer">The release, whose bytes are copied.</param>
    /// <param name="weights">What W would be written in.</param>
    /// <param name="orders">How many orders would be read.</param>
    /// <returns>The bytes that were copied.</returns>
    public long Copy(ReleasedLayer layer, StorageType weights, OrdersRead orders)
    {
        if (layer.Order < layer.LeastOrder)
        {
            return 0; // θ₀ alone: nothing is read
        }

        bool isOne = orders == OrdersRead.One;
        long matrix = layer.MatrixBytes;
        long length = isOne ? (long)layer.Outputs * layer.Hidden * (layer.Format.Size + weights.Size) / 2 : matrix;
        int matrices = isOne ? 1 : layer.Orders;
        if (_to is null || _to.Length < length * matrices)
        {
            _to?.Dispose();
            _to = new(length * matrices);
        }

        byte* to = _to.First;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            (long first, long end) = (length * part / threads, length * (part + 1) / threads);
            for (int k = 0; k < matrices; k++)
            {
                byte* from = layer.Row(isOne ? layer.Order : layer.LeastOrder + k, 0);
                for (long at = first, count; at < end; at += count) // once, but where W is written wider than it is read
                {
                    count = Math.Min(end - at, matrix - (at % matrix));
                    Buffer.MemoryCopy(from + (at % matrix), to + (k * length) + at, count, count);
                }
            }
        });
        return length * matrices;
    }

    /// <inheritdoc/>
    public void Dispose() => _to?.Dispose();
}
