using System.Runtime.InteropServices;

namespace Wager.Testing.Evaluation;

/// <summary>Tells a lack of memory from other failures.</summary>
internal static class Shortage
{
    /// <summary>What libtorch says of it: its allocator of the processor's memory, and that of a device's.</summary>
    private static readonly string[] _words = ["can't allocate memory", "not enough memory", "out of memory", "ALLOC_FAILED"];

    /// <summary>Whether something failed because there was not enough memory, whoever said so.</summary>
    public static bool IsOfMemory(Exception e) =>
        e is OutOfMemoryException
        || (e is ExternalException && _words.Any(words => e.Message.Contains(words, StringComparison.OrdinalIgnoreCase)))
        || (e.InnerException is { } inner && IsOfMemory(inner));
}
