using System.Globalization;
using Wager.Harness.Studies;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>What of the papers' conclusions about inference holds for one input, and what only over many: sentences worked out from the numbers, verbs included.</summary>
public static class EffInfConclusions
{
    /// <summary>By what part of itself the slowdown may change over a parameter that is said to hardly change it.</summary>
    private const double Hardly = 0.2;

    /// <summary>What "wins" means, and of what the intervals are.</summary>
    /// <param name="studies">EffInf, one a size.</param>
    /// <param name="level">The level of each interval.</param>
    public static IEnumerable<string> Notes(IReadOnlyList<EffInfStudy> studies, double level)
    {
        yield return $"An adversary wins where the interval of what it won within the budget lies above ε = {Bound.Usual.Text}, at {(100 * level).ToString("G6", CultureInfo.InvariantCulture)} % each: \"Adv ≤ ε\" is refuted. "
            + "m* is worked out of mean costs; being right on m* inputs together is another game, and needs a Run′ that is near Run. Where no trials are named it answers right in all.";
        yield return $"MLPs: {string.Join(", ", studies.GroupBy(study => study.Mlps).Select(same => $"{same.Key} at d = {string.Join(", ", same.Select(study => study.Width))}"))}; trials: "
            + $"{string.Join(", ", studies.GroupBy(study => study.Correctness.Trials).Select(same => $"{same.Key} at d = {string.Join(", ", same.Select(study => study.Width))}"))}. Intervals are over inputs of these MLPs, and not over MLPs.";
    }

    /// <summary>The sentences.</summary>
    /// <param name="studies">EffInf, one a size.</param>
    /// <param name="slowdowns">How Cost(Run′) / Cost(Run) grows.</param>
    /// <param name="seconds">What was measured at the greatest size.</param>
    /// <param name="order">N.</param>
    public static IEnumerable<string> Of(IReadOnlyList<EffInfStudy> studies, IReadOnlyList<Slowdown> slowdowns, IReadOnlyList<(string Name, double Seconds)> seconds, int order)
    {
        string largest = $"d = {studies[^1].Width}";
        double Seconds(string name) => seconds.First(row => row.Name == name).Seconds;
        yield return OfRunReleased(slowdowns, order) + $" Measured at {largest}: {Times(Seconds("Run′") / Seconds("Run"))} times.";

        EffInfAttack[] collapses = [.. studies.Select(study => Of(study, "collapse"))];
        int undone = collapses.Count(attack => attack.Verdict == Verdict.Refuted);
        yield return $"Of the release it {(undone == studies.Count ? "does not hold" : undone > 0 ? "does not hold at every size" : "holds as far as played")}, by the collapse: {Where(studies, "collapse")}, "
            + $"at {Times(collapses.Max(attack => attack.Cost))} of Cost(Run′) or less; measured at {largest}, it takes {Times(Seconds("collapse") / Seconds("Run"))} times as long as Run, "
            + $"and Run′ {Times(Seconds("Run′") / Seconds("collapse"))} times as long as it.";
        foreach (string name in NamesOf(studies, "eq8"))
        {
            yield return $"Yang et al. 2025, §4.4 (“consequently fails EffInf”), by {name}: {Where(studies, name)}.";
        }

        foreach (string name in NamesOf(studies, "quantise"))
        {
            EffInfAttack attack = Of(studies[^1], name);
            string saves = attack.CostOfInference < 1 ? $"saves {Times(1 - attack.CostOfInference)}" : "saves nothing";
            yield return $"Beyond the papers, {name}: {Where(studies, name)}. By counted operations it {saves} ({Times(attack.CostOfInference)} of Cost(Run′) for each input at {largest}, conversions included); it reads and writes {Times(attack.BytesOfInference)} of the bytes.";
        }

        foreach (string name in NamesOf(studies, "truncate"))
        {
            yield return $"Beyond the papers, {name}: {Where(studies, name)}.";
        }

        if (studies.Where(study => study.Correctness.Wins < study.Correctness.Trials).ToArray() is { Length: > 0 } incorrect)
        {
            yield return $"Run′ itself is not always Run: {string.Join(", ", incorrect.Select(study => $"in {study.Correctness.Trials - study.Correctness.Wins} of {study.Correctness.Trials} trials at d = {study.Width}"))}, and there whoever answers as Run does loses.";
        }
    }

