namespace Wager.Games;

/// <summary>How line 4 of W-IND, "W₁ ← Train(D)(¬Same(W₀, W₁))", is read (Yang et al. 2025, Def. 3.4). Here Same has W₁ in question and W₀ true, which differs from the paper's order only where Dist is not symmetric.</summary>
public enum Line4
{
    /// <summary>W₁ is trained again until it differs from W₀. Undefined where some W₀ is the same as everything.</summary>
    Resample,

    /// <summary>Both are trained again until they differ. Undefined where no pair differs.</summary>
    Reject,
}
