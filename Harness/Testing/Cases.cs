using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>The generated cases of a property: each gets the same share of the level. What is tried after the first that failed only makes it smaller; the level says nothing of which of these is shown.</summary>
internal sealed class Cases
{
    /// <summary>How many cases FsCheck generates unless told otherwise.</summary>
    public const int Usual = 100;

    private readonly Lock _gate = new();
    private readonly int _most;
    private readonly double _shareLevel;
    private int _tried;
    private Exception? _first;

    public Cases(int most, double level)
    {
        _most = most >= 1 ? most : throw new UsageException($"cases {most}: must be at least 1");
        _shareLevel = Sampling.Share(Checked.Level(level), most);
    }

    public void Assert(Action<double> assert)
    {
        Exception? first;
        lock (_gate)
        {
            first = _first;
            if (first is null && ++_tried > _most)
            {
                throw new UsageException($"more than the {_most} cases among which the level was shared: give their number as cases, and check a property once");
            }
        }

        try
        {
            assert(_shareLevel);
        }
        catch (AssertionFailure failure) when (first is AssertionFailure { Verdict: Verdict.Refuted } && failure.Verdict != Verdict.Refuted)
        {
            // What was refuted does not shrink to what is only not decided.
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _first ??= e;
            }

            throw;
        }
    }
}
