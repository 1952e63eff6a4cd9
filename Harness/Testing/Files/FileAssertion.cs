using Wager.Games;
using Wager.Schemes.Models;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Testing.Files;

/// <summary>One thing that a file asserts: a bound on the game of one adversary, or a claim about one.</summary>
internal sealed record FileAssertion
{
    private static readonly Lazy<string> _nothing = new("nothing was played to its end");

    /// <summary>The scheme.</summary>
    public required Subject Subject { get; init; }

    /// <summary>The game; null where a claim is asserted.</summary>
    public Game? Game { get; init; }

    /// <summary>The bound on it.</summary>
    public Bound? Bound { get; init; }

    /// <summary>The claim; null where a bound is asserted.</summary>
    public Claim? Claim { get; init; }

    /// <summary>What reports call it; null for what it states.</summary>
    public string? Name { get; init; }

    /// <summary>Trials, at most; null for those of the file.</summary>
    public long? Trials { get; init; }

    /// <summary>What the adversary may spend in a trial.</summary>
    public required Limits Limits { get; init; }

    /// <summary>Whether it passes where it was not decided.</summary>
    public required bool AllowsInconclusive { get; init; }

    /// <summary>What is wrong with it, as a line that names the file and the entry.</summary>
    public required Func<string, ModelFileException> Refused { get; init; }

    /// <summary>What it states.</summary>
    public string Statement => Claim is null ? Judge.Statement(Game!, Bound!) : Judge.Statement(Claim);

    /// <summary>What reports call it.</summary>
    public string Label => Name ?? Statement;

    /// <summary>The trials that it has where nobody says how many.</summary>
    public long UsualTrials => Claim is null ? Advantage.UsualTrials : ClaimAssertion.UsualTrials;

    /// <summary>Judges it. A scheme that throws is found to, so that the other assertions are judged too.</summary>
    /// <param name="sampling">How it is sampled, at its share of the level.</param>
    /// <param name="progress">Told what part of a game is done.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Finding Judged(Sampling sampling, Action<double>? progress, CancellationToken cancellation)
    {
        Judge judge = new(sampling with { Limits = Limits }, progress, cancellation);
        try
        {
            return Claim is null ? judge.Of(Game!, Bound!) : judge.Of(Claim, Bound.Usual.Epsilon.ToDouble());
        }
        catch (Exception e) when (e is BrokenSchemeException or ImpureProcedureException)
        {
            return new(Statement, Verdict.Undefined, new(e.Message), _nothing);
        }
    }
}
