using Wager.Games;

namespace Wager.Testing.SelfTest;

/// <summary>One thing that is wrong in the text of a game.</summary>
/// <param name="words">What, as reports say it.</param>
/// <param name="overheard">Whose coins the adversary's tape repeats, if that is what is wrong.</param>
internal sealed class Mutation(string words, Procedure? overheard = null)
{
    public static readonly Mutation Inverted = new("the win is inverted");
    public static readonly Mutation Won = new("it is always won");
    public static readonly Mutation GivenW = new("A is given W, not W′");
    public static readonly Mutation OtherPublicKey = new("A is given another pk");
    public static readonly Mutation ReleasedUnderOtherKey = new("Release has another key");
    public static readonly Mutation RanUnderOtherKey = new("Run′ has another key");
    public static readonly Mutation SharesGame = new("A has the coins of the game: b", Procedure.Game);
    public static readonly Mutation SharesTrain = new("A has the coins of Train", Procedure.Train);
    public static readonly Mutation SharesKGen = new("A has the coins of KGen", Procedure.KGen);
    public static readonly Mutation SharesRelease = new("A has the coins of Release", Procedure.Release);
    public static readonly Mutation SharesInput = new("A has the coins of x", Procedure.Input);
    public static readonly Mutation OtherWeightsReleased = new("other weights are released");
    public static readonly Mutation OtherWeightsAsked = new("other weights are asked for");
    public static readonly Mutation OtherWeightsRun = new("Run has other weights");
    public static readonly Mutation OtherInput = new("A is given another x");
    public static readonly Mutation OtherInputRun = new("Run′ has another x");
    public static readonly Mutation OtherRelease = new("Run′ has another release");
    public static readonly Mutation HeldAgainstRun = new("y* is held against Run");
    public static readonly Mutation HeldAgainstItself = new("Run′ is held against itself");
    public static readonly Mutation Unconditional = new("line 4 without ¬Same");
    public static readonly Mutation OtherReading = new("line 4 is read the other way");
    public static readonly Mutation Swapped = new("Release has the other bit");
    public static readonly Mutation ReleasesW0 = new("W₀ is always released");
    public static readonly Mutation GivenWb = new("A is given W_b, not W′");

    public string Words => words;

    /// <summary>What can go wrong in the game of a notion.</summary>
    public static IReadOnlyList<Mutation> Of(Notion notion) =>
        notion == Notion.Correctness ? [RanUnderOtherKey, ReleasedUnderOtherKey, OtherWeightsRun, OtherWeightsReleased, OtherInputRun, HeldAgainstItself, Inverted, Won]
        : notion == Notion.WRec ? [GivenW, SharesTrain, SharesKGen, SharesRelease, ReleasedUnderOtherKey, OtherPublicKey, OtherWeightsReleased, OtherWeightsAsked, Inverted, Won]
        : notion == Notion.EffInf ? [HeldAgainstRun, OtherInput, OtherRelease, RanUnderOtherKey, OtherPublicKey, GivenW, SharesRelease, SharesInput, Inverted, Won]
        : [Unconditional, OtherReading, Swapped, ReleasesW0, GivenWb, SharesTrain, SharesGame, SharesRelease, ReleasedUnderOtherKey, OtherPublicKey, Inverted, Won];

    /// <summary>The tape that a mutant is played on.</summary>
    public static Tape Hear(Tape tape, Mutation? wrong) => wrong?.Overheard is { } heard ? new OverheardTape(tape, heard) : tape;

    private Procedure? Overheard { get; } = overheard;
}
