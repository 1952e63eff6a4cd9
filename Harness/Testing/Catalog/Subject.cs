using Wager.Adversaries;
using Wager.Games;
using Wager.Reductions;
using Wager.Testing.Evaluation;

namespace Wager.Testing.Catalog;

/// <summary>In which form games are played.</summary>
/// <param name="Line4">How line 4 of W-IND is read.</param>
/// <param name="Queries">q; 1 is the paper's games, which Correctness always is.</param>
/// <param name="Inputs">m, in EffInf; 1 is the paper's game.</param>
public sealed record Form(Line4 Line4 = Line4.Resample, int Queries = 1, int Inputs = 1);

/// <summary>A scheme with the adversaries that fit it, ready to make games. Its type parameters stay inside.</summary>
public abstract class Subject
{
    /// <summary>The scheme's name.</summary>
    public abstract string Name { get; }

    /// <summary>The scheme in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What has the best of all adversaries by a closed form, where that is known; null for a game where it is not.</summary>
    public Func<Notion, Form, OptimalAdversary?>? ClosedForm { get; init; }

    /// <summary>A notion by the name of its game.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static Notion NotionOf(string name) => Notion.All.FirstOrDefault(notion => notion.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException(Nearest.Unknown("game", name, Notion.All.Select(notion => notion.Name)));

    /// <summary>The names of the adversaries that fit a game, reductions included; none for a game without one.</summary>
    public abstract IReadOnlyList<string> Adversaries(Notion notion, Form? form = null);

    /// <summary>Makes a game.</summary>
    /// <param name="notion">The game's notion.</param>
    /// <param name="adversary">A name of <see cref="Adversaries"/>; null exactly where the game has none.</param>
    /// <param name="form">In which form it is played; null for the paper's.</param>
    /// <exception cref="UsageException">The adversary does not fit.</exception>
    public abstract Game Game(Notion notion, string? adversary, Form? form = null);

    /// <summary>The best of all adversaries in a game, to be worked out.</summary>
    /// <param name="notion">A notion with adversaries.</param>
    /// <param name="form">In which form it is played, with one input.</param>
    /// <exception cref="UsageException">The scheme does not list what that takes.</exception>
    public abstract OptimalAdversary Optimal(Notion notion, Form form);

    /// <summary>The claims of one kind about this scheme, one for each adversary that it is about; none where it is not about such games.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="form">In which form games are played.</param>
    public abstract IEnumerable<Claim> Claims(ClaimKind kind, Form form);

    /// <summary>Why a distance that is declared a metric is none, on values that the scheme lists or draws; null where nothing is found.</summary>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw.</exception>
    public abstract string? BrokenMetric(Sampling sampling);

    /// <summary>Where the definitions, as this scheme instantiates them, say less than they seem.</summary>
    /// <param name="sampling">How trials are drawn, where paths cannot be had.</param>
    /// <param name="played">What the games of a card showed.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw.</exception>
    public abstract IReadOnlyList<LintWarning> Lint(Sampling sampling, IReadOnlyCollection<Result> played, CancellationToken cancellation = default);

    /// <summary>The same scheme, with the adversaries of plug-ins that fit it.</summary>
    /// <exception cref="UsageException">Two adversaries have one name, or one cannot be made.</exception>
    public abstract Subject With(PlugIns plugIns);

    /// <summary>Every game that applies against every adversary that applies.</summary>
    public IEnumerable<Game> AllGames(Form form) =>
        from notion in Notion.All
        from adversary in notion.Kind == Kind.Property ? [null] : Adversaries(notion, form).Cast<string?>()
        select Game(notion, adversary, form);
}

