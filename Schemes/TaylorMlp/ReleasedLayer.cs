using System.Runtime.InteropServices;
using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// One released MLP as it lies in memory, mapped from a file or made there: what an attack at the scale of published models reads.
/// </summary>
/// <remarks>The entries of all Θ_n lie row by row in <see cref="Format"/>; whoever makes the layer keeps the memory.</remarks>
public sealed unsafe class ReleasedLayer
{
    /// <summary>Θ_n, n = 0 … N; Θ₀ is null without a gate, and so are the first ones that are not to be read. <c>[N + 1]</c> pointers to <c>[D, h]</c></summary>
    public required nint[] Theta
    {
        get;
        init
        {
            field = value;
            LeastOrder = Array.FindIndex(value, matrix => matrix != 0) is int least and >= 0 ? least : value.Length;
        }
    }

    /// <summary>θ₀, without a gate; with one Θ₀ is a matrix, and this is empty. <c>[D]</c></summary>
    public required double[] Theta0 { get; init; }

    /// <summary>z₀. <c>[h]</c></summary>
    public required double[] Z0 { get; init; }

    /// <summary>D.</summary>
    public required int Outputs { get; init; }

    /// <summary>How the entries of Θ_n lie in memory.</summary>
    public required StorageType Format { get; init; }

    /// <summary>What the entries were rounded to when they were released: their noise.</summary>
    public required StorageType Storage { get; init; }

    /// <summary>The activation function, which is public.</summary>
    public required Activation Activation { get; init; }

    /// <summary>Whether the MLP has a gate, and then no c.</summary>
    public required bool IsGated { get; init; }

    /// <summary>As in the paper, or as in its public code: then z₀ is s·z₀ and Θ_n is multiplied by sⁿ·n!, with an unknown sign s of each unit.</summary>
    public Variant Variant { get; init; } = Variant.Paper;

    /// <summary>Whether it is known that the MLP has no b, as in Llama and Mistral: x₀ = z₀ is public then.</summary>
    public required bool IsX0Public { get; init; }

    /// <summary>N.</summary>
    public int Order => Theta.Length - 1;

    /// <summary>The least n of a matrix Θ_n; N + 1 where there is none.</summary>
    public int LeastOrder { get; private init; }

    /// <summary>How many matrices Θ_n there are.</summary>
    public int Orders => Order + 1 - LeastOrder;

    /// <summary>h.</summary>
    public int Hidden => Z0.Length;

    /// <summary>The bytes of a row of Θ_n.</summary>
    public long RowBytes => (long)Hidden * Format.Size;

    /// <summary>The bytes of a matrix Θ_n.</summary>
    public long MatrixBytes => Outputs * RowBytes;

    /// <summary>Row i of Θ_n.</summary>
    public byte* Row(int order, int i) => (byte*)Theta[order] + (i * RowBytes);

    /// <summary>The same layer with fewer outputs.</summary>
    public ReleasedLayer FirstRows(int count) => With(Theta, Format, [.. Theta0.Take(count)], count);

    /// <summary>The same layer without the matrices below an order, as if they were not to be read.</summary>
    internal ReleasedLayer From(int order) => With([.. Theta.Select((matrix, n) => n < order ? 0 : matrix)], Format, Theta0, Outputs);

    /// <summary>The same layer with its matrices elsewhere.</summary>
    /// <param name="theta">Where Θ_n lie. <c>[N + 1]</c></param>
    /// <param name="format">As what.</param>
    /// <param name="theta0">θ₀ of the rows that are there, without a gate.</param>
    /// <param name="outputs">How many rows are there.</param>
    internal ReleasedLayer With(nint[] theta, StorageType format, double[] theta0, int outputs) => new()
    {
        Theta = theta,
        Theta0 = theta0,
        Z0 = Z0,
        Outputs = outputs,
        Format = format,
        Storage = Storage,
        Activation = Activation,
        IsGated = IsGated,
        Variant = Variant,
        IsX0Public = IsX0Public,
    };

    /// <summary>Where a row has an entry that is not a finite number; null where it has none.</summary>
    public (int Order, int Column)? FindNotFinite(int i)
    {
        for (int n = LeastOrder; n <= Order; n++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                if (!double.IsFinite(Entry(n, i, j)))
                {
                    return (n, j);
                }
            }
        }

        return null;
    }

    /// <summary>Θ_n[i, j].</summary>
    public double Entry(int order, int i, int j) => Format.Read(new ReadOnlySpan<byte>(Row(order, i) + ((long)j * Format.Size), Format.Size));
}

/// <summary>Memory outside the managed heap, for layers of gigabytes, aligned to cache lines; freed when disposed.</summary>
public sealed unsafe class NativeBlock : IDisposable
{
    private const int Alignment = 64;

    private void* _memory;

    /// <summary>Takes memory.</summary>
    /// <param name="length">Its bytes, at least 0.</param>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public NativeBlock(long length)
    {
        Length = length;
        _memory = NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment);
    }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Its first byte.</summary>
    public byte* First => (byte*)_memory;

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
