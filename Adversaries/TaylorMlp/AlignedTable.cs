using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Zeros to be filled and then read by the vector: where a vector lies across two cache lines, reading it takes twice as long.</summary>
internal sealed unsafe class AlignedTable
{
    private const int Line = 64;

    private readonly double[] _numbers; // keeps the memory

    /// <summary>Takes memory that stays where it is.</summary>
    /// <param name="length">The numbers.</param>
    public AlignedTable(int length)
    {
        _numbers = GC.AllocateArray<double>(length + (Line / sizeof(double)), pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_numbers));
        First = (double*)((start + Line - 1) / Line * Line);
    }

    /// <summary>The first number.</summary>
    public double* First { get; }
}