    /// <summary>Two digits, and no sign before a zero.</summary>
    public static string Digits(double value) => (Math.Round(value, 2) + 0.0).ToString("0.00", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>Whether Run′ is slower than Run, whether the more so the more orders, and whether other parameters change that.</summary>
    private static string OfRunReleased(IReadOnlyList<Slowdown> slowdowns, int order)
    {
        Slowdown overN = slowdowns.First(slowdown => slowdown.Parameter == "N");
        double here = overN.Ratios.First(point => point.Value == order).Ratio;
        (int most, double atMost) = overN.Ratios[^1];
        string verb = here > 1 && atMost > here ? "holds" : here > 1 ? "holds without growing with N" : "does not hold";
        double off = overN.Ratios.Max(point => Math.Abs((point.Ratio / Slowdown.Law(point.Value)) - 1));
        string[] others = [.. slowdowns.Where(slowdown => slowdown != overN).Select(slowdown =>
        {
            (double least, double greatest) = (slowdown.Ratios.Min(point => point.Ratio), slowdown.Ratios.Max(point => point.Ratio));
            return $"{slowdown.Parameter} {(greatest - least <= Hardly * greatest ? "hardly changes" : "changes")} that ({Times(least)} to {Times(greatest)} over {slowdown.Parameter} = {slowdown.Points[0].Value} … {slowdown.Points[^1].Value})";
        })];
        return $"Wang et al. 2024, §4.2 (slow generation), {verb} of Run′ as it is published: it costs {Times(here)} times Run at N = {order} and {Times(atMost)} times at N = {most}, "
            + $"at most {Times(100 * off)} % off (1 + N)/2, what its multiply-adds alone come to: (d + N·D)/(d + D) with D = d; {string.Join(", ", others)}.";
    }

    /// <summary>Where an adversary wins for one input, where it costs less than Run′ only over many, and where not.</summary>
    private static string Where(IReadOnlyList<EffInfStudy> studies, string name)
    {
        ILookup<Standing, (int Width, EffInfAttack Attack)> by = studies.Select(study => (study.Width, Attack: Of(study, name))).ToLookup(each => StandingOf(each.Attack));
        string At(Standing standing, Func<EffInfAttack, string[]> more) =>
            $"d = {string.Join(", ", by[standing].Select(each => more(each.Attack) is { Length: > 0 } said ? $"{each.Width} ({string.Join(", ", said)})" : $"{each.Width}"))}";
        string[] Right(EffInfAttack attack) => attack.Result.Wins == attack.Result.Trials ? [] : [$"right in {attack.Result.Wins} of {attack.Result.Trials} trials"];
        string[] Within(EffInfAttack attack) => attack.Result.WinsWithin == attack.Result.Wins ? Right(attack) : [.. Right(attack), $"within the budget in {attack.Result.WinsWithin}"];
        string[] Spent(EffInfAttack attack) => [$"{Times(attack.Cost)} times Cost(Run′)", $"m* = {attack.BreakEven.ToString("0", CultureInfo.InvariantCulture)}", .. Right(attack)];
        List<string> parts = [];
        void Say(Standing standing, string first, string next, Func<EffInfAttack, string[]> more)
        {
            if (by.Contains(standing))
            {
                parts.Add($"{(parts.Count == 0 ? first : next)} at {At(standing, more)}");
            }
        }

        Say(Standing.Wins, "it wins EffInf for one input", "", Within);
        Say(Standing.Amortised, "it costs less than Run′ only over many inputs", "only over many inputs does it cost less than Run′", Spent);
        Say(Standing.NeverPays, "it pays for no number of inputs", "for no number of inputs", Right);
        Say(Standing.Loses, "it does not win EffInf for one input", "not", Within);
        Say(Standing.Undecided, "whether it wins EffInf for one input is not decided", "not decided", Within);
        return string.Join("; ", parts);
    }

    private static Standing StandingOf(EffInfAttack attack) =>
        attack.Verdict == Verdict.Refuted ? Standing.Wins
        : attack.Answers && double.IsInfinity(attack.BreakEven) ? Standing.NeverPays
        : attack.Answers && attack.Result.WinsWithin == 0 ? Standing.Amortised
        : attack.Verdict == Verdict.Inconclusive ? Standing.Undecided
        : Standing.Loses;

    private static IEnumerable<string> NamesOf(IReadOnlyList<EffInfStudy> studies, string prefix) =>
        studies[0].Attacks.Select(attack => attack.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static EffInfAttack Of(EffInfStudy study, string name) => study.Attacks.First(attack => attack.Name == name);

    private static string Times(double ratio) => EffInfFigure.Times(ratio);

    /// <summary>How an adversary stands at one size.</summary>
    private enum Standing
    {
        /// <summary>For one input, within the budget.</summary>
        Wins,

        /// <summary>It answers like Run′, never within the budget of one input, and costs less than Run′ over many.</summary>
        Amortised,

        /// <summary>It answers like Run′, and costs less for no number of inputs.</summary>
        NeverPays,

        /// <summary>What it wins within the budget is at most ε.</summary>
        Loses,

        /// <summary>The interval of what it wins within the budget contains ε.</summary>
        Undecided,
    }
}
