namespace Wager.Adversaries.TaylorMlp;

/// <summary>What was recovered of a layer beside W, which lies where the caller wanted it.</summary>
/// <param name="B">b = x₀ − z₀; zeros where there is a gate, and where a sign is not known. <c>[h]</c></param>
/// <param name="C">c = θ₀ − W·Act(x₀), which needs every sign; empty where there is a gate. <c>[D]</c></param>
/// <param name="Units">What is known of each column. <c>[h]</c></param>
/// <param name="NotFinite">The first row of W with an entry that is not a finite number, which a release of finite numbers has none of; else null.</param>
public sealed record RecoveredLayer(double[] B, double[] C, RecoveredUnit[] Units, int? NotFinite = null)
{
    /// <summary>How far queries determine W, where it was found from these; else null.</summary>
    public QueryFit? Fit { get; init; }
}

/// <summary>How a column was recovered. The pairwise attack knows no deviation, which is infinite then, and is sure of whatever it finds.</summary>
/// <param name="X0">x₀; where signs are hidden s·x₀, as in the release.</param>
/// <param name="Deviation">The standard deviation of its error, and so of b's; 0 where x₀ is public, infinite where the column does not depend on it.</param>
/// <param name="Confidence">The probability, given the column, that W by this x₀ is right, all x₀ within reach as likely before.</param>
/// <param name="Loss">Why the column is not to be relied on; <see cref="ColumnLoss.None"/> where it is.</param>
/// <param name="Sign">s, 1 or −1, the likelier of the two, and sure where there is no loss; 1 where a release hides none, and 0 where nothing that was read depends on it.</param>
public readonly record struct RecoveredUnit(double X0, double Deviation, double Confidence, ColumnLoss Loss, int Sign = 1);

/// <summary>Why a column of W is lost, as far as the attacker can see.</summary>
public enum ColumnLoss
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The release says nothing of it: its entries are 0, or no numbers, in every order that the attack reads.</summary>
    Silent,

    /// <summary>No x₀ within reach explains it.</summary>
    Unexplained,

    /// <summary>Several x₀ explain it about as well, and W depends on which.</summary>
    Ambiguous,
}

/// <summary>How many orders W is read from.</summary>
public enum OrdersRead
{
    /// <summary>One matrix, at the speed of a memory copy: within the rounding of one entry.</summary>
    One,

    /// <summary>All of them: nearly every entry to the last bit of a 16-bit type.</summary>
    All,
}
