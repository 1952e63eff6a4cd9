using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>What consecutive trials came to.</summary>
internal sealed class Tally
{
    /// <summary>So many of the trials that do not replay are named.</summary>
    private const int NamedTrials = 16;

    public long Trials { get; private set; }

    public long Wins { get; private set; }

    public long WinsWithin { get; private set; }

    public long OverBudget { get; private set; }

    public string? FirstFault { get; private set; }

    public long[] Faults { get; } = new long[Enum.GetValues<Fault>().Length];

    public List<long> NotReplayable { get; } = [];

    public Cost[] Spent { get; } = new Cost[Enum.GetValues<Procedure>().Length];

    /// <summary>A trial that ended.</summary>
    public void Add(bool won, bool within)
    {
        Trials++;
        Wins += won ? 1 : 0;
        WinsWithin += won && within ? 1 : 0;
        OverBudget += within ? 0 : 1;
    }

    /// <summary>Why the trial just added had no valid answer.</summary>
    public void Add(long trial, BrokenAdversaryException fault)
    {
        Faults[(int)fault.Fault]++;
        FirstFault ??= $"trial {trial}: {fault.Message}{(fault.IsReplayable ? "" : " (not replayable)")}";
        if (!fault.IsReplayable && NotReplayable.Count < NamedTrials)
        {
            NotReplayable.Add(trial);
        }
    }

    /// <summary>The trials that follow.</summary>
    public void Add(Tally next)
    {
        Trials += next.Trials;
        Wins += next.Wins;
        WinsWithin += next.WinsWithin;
        OverBudget += next.OverBudget;
        FirstFault ??= next.FirstFault;
        NotReplayable.AddRange(next.NotReplayable.Take(NamedTrials - NotReplayable.Count));
        for (int i = 0; i < Faults.Length; i++)
        {
            Faults[i] += next.Faults[i];
        }

        for (int i = 0; i < Spent.Length; i++)
        {
            Spent[i] += next.Spent[i];
        }
    }
}
