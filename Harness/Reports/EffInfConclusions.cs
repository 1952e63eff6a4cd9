using System.Globalization;
using Wager.Harness.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>What of the papers' conclusions about inference holds for one input, and what only over many: sentences worked out from the numbers.</summary>
public static class EffInfConclusions
{
    /// <summary>The sentences.</summary>
    /// <param name="studies">EffInf, one a size.</param>
    /// <param name="slowdowns">How Cost(Run′) / Cost(Run) grows.</param>
    /// <param name="seconds">What was measured at the greatest size.</param>
    /// <param name="order">N.</param>
    /// <param name="level">The level of the exponents' intervals.</param>
    public static IEnumerable<string> Of(
        IReadOnlyList<EffInfStudy> studies, IReadOnlyList<Slowdown> slowdowns, IReadOnlyList<(string Name, double Seconds)> seconds, int order, double level)
    {
        Slowdown overN = slowdowns.First(slowdown => slowdown.Parameter == "N");
        (_, double run, double released) = overN.Points.First(point => point.Value == order);
        (_, double runAtMost, double releasedAtMost) = overN.Points[^1];
        double Seconds(string name) => seconds.First(row => row.Name == name).Seconds;
        string largest = $"d = {studies[^1].Width}";
        string collapseAtMost = Times(studies.Max(study => Of(study, "collapse").Cost));

        yield return $"Wang et al. 2024, §4.2 (slow generation) holds of Run′ as it is published: it costs {Times(released / run)} times Run at N = {order} and {Times(releasedAtMost / runAtMost)} times at N = {overN.Points[^1].Value}, "
            + $"as N^{Digits(overN.Exponents(level).Ratio.Slope)} from 1 on; d and h hardly change that ({string.Join(", ", slowdowns.Where(s => s != overN).Select(s => $"{s.Parameter}^{Digits(s.Exponents(level).Ratio.Slope)}"))}). "
            + $"Measured at {largest}: {Times(Seconds("Run′") / Seconds("Run"))} times.";
        yield return $"It does not hold of the release, by the collapse: {Where(studies, "collapse")}, at {collapseAtMost} of Cost(Run′) or less; measured at {largest}, it takes {Times(Seconds("collapse") / Seconds("Run"))} times as long as Run, "
            + $"and Run′ {Times(Seconds("Run′") / Seconds("collapse"))} times as long as it.";
        foreach (string name in studies[0].Attacks.Select(attack => attack.Name).Where(name => name.StartsWith("eq8", StringComparison.Ordinal)))
        {
            yield return $"Yang et al. 2025, §4.4 (“consequently fails EffInf”), by {name}: {Where(studies, name)}.";
        }

        foreach (EffInfAttack attack in studies[^1].Attacks.Where(attack => attack.Name.StartsWith("quantise", StringComparison.Ordinal)))
        {
            yield return $"Beyond the papers, {attack.Name}: {Where(studies, attack.Name)}. By counted operations it saves nothing ({Times(attack.CostOfInference)} of Cost(Run′) for each input at {largest}, conversions included); it reads and writes {Times(attack.BytesOfInference)} of the bytes.";
        }

        foreach (string name in studies[0].Attacks.Select(attack => attack.Name).Where(name => name.StartsWith("truncate", StringComparison.Ordinal)))
        {
            yield return $"Beyond the papers, {name}: {Where(studies, name)}.";
        }

        if (studies.Where(study => study.Correctness.Wins < study.Correctness.Trials).ToArray() is { Length: > 0 } incorrect)
        {
            yield return $"Run′ itself is not always Run: {string.Join(", ", incorrect.Select(study => $"in {study.Correctness.Trials - study.Correctness.Wins} of {study.Correctness.Trials} trials at d = {study.Width}"))}, and there whoever answers as Run does loses.";
        }
    }

    /// <summary>Where an adversary wins for one input, where only over many, and where not.</summary>
    private static string Where(IReadOnlyList<EffInfStudy> studies, string name)
    {
        (int Width, EffInfAttack Attack)[] all = [.. studies.Select(study => (study.Width, Of(study, name)))];
        string At(IEnumerable<(int Width, EffInfAttack Attack)> some, Func<EffInfAttack, string>? more = null) =>
            $"d = {string.Join(", ", some.Select(each => $"{each.Width}{(more?.Invoke(each.Attack) is { Length: > 0 } said ? $" ({said})" : "")}"))}";
        static string Share(EffInfAttack attack) => attack.Result.Wins == attack.Result.Trials ? "" : $"right in {attack.Result.Wins} of {attack.Result.Trials} trials";
        (int Width, EffInfAttack Attack)[] answers = [.. all.Where(each => each.Attack.Answers)];
        (int Width, EffInfAttack Attack)[] one = [.. answers.Where(each => each.Attack.Cost < 1)];
        (int Width, EffInfAttack Attack)[] many = [.. answers.Where(each => each.Attack.Cost >= 1 && double.IsFinite(each.Attack.BreakEven))];
        (int Width, EffInfAttack Attack)[] dear = [.. answers.Where(each => double.IsInfinity(each.Attack.BreakEven))];
        (int Width, EffInfAttack Attack)[] wrong = [.. all.Where(each => !each.Attack.Answers)];
        List<string> parts = [];
        if (one.Length > 0)
        {
            parts.Add($"it wins EffInf for one input at {At(one, Share)}");
        }

        if (many.Length > 0)
        {
            parts.Add($"{(one.Length > 0 ? "" : "it wins ")}only amortised at {At(many, attack => $"{Times(attack.Cost)} times Cost(Run′), m* = {attack.BreakEven.ToString("0", CultureInfo.InvariantCulture)}")}");
        }

        if (dear.Length > 0)
        {
            parts.Add($"it pays for no number of inputs at {At(dear)}, where it answers like Run′ and never costs less");
        }

        if (wrong.Length > 0)
        {
            parts.Add($"{(parts.Count > 0 ? "" : "it does ")}not at {At(wrong, Share)}");
        }

        return string.Join("; ", parts);
    }

    private static EffInfAttack Of(EffInfStudy study, string name) => study.Attacks.First(attack => attack.Name == name);

    private static string Times(double ratio) => EffInfFigure.Times(ratio);

    /// <summary>Two digits, and no sign before a zero.</summary>
    public static string Digits(double value) => (Math.Round(value, 2) + 0.0).ToString("0.00", CultureInfo.InvariantCulture).Replace('-', '−');
}
