using Wager.Games;
using Wager.Schemes.Tables;

namespace Wager.Adversaries.Tables;

/// <summary>A finite scheme with one adversary of each kind, all given by tables.</summary>
public sealed record TableInstance
{
    /// <summary>The scheme's tables.</summary>
    public required SchemeTables Tables { get; init; }

    /// <summary>The adversary in WRec.</summary>
    public required TableRecoverer Recoverer { get; init; }

    /// <summary>The adversary in EffInf.</summary>
    public required TableAccelerator Accelerator { get; init; }

    /// <summary>The adversary in W-IND.</summary>
    public required TableDistinguisher Distinguisher { get; init; }

    /// <summary>The adversary in W-IND with two challenges.</summary>
    public required TablePairDistinguisher PairDistinguisher { get; init; }

    /// <summary>The four adversaries.</summary>
    public IReadOnlyList<Adversary> Adversaries => [Recoverer, Accelerator, Distinguisher, PairDistinguisher];

    /// <summary>A new scheme of the tables.</summary>
    public TableScheme Scheme() => new(Tables);

    /// <summary>All tables: the same text for the same instance, and for no other.</summary>
    public override string ToString() =>
        $"{Tables}, Recoverer {TableShape.Text(Recoverer.Answers)} for {Recoverer.Operations}, "
        + $"Accelerator {TableShape.Text(Accelerator.Answers)} for {Accelerator.Operations}, "
        + $"Distinguisher {TableShape.Text(Distinguisher.Ones)} of {Distinguisher.Denominator}, "
        + $"PairDistinguisher {TableShape.Text(PairDistinguisher.Symbols)}, {TableShape.Text(PairDistinguisher.Answers)}, {PairDistinguisher.Default}";

    /// <summary>What does not fit together; null where all does.</summary>
    public string? Flaw
    {
        get
        {
            if (Tables.Flaw is { } flaw)
            {
                return flaw;
            }

            (int p, int n, int v, int m) = (Tables.PublicKeyCount, Tables.WeightCount, Tables.ViewCount, Tables.InputCount);
            int symbols = PairDistinguisher.Answers.Length;
            return TableShape.AnswersFlaw("Recoverer", Recoverer.Answers, n, p, v)
                ?? TableShape.AnswersFlaw("Accelerator", Accelerator.Answers, Tables.OutputCount, p, v, m)
                ?? (Distinguisher.Denominator is < 1 or int.MaxValue ? $"Distinguisher answers 1 out of {Distinguisher.Denominator}" : null)
                ?? TableShape.AnswersFlaw("Distinguisher", Distinguisher.Ones, Distinguisher.Denominator + 1, p, n, n, v)
                ?? TableShape.AnswersFlaw("PairDistinguisher.Symbols", PairDistinguisher.Symbols, symbols, p, n, n, v)
                ?? TableShape.AnswersFlaw("PairDistinguisher.Answers", PairDistinguisher.Answers, 2, symbols, symbols)
                ?? (PairDistinguisher.Default is 0 or 1 ? null : $"PairDistinguisher answers {PairDistinguisher.Default} to one challenge, which is no bit")
                ?? (Recoverer.Operations < 0 || Accelerator.Operations < 0 ? "a cost is below 0" : null);
        }
    }
}
