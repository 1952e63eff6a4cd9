using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>A game that was played, for claims to speak of.</summary>
/// <param name="Result">What it showed.</param>
/// <param name="Won">Which trials were won, the same trials in all games; null where they were not recorded, or there are none.</param>
public sealed record Play(Result Result, bool[]? Won = null);

/// <summary>The games of a scheme, each played once however many claims speak of it.</summary>
/// <param name="play">Plays a game; null where that is not to be had.</param>
public sealed class Plays(Func<Game, Play?> play)
{
    private readonly Dictionary<string, (Play? Play, UndefinedConditionException? Undefined)> _played = [];

    /// <summary>A game played; null where that is not to be had.</summary>
    /// <exception cref="UndefinedConditionException">The game is undefined.</exception>
    public Play? Of(Game game)
    {
        string name = game.ToString();
        if (!_played.TryGetValue(name, out (Play? Play, UndefinedConditionException? Undefined) known))
        {
            try
            {
                known = (play(game), null);
            }
            catch (UndefinedConditionException e)
            {
                known = (null, e);
            }

            _played[name] = known;
        }

        return known.Undefined is { } undefined ? throw new UndefinedConditionException(undefined.Message) : known.Play;
    }
}