/// <summary>A scheme with its adversaries.</summary>
/// <param name="scheme">The scheme.</param>
/// <param name="recoverers">Adversaries in WRec, beside those that fit every scheme.</param>
/// <param name="accelerators">Adversaries in EffInf, likewise.</param>
/// <param name="distinguishers">Adversaries in W-IND, likewise.</param>
public sealed class Subject<W, R, X, Y, Sk, Pk>(
    Scheme<W, R, X, Y, Sk, Pk> scheme,
    IReadOnlyCollection<Recoverer<W, R, Pk>> recoverers,
    IReadOnlyCollection<Accelerator<R, X, Y, Pk>> accelerators,
    IReadOnlyCollection<Distinguisher<W, R, Pk>> distinguishers) : Subject
{
    private readonly Recoverer<W, R, Pk>[] _recoverers =
    [
        .. default(W) is { } w && scheme.FlawInWeights(w) is null ? [new ConstantRecoverer<W, R, Pk>(w)] : Array.Empty<Recoverer<W, R, Pk>>(),
        .. recoverers, new GuessRecoverer<W, R, X, Y, Sk, Pk>(scheme),
    ];

    private readonly Accelerator<R, X, Y, Pk>[] _accelerators =
    [
        .. default(Y) is { } y && scheme.FlawInOutput(y) is null ? [new ConstantAccelerator<R, X, Y, Pk>(y)] : Array.Empty<Accelerator<R, X, Y, Pk>>(),
        .. accelerators, new GuessAccelerator<W, R, X, Y, Sk, Pk>(scheme),
    ];

    private readonly Distinguisher<W, R, Pk>[] _distinguishers =
    [
        .. scheme is Scheme<W, R, X, Y, NoKey, NoKey> keyless && typeof(R).IsValueType && typeof(R).IsAssignableTo(typeof(IEquatable<R>)) // equal by value, to the last bit
            ? [(Distinguisher<W, R, Pk>)(object)new ReRelease<W, R, X, Y>(keyless, Tolerance.Equality<R>().Same)]
            : Array.Empty<Distinguisher<W, R, Pk>>(),
        .. distinguishers, new ConstantDistinguisher<W, R, Pk>(), new GuessDistinguisher<W, R, Pk>(),
        new FunctionCompare<W, R, X, Y, Sk, Pk>(scheme),
        .. scheme.AllInputs is { Count: > 1 } all ? [new FunctionCompare<W, R, X, Y, Sk, Pk>(scheme, all)] : Array.Empty<Distinguisher<W, R, Pk>>(),
    ];

    /// <inheritdoc/>
    public override string Name => scheme.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Adversaries(Notion notion, Form? form = null) => [.. Fitting(notion, form ?? new()).Select(a => a.Name)];

    /// <inheritdoc/>
    public override Game Game(Notion notion, string? adversary, Form? form = null)
    {
        form ??= new();
        if (notion == Notion.Correctness)
        {
            return adversary is null
                ? Games.Game.Correctness(scheme)
                : throw new UsageException($"Correctness has no adversary: leave out --adversary {adversary}");
        }

        bool one = form.Queries == 1;
        return Find(notion, adversary, form) switch
        {
            Recoverer<W, R, Pk> a => one ? Games.Game.WRec(scheme, a) : Games.Game.WRec(scheme, a, form.Queries),
            Accelerator<R, X, Y, Pk> a => one && form.Inputs == 1 ? Games.Game.EffInf(scheme, a) : Games.Game.EffInf(scheme, a, form.Queries, form.Inputs),
            Distinguisher<W, R, Pk> a => one ? Games.Game.WInd(scheme, a, form.Line4) : Games.Game.WInd(scheme, a, form.Line4, form.Queries),
            { } other => throw new InvalidOperationException($"{other} plays no game"),
        };
    }

    /// <inheritdoc/>
    public override OptimalAdversary Optimal(Notion notion, Form form) =>
        ClosedForm?.Invoke(notion, form) is { } closed ? closed
        : notion == Notion.WRec ? OptimalAdversary.WRec(scheme, form.Queries)
        : notion == Notion.EffInf ? OptimalAdversary.EffInf(scheme, form.Queries)
        : OptimalAdversary.WInd(scheme, form.Line4, form.Queries);

    /// <inheritdoc/>
    public override IEnumerable<Claim> Claims(ClaimKind kind, Form form)
    {
        double delta = scheme.OutputTolerance.Threshold;
        double? omega = null;
        return new ClaimMaker<W, R, X, Y, Sk, Pk>(scheme, form, () => omega ??= Math.Min(delta, Asked(() => Continuity.Of(scheme)) ?? (delta / 2)))
        {
            Recoverers = Recoverers(form),
            Accelerators = _accelerators,
            OfSeveralChallenges = [.. distinguishers, .. _distinguishers.Select(a => new MajorityDistinguisher<W, R, Pk>(a))],
            ReReleases = _distinguishers.Cast<object>().OfType<ReRelease<W, R, X, Y>>(),
        }.Of(kind);
    }

    /// <inheritdoc/>
    public override string? BrokenMetric(Sampling sampling) => Asked(() => MetricLaws.Broken(scheme, sampling));

    /// <inheritdoc/>
    public override IReadOnlyList<LintWarning> Lint(Sampling sampling, IReadOnlyCollection<Result> played, CancellationToken cancellation = default) =>
        DefinitionLint.Of(scheme, sampling, played, cancellation);

    /// <inheritdoc/>
    public override Subject With(PlugIns plugIns)
    {
        Subject<W, R, X, Y, Sk, Pk> subject = new(
            scheme,
            [.. recoverers, .. plugIns.AdversariesOf<Recoverer<W, R, Pk>>(scheme)],
            [.. accelerators, .. plugIns.AdversariesOf<Accelerator<R, X, Y, Pk>>(scheme)],
            [.. distinguishers, .. plugIns.AdversariesOf<Distinguisher<W, R, Pk>>(scheme)])
        {
            Summary = Summary,
            ClosedForm = ClosedForm,
        };
        foreach (Notion notion in Notion.All)
        {
            if (subject.Adversaries(notion).GroupBy(name => name).FirstOrDefault(names => names.Count() > 1) is { } twice)
            {
                throw new UsageException($"two adversaries in {notion.Name} of {Name} are called {twice.Key}: give that of the plug-in another Name");
            }
        }

        return subject;
    }

    /// <summary>What the scheme says outside of games, which tell by themselves where it throws.</summary>
    private T Asked<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (e is not BrokenSchemeException)
        {
            throw new BrokenSchemeException($"{scheme.Name} threw {e.GetType().Name}: {e.Message}", e);
        }
    }

    private Eq8<W, R, X, Y, Sk, Pk> Eq8(Recoverer<W, R, Pk> recoverer) => new(scheme, recoverer);

    private Eq9<W, R, X, Y, Sk, Pk> Eq9(Recoverer<W, R, Pk> recoverer) => new(scheme, recoverer);

    /// <summary>With several queries, each adversary also in its majority form.</summary>
    private IEnumerable<Recoverer<W, R, Pk>> Recoverers(Form form) => form.Queries == 1
        ? _recoverers
        : [.. _recoverers, .. _recoverers.Select(a => new MajorityRecoverer<W, R, X, Y, Sk, Pk>(scheme, a))];

    private IEnumerable<Distinguisher<W, R, Pk>> Distinguishers(Form form)
    {
        IEnumerable<Distinguisher<W, R, Pk>> all = [.. _distinguishers, .. _recoverers.Select(Eq9)];
        return form.Queries == 1 ? all : [.. all, .. all.Select(a => new MajorityDistinguisher<W, R, Pk>(a))];
    }

    private IEnumerable<Adversary> Fitting(Notion notion, Form form) =>
        notion == Notion.WRec ? Recoverers(form)
        : notion == Notion.EffInf ? [.. _accelerators, .. Recoverers(form).Select(Eq8)]
        : notion == Notion.WInd ? Distinguishers(form)
        : [];

    /// <summary>An adversary by its name; majorities answer to theirs with one query too, so that q can run from 1.</summary>
    private Adversary Find(Notion notion, string? name, Form form)
    {
        Adversary[] fitting = [.. Fitting(notion, form)];
        string options = string.Join(", ", fitting.Select(a => a.Name));
        if (name is null)
        {
            throw new UsageException($"{notion.Name} needs --adversary: {options}");
        }

        if (Fitting(notion, form with { Queries = Math.Max(2, form.Queries) }).FirstOrDefault(a => a.Name == name) is { } found)
        {
            return found;
        }

        Notion? other = Notion.All.FirstOrDefault(n => Adversaries(n, form).Contains(name));
        throw other is not null
            ? new UsageException($"the adversary {name} plays {other.Name}, not {notion.Name}; there {scheme.Name} has {options}")
            : new UsageException(Nearest.Unknown("adversary", name, fitting.Select(a => a.Name), $"in {notion.Name} on {scheme.Name} there are"));
    }
}
