using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>The generated cases of a property: each gets the same share of the level. What is tried after the first that failed only makes it smaller.</summary>
internal sealed class Cases
{
    /// <summary>How many cases FsCheck generates unless told otherwise.</summary>
    public const int Usual = 100;

    private readonly int _most;
    private readonly double _shareLevel;
    private int _tried;
    private bool _failed;

    public Cases(int most, double level)
    {
        _most = most >= 1 ? most : throw new UsageException($"cases {most}: must be at least 1");
        _shareLevel = Sampling.Share(Checked.Level(level), most);
    }

    public void Assert(Action<double> assert)
    {
        if (!_failed && ++_tried > _most)
        {
            throw new UsageException($"more than the {_most} cases among which the level was shared: give their number as cases, and check a property once");
        }

        try
        {
            assert(_shareLevel);
        }
        catch (AssertionFailure)
        {
            _failed = true;
            throw;
        }
    }
}
