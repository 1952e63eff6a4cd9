using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>What is known between two notions.</summary>
/// <param name="From">What is assumed.</param>
/// <param name="To">What it does, or does not, imply.</param>
/// <param name="Relation">How the two are related.</param>
/// <param name="By">The claim that proves it, or the scheme that is the witness.</param>
/// <param name="Budget">For whom it holds: the budget of the one notion by that of the other; empty where there is none.</param>
/// <param name="Loss">What is lost.</param>
/// <param name="Exactly">What was worked out for it, exactly.</param>
public sealed record NotionArrow(string From, string To, ArrowKind Relation, string By, string Budget, string Loss, string Exactly);

/// <summary>How two notions are related.</summary>
public enum ArrowKind
{
    /// <summary>The first implies the second.</summary>
    Implies,

    /// <summary>The first does not imply the second.</summary>
    DoesNotImply,

    /// <summary>The first excludes the second.</summary>
    Breaks,
}

/// <summary>
/// The diagram of notions: which follows from which, with which budget and loss, and where one does not follow, a scheme that is a witness.
/// Its numbers are worked out when it is made: of witnesses against the best of all adversaries, of implications on every finite scheme.
/// </summary>
/// <param name="evaluate">A claim on every finite scheme, exactly, in a form.</param>
public sealed class NotionDiagram(Func<ClaimKind, Form, IEnumerable<ClaimResult>> evaluate)
{
    private const int Several = 3;

    private static readonly Form _one = new();

    private static readonly Form _several = new(Queries: Several);

    /// <summary>The arrows between the notions with one release or challenge, as the paper has them.</summary>
    public IEnumerable<NotionArrow> OneQuery() =>
    [
        new("W-IND", "WRec", ArrowKind.Implies, "eq9-repaired", "t ↦ t", "q; by rejection Z·q + 1 − Z", Holds("eq9-repaired", _one)),
        new("W-IND", "EffInf", ArrowKind.Implies, "output-compare", "t ↦ t − Cost(Run) − Cost(x)", "q + η(δ); by rejection Z·q + 1 − Z + η(δ)", Holds("output-compare", _one)),
        new("EffInf", "WRec", ArrowKind.Implies, "eq8-repaired", "t ↦ t − Cost(Run)", "η(δ − ω) + κ(ω)", Holds("eq8-repaired", _one)),
        new("Correctness", "W-IND", ArrowKind.Breaks, "function-compare", "from t = Cost(Run′) + 2·Cost(Run) + Cost(x) on", "Adv ≥ 1 − η₀ − η₁ − s", Holds("function-compare", _one)),
        Witness("WRec", "EffInf", "dropped-bits-2", "bits that Run ignores and Release drops", Optimal("dropped-bits-2", Notion.WRec, _one), Optimal("dropped-bits-2", Notion.EffInf, _one)),
        Witness("WRec", "W-IND", "leaked-bit-2", "one bit of two leaks", Optimal("leaked-bit-2", Notion.WRec, _one), Optimal("leaked-bit-2", Notion.WInd, _one)),
        Witness("EffInf", "W-IND", "marked-sharing-3", "shares, and a mark that leaks", $"{Optimal("marked-sharing-3", Notion.EffInf, _one)} below the budget", $"{Optimal("marked-sharing-3", Notion.WInd, _one, reads: 1)} at one read"),
        Witness("EffInf", "WRec", "sharing-3", "once all shares are read", $"{Optimal("sharing-3", Notion.EffInf, _one)} below the budget", $"{Optimal("sharing-3", Notion.WRec, _one)} at all reads"),
        Witness("W-IND", "WRec", "constant-release", "without q: luck alone", Optimal("constant-release", Notion.WInd, _one), Optimal("constant-release", Notion.WRec, _one)),
        Witness("W-IND", "EffInf", "constant-release", "without η: Run′ is public and wrong", Optimal("constant-release", Notion.WInd, _one), Played("constant-release", Notion.EffInf, "constant", _one)),
    ];

    /// <summary>The arrows to and between the notions with several releases or challenges.</summary>
    public IEnumerable<NotionArrow> SeveralQueries() =>
    [
        new("W-IND", "q-W-IND", ArrowKind.Implies, "hybrid", "t ↦ t − (q − 1)·(KGen + line 4 + Release), in the mean", "a factor q, with fresh keys", Holds("hybrid", _one)),
        new("q-EffInf", "q-WRec", ArrowKind.Implies, "eq8-repaired", "t ↦ t − Cost(Run)", "η(δ − ω) + κ(ω)", Holds("eq8-repaired", _several)),
        Witness("W-IND", "q-W-IND", "pad-3", "with one key: a pad used twice", Optimal("pad-3", Notion.WInd, _one), SharedKey("pad-3")),
        Witness("WRec", "q-WRec", "noisy-bit", "noise that is drawn anew", Optimal("noisy-bit", Notion.WRec, _one), $"{Optimal("noisy-bit", Notion.WRec, _several)} at q = {Several}"),
    ];

    private static NotionArrow Witness(string from, string to, string scheme, string why, string first, string second) =>
        new(from, to, ArrowKind.DoesNotImply, scheme, "", why, $"{from} {first}, {to} {second}");

    /// <summary>What the best of all adversaries has; in EffInf, below the budget.</summary>
    private static string Optimal(string scheme, Notion notion, Form form, int? reads = null)
    {
        Result result = SchemeCatalog.Find(scheme).Optimal(notion, form).Evaluate(reads).Result;
        return Card.Text(result.WithinBudget ?? result.Advantage);
    }

    private static string Played(string scheme, Notion notion, string adversary, Form form) =>
        Card.Text(ExactEvaluator.Evaluate(SchemeCatalog.Find(scheme).Game(notion, adversary, form))!.Judged!);

    /// <summary>What is known of two challenges with one key: the most that an adversary of the list has.</summary>
    private string SharedKey(string scheme)
    {
        ClaimResult best = evaluate(ClaimKind.Find("hybrid-shared-key"), _one).Where(result => result.Claim.Scheme == scheme)
            .MaxBy(result => Math.Abs(result.Conclusion.Left!.Value))!;
        return $"{Card.Text(best.Conclusion.Left!)} at q = 2";
    }

    /// <summary>On how many pairs of finite schemes and adversaries it holds without being vacuous, and on how many nothing is lost beyond what it says.</summary>
    private string Holds(string claim, Form form)
    {
        ClaimResult[] results = [.. evaluate(ClaimKind.Find(claim), form).Where(result => result.Verdict is Verdict.Proved or Verdict.Refuted).Where(result => !result.Conclusion.IsVacuous)];
        int proved = results.Count(result => result.Verdict == Verdict.Proved);
        string tight = results.All(result => result.Conclusion.Relation.IsEquation) ? "" : $", tight in {results.Count(result => result.Conclusion.IsTight)}";
        return $"{proved} of {results.Length} pairs of scheme and adversary{tight}";
    }
}
