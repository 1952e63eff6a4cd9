using Wager.Adversaries;
using Wager.Games;
using Wager.Reductions;

namespace Wager.Harness.Catalog;

/// <summary>A scheme with the adversaries that fit it, ready to make games. Its type parameters stay inside.</summary>
public abstract class Subject
{
    /// <summary>The scheme's name.</summary>
    public abstract string Name { get; }

    /// <summary>The scheme in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The names of the adversaries that fit a game, reductions included; none for a game without one.</summary>
    public abstract IReadOnlyList<string> Adversaries(Notion notion);

    /// <summary>Makes a game.</summary>
    /// <param name="notion">The game's notion.</param>
    /// <param name="adversary">A name of <see cref="Adversaries"/>; null exactly where the game has none.</param>
    /// <param name="line4">How W-IND is read; other games do not care.</param>
    /// <exception cref="UsageException">The adversary does not fit.</exception>
    public abstract Game Game(Notion notion, string? adversary, Line4 line4 = Line4.Resample);

    /// <summary>The paper's claims about this scheme, one for each reduction and recoverer.</summary>
    /// <param name="line4">How W-IND is read.</param>
    public abstract IEnumerable<Claim> Claims(Line4 line4);
}

/// <summary>A scheme with its adversaries.</summary>
/// <param name="scheme">The scheme.</param>
/// <param name="recoverers">Adversaries in WRec, beside those that fit every scheme.</param>
/// <param name="accelerators">Adversaries in EffInf, likewise.</param>
/// <param name="distinguishers">Adversaries in W-IND, likewise.</param>
public sealed class Subject<W, R, X, Y, Sk, Pk>(
    Scheme<W, R, X, Y, Sk, Pk> scheme,
    IEnumerable<Recoverer<W, R, Pk>> recoverers,
    IEnumerable<Accelerator<R, X, Y, Pk>> accelerators,
    IEnumerable<Distinguisher<W, R, Pk>> distinguishers) : Subject
{
    private readonly Recoverer<W, R, Pk>[] _recoverers =
        [.. recoverers, new GuessRecoverer<W, R, X, Y, Sk, Pk>(scheme)];

    private readonly Accelerator<R, X, Y, Pk>[] _accelerators =
        [.. accelerators, new GuessAccelerator<W, R, X, Y, Sk, Pk>(scheme)];

    private readonly Distinguisher<W, R, Pk>[] _distinguishers =
    [
        .. distinguishers, new ConstantDistinguisher<W, R, Pk>(), new GuessDistinguisher<W, R, Pk>(),
        new FunctionCompare<W, R, X, Y, Sk, Pk>(scheme),
    ];

    /// <inheritdoc/>
    public override string Name => scheme.Name;

    private IEnumerable<Eq8<W, R, X, Y, Sk, Pk>> Eq8 => _recoverers.Select(a => new Eq8<W, R, X, Y, Sk, Pk>(scheme, a));

    private IEnumerable<Eq9<W, R, X, Y, Sk, Pk>> Eq9 => _recoverers.Select(a => new Eq9<W, R, X, Y, Sk, Pk>(scheme, a));

    /// <inheritdoc/>
    public override IReadOnlyList<string> Adversaries(Notion notion) =>
        notion == Notion.WRec ? [.. _recoverers.Select(a => a.Name)]
        : notion == Notion.EffInf ? [.. _accelerators.Concat(Eq8).Select(a => a.Name)]
        : notion == Notion.WInd ? [.. _distinguishers.Concat(Eq9).Select(a => a.Name)]
        : [];

    /// <inheritdoc/>
    public override Game Game(Notion notion, string? adversary, Line4 line4 = Line4.Resample)
    {
        if (notion == Notion.Correctness)
        {
            return adversary is null
                ? Games.Game.Correctness(scheme)
                : throw new UsageException($"Correctness has no adversary: leave out --adversary {adversary}");
        }

        RequireFit(notion, adversary);
        if (notion == Notion.WRec)
        {
            return Games.Game.WRec(scheme, _recoverers.First(a => a.Name == adversary));
        }

        if (notion == Notion.EffInf)
        {
            return Games.Game.EffInf(scheme, _accelerators.Concat(Eq8).First(a => a.Name == adversary));
        }

        Distinguisher<W, R, Pk> distinguisher = _distinguishers.Concat(Eq9).First(a => a.Name == adversary);
        return Games.Game.WInd(scheme, distinguisher, line4);
    }

    /// <inheritdoc/>
    public override IEnumerable<Claim> Claims(Line4 line4) => Eq8.Select(b => b.AsStated()).Concat(Eq9.Select(b => b.AsStated(line4)));

    private void RequireFit(Notion notion, string? adversary)
    {
        IReadOnlyList<string> fitting = Adversaries(notion);
        string options = string.Join(", ", fitting);
        if (adversary is null)
        {
            throw new UsageException($"{notion.Name} needs --adversary: {options}");
        }

        if (fitting.Contains(adversary))
        {
            return;
        }

        Notion? other = Notion.All.FirstOrDefault(n => Adversaries(n).Contains(adversary));
        throw other is not null
            ? new UsageException($"the adversary {adversary} plays {other.Name}, not {notion.Name}; there {scheme.Name} has {options}")
            : new UsageException(Nearest.Unknown("adversary", adversary, fitting, $"in {notion.Name} on {scheme.Name} there are"));
    }
}
