namespace Wager.Games;

/// <summary>How values of several trials meet: equal numbers of lanes, or one value that stands for every lane.</summary>
internal static class Lanes
{
    /// <summary>The number of lanes of a result.</summary>
    /// <exception cref="ArgumentException">The two numbers differ and neither is 1.</exception>
    public static int Common(int left, int right) =>
        left == right || right == 1 ? left
        : left == 1 ? right
        : throw new ArgumentException($"{left} lanes do not fit {right}");
}
