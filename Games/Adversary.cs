namespace Wager.Games;

/// <summary>
/// What every adversary has, whichever game it plays. Its only coins are those of the tape that it is given, it charges its work to it, and it
/// changes nothing that it is given.
/// </summary>
public abstract record Adversary
{
    /// <summary>The name on the command line and in reports.</summary>
    public virtual string Name => Names.Of(GetType());

    /// <summary>Why it cannot play trials in lock-step on a <see cref="LaneTape"/>, or null where it can: then every value has a leading axis of trials.</summary>
    public virtual string? FlawInLanes => "it plays one trial at a time";
}

/// <summary>What an adversary may spend in one trial; null is without bound.</summary>
/// <param name="Operations">t, counted in <see cref="CostUnit.Operations"/>. Charging more ends the trial.</param>
/// <param name="Bytes">
/// The managed memory that it may allocate; tensors live outside it. It is looked at when the adversary answers, and now and then when it charges. What a program allocates is a compiler's choice too.
/// </param>
public sealed record Limits(double? Operations = null, long? Bytes = null)
{
    /// <summary>No bound.</summary>
    public static Limits None { get; } = new();
}
