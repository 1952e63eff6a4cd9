using System.Globalization;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>The rules about one scheme.</summary>
internal sealed class SchemeLint<W, R, X, Y, Sk, Pk>(
    Scheme<W, R, X, Y, Sk, Pk> scheme, Sampling sampling, IReadOnlyCollection<Result> played, CancellationToken cancellation)
{
    /// <summary>
    /// Who does not look at W′ is told of from this probability on: there the law of Train or of y′ decides a search game in more trials
    /// than what is released ever can, and no release, however good, brings the best advantage below it. A best guess below it is in the
    /// card all the same, as the adversaries constant and guess. Two weights, each as likely, have the best guess ½ by nature, so the
    /// warning is about the definition and not a reproach.
    /// </summary>
    private const double Trivial = 0.5;

    /// <summary>Pairs of values beyond this number are not gone through.</summary>
    private const long MaximumPairs = 1 << 22;

    private static readonly CostUnit _unit = CostUnit.Operations;

    private readonly Observer _observer = new(sampling, cancellation);
    private long _plays;
    private bool _isExact;
    private Frequency _echoesWeights;
    private Frequency _echoesOutput;
    private Frequency _free;
    private Frequency _verbatim;
    private readonly SortedSet<string> _places = new(StringComparer.Ordinal);

    // The law of y′ given x, of which only trials whose Run′ costs something count: an adversary for nothing has the budget there alone.
    private readonly Dictionary<ValueTuple<X?>, Dictionary<ValueTuple<Y>, Ratio>> _outputs = [];

    /// <summary>All warnings, rule by rule.</summary>
    public IEnumerable<LintWarning> Warnings()
    {
        Dictionary<ValueTuple<W>, Ratio>? train = LawOfTrain();
        Look();
        string?[] trivial = train is not null && BestWeights(train) is { } best ? [best.Words, Echo(Notion.WRec, _echoesWeights, best.Probability)] : [.. Blind(Notion.WRec), Echo(Notion.WRec, _echoesWeights, Ratio.Zero)];
        string?[] trivialOutput = BestOutput() is { } guess ? [guess.Words, Echo(Notion.EffInf, _echoesOutput, guess.Probability)] : [.. Blind(Notion.EffInf), Echo(Notion.EffInf, _echoesOutput, Ratio.Zero)];
        return Named("trivially-won", [.. trivial, .. trivialOutput])
            .Concat(Named("no-adversary-admissible", Budget()))
            .Concat(Named("undefined-condition", train is not null ? Condition(train) : SampledCondition()))
            .Concat(Named("same-breaks-its-laws", [.. Laws()]))
            .Concat(Named("stands-in-clear", InClear(isCertain: train?.Count == 1)));
    }

    private static IEnumerable<LintWarning> Named(string rule, params string?[] texts) => texts.OfType<string>().Select(text => new LintWarning(rule, text));

    /// <summary>Looks at every path, or where that cannot be done at some trials.</summary>
    private void Look()
    {
        string? place = null;
        (bool? Weights, bool? Output) echo = default;
        (X? Input, Y Output) seen = default!;
        Game shown = Game.Shown(scheme, (w, released, x, y) =>
        {
            place = scheme.VerbatimIn(w, released);
            echo = (typeof(R) == typeof(W) ? Same((W)(object)released!, w, scheme.FlawInWeights, scheme.WeightTolerance) : null, typeof(R) == typeof(Y) ? Same((Y)(object)released!, y, scheme.FlawInOutput, scheme.OutputTolerance) : null);
            seen = (scheme.AllInputs is null ? default : x, y);
        });
        void Note(Tape tape, Ratio probability)
        {
            double cost = _unit.Count(tape.Spent(Procedure.RunReleased));
            _free.Add(cost == 0, probability);
            _echoesWeights.Add(echo.Weights is true, probability);
            _echoesOutput.Add(echo.Output is true && cost > 0, probability);
            _verbatim.Add(place is not null, probability);
            if (place is not null && _places.Count < 4)
            {
                _places.Add(place);
            }

            if (_isExact && cost > 0 && scheme.AllOutputs is not null)
            {
                Dictionary<ValueTuple<Y>, Ratio> law = _outputs.TryGetValue(new(seen.Input), out Dictionary<ValueTuple<Y>, Ratio>? known) ? known : _outputs[new(seen.Input)] = [];
                law[new(seen.Output)] = law.GetValueOrDefault(new(seen.Output)) + probability;
            }
        }

        _isExact = true;
        if (_observer.OnEveryPath(shown, tape => Note(tape, tape.Probability)) is { } paths)
        {
            _plays = paths;
        }
        else
        {
            _isExact = false;
            (_free, _echoesWeights, _echoesOutput, _verbatim) = (default, default, default, default);
            _places.Clear();
            _outputs.Clear();
            _plays = _observer.InTrials(shown, tape => Note(tape, Ratio.Zero));
        }
    }

    /// <summary>Whether an answer that is taken as it is released is right; null where it is no answer.</summary>
    private static bool? Same<T>(T answer, T truth, Func<T, string?> flaw, Tolerance<T> tolerance) =>
        flaw(answer) is null ? tolerance.Same(answer, truth).Lanes[0] : null;

    private Dictionary<ValueTuple<W>, Ratio>? LawOfTrain()
    {
        Dictionary<ValueTuple<W>, Ratio> law = [];
        W weights = default!;
        return _observer.OnEveryPath(Game.Trained(scheme, w => weights = w), tape => law[new(weights)] = law.GetValueOrDefault(new(weights)) + tape.Probability) is null ? null : law;
    }

    /// <summary>The best W* that is answered whatever is released: max over 𝒲 of Pr[Same(W*, W)]. Null where 𝒲 is not listed, or too long.</summary>
    private (string? Words, Ratio Probability)? BestWeights(Dictionary<ValueTuple<W>, Ratio> law)
    {
        if (scheme.AllWeights is not { } all || (long)all.Count * law.Count > MaximumPairs)
        {
            return null;
        }

        (int place, Ratio most) = Best(all, law, scheme.SameWeights);
        return (IsTrivial(most) ? $"WRec: the best guess alone, W* = {Name(all[place], place)}, wins {InWords(most)}, whatever is released" : null, most);
    }

    /// <summary>The best y* that is answered to each x whatever is released: E_x max over 𝒴 of Pr[Same(y*, y′)]. Null where 𝒴 is not listed, or too long.</summary>
    private (string? Words, Ratio Probability)? BestOutput()
    {
        if (!_isExact || scheme.AllOutputs is not { } all || _outputs.Values.Sum(law => (long)all.Count * law.Count) > MaximumPairs)
        {
            return null;
        }

        Ratio sum = _outputs.Values.Aggregate(Ratio.Zero, (sum, law) => sum + Best(all, law, scheme.SameOutputs).Probability);
        return (IsTrivial(sum) ? $"EffInf: the best guess alone, {(_outputs.Count > 1 ? "from x without W′" : "the same for each x")}, wins {InWords(sum)}, whatever is released" : null, sum);
    }

    private static (int Place, Ratio Probability) Best<T>(IReadOnlyList<T> all, Dictionary<ValueTuple<T>, Ratio> law, Func<T, T, Bits> same)
    {
        (int Place, Ratio Probability) best = (0, Ratio.Zero);
        for (int i = 0; i < all.Count; i++)
        {
            Ratio won = law.Where(truth => same(all[i], truth.Key.Item1).Lanes[0]).Aggregate(Ratio.Zero, (sum, truth) => sum + truth.Value);
            best = won > best.Probability ? (i, won) : best;
        }

        return best;
    }

    /// <summary>Of the adversaries that the card plays those that do not look at W′.</summary>
    private IEnumerable<string?> Blind(Notion notion) =>
        from result in played
        where result.Game.Notion == notion && result.Game.Adversary is "constant" or "guess" && result.Judged?.Interval.Low >= Trivial
        select $"{notion.Name}: {result.Game.Adversary}, which does not look at W′, wins with probability {DefinitionLint.InWords(result.Judged!)}";

    /// <summary>W′ itself as the answer, where it has the type of one and does better than the best guess.</summary>
    private string? Echo(Notion notion, Frequency echo, Ratio guess) =>
        _isExact ? IsTrivial(echo.Probability) && echo.Probability > guess ? $"{notion.Name}: to answer W′ as it stands, without any work, wins {InWords(echo.Probability)}" : null
        : Interval.ClopperPearson(echo.Hits, _plays, sampling.Level) is { Low: >= Trivial } interval
            ? string.Create(CultureInfo.InvariantCulture, $"{notion.Name}: to answer W′ as it stands, without any work, wins in {echo.Hits} of {_plays} trials (probability {Math.Floor(interval.Low * 1e4) / 1e4:0.####} or more, at {100 * sampling.Level:G9} %)")
        : null;

    private string? Budget() =>
        _free.Hits == _plays ? $"EffInf: Run′ costs nothing {Always()}, so that no adversary has t < Cost(Run′)"
        : _free.Hits > 0 ? $"EffInf: Run′ costs nothing {(_isExact ? InWords(_free.Probability) : $"in {_free.Hits} of {_plays} trials")}, and no adversary has t < Cost(Run′) there"
        : null;

    private string? Condition(Dictionary<ValueTuple<W>, Ratio> law)
    {
        if ((long)law.Count * law.Count > MaximumPairs)
        {
            return SampledCondition();
        }

        (W Weights, Ratio Probability, Ratio Differing)[] first =
        [
            .. from w0 in law
               let differing = law.Where(w1 => !scheme.SameWeights(w1.Key.Item1, w0.Key.Item1).Lanes[0]).Aggregate(Ratio.Zero, (sum, w1) => sum + w1.Value)
               select (w0.Key.Item1, w0.Value, differing),
        ];
        Ratio kept = first.Aggregate(Ratio.Zero, (sum, w0) => sum + (w0.Probability * w0.Differing));
        Ratio stuck = first.Where(w0 => w0.Differing == Ratio.Zero).Aggregate(Ratio.Zero, (sum, w0) => sum + w0.Probability);
        return kept == Ratio.Zero ? "W-IND is undefined in both readings of line 4: no two weights that Train produces differ"
            : stuck != Ratio.Zero
                ? $"W-IND is undefined where line 4 resamples: {InWords(stuck)} Train produces a W₀ from which no W₁ differs, such as {Name(first.First(w0 => w0.Differing == Ratio.Zero).Weights, null)}; by rejection it is defined, and keeps a pair {InWords(kept)}"
            : null;
    }

    /// <summary>Where the card resampled pairs, its trials tell more than these.</summary>
    private string? SampledCondition()
    {
        if (played.Any(result => result.Game.Notion == Notion.WInd && result.Game.Name == "W-IND"))
        {
            return null;
        }

        (string? resampled, string? rejected) = (Undefined(Line4.Resample), Undefined(Line4.Reject));
        return resampled is null ? null
            : $"W-IND where line 4 resamples is {resampled}; by rejection it is {(rejected is null ? $"defined in {_plays} trials" : "so too")}";
    }

    private string? Undefined(Line4 line4)
    {
        try
        {
            _observer.InTrials(Game.Pairs(scheme, line4), _ => { });
            return null;
        }
        catch (UndefinedConditionException e)
        {
            return e.Message;
        }
    }

    private IEnumerable<string?> Laws()
    {
        using IDisposable? values = scheme.OpenTrial();
        (W[] weights, Y[] outputs) = MetricLaws.Values(scheme, sampling);
        return [Law("Dist_W", scheme.WeightTolerance, weights), Law("Dist_Y", scheme.OutputTolerance, outputs)];
    }

    /// <summary>What every distance owes, and what one that is declared a metric does.</summary>
    private static string? Law<T>(string of, Tolerance<T> tolerance, T[] values)
    {
        if (MetricLaws.Broken(of, tolerance, values) is { } broken)
        {
            return broken;
        }

        if (!(tolerance.Threshold >= 0))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{of} has the threshold {tolerance.Threshold:R}, within which not even a value itself is the same");
        }

        return (from a in values.Index()
                from b in values.Index()
                let distance = tolerance.Distance(a.Item, b.Item).Lanes[0]
                where !(distance >= 0)
                select string.Create(CultureInfo.InvariantCulture, $"{of}({Name(a.Item, a.Index)}, {Name(b.Item, b.Index)}) = {distance:R} is no distance: it must be a number from 0 on")).FirstOrDefault();
    }

    /// <summary>Where Train produces only one W, that W′ equals it shows nothing of it.</summary>
    private string? InClear(bool isCertain) => _verbatim.Hits == _plays && !isCertain
        ? $"{string.Join(" or ", _places)} stands in W′ verbatim {Always()}"
        : null;

    private string Always() => _isExact ? "on every path" : $"in each of {_plays} trials";

    private static string Name<T>(T value, int? place) => value is not null && (typeof(T).IsPrimitive || place is null) ? Convert.ToString(value, CultureInfo.InvariantCulture)! : $"value {place}";

    private static bool IsTrivial(Ratio probability) => probability + probability >= Ratio.One;

    private static string InWords(Ratio probability) => probability == Ratio.One ? "certainly" : $"with probability {DefinitionLint.InWords(Quantity.Of(probability))}";
}
