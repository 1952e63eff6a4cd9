using Wager.Games;

namespace Wager.Testing.SelfTest;

/// <summary>A tape on which the coins that one procedure is given are given to the adversary again, as if the two shared a stream.</summary>
internal sealed class OverheardTape : Tape
{
    private readonly Tape _tape;
    private readonly Procedure _heard;
    private readonly List<int> _coins;
    private readonly Role _role;
    private int _next;

    /// <summary>A game's tape, overheard.</summary>
    /// <param name="tape">The tape, by paths or by seed.</param>
    /// <param name="heard">Whose coins are repeated; <see cref="Procedure.Game"/> for those of the game itself.</param>
    public OverheardTape(Tape tape, Procedure heard)
        : this(tape, heard, [], heard == Procedure.Game ? Role.GameAndHeard : Role.Game)
    {
    }

    private OverheardTape(Tape tape, Procedure heard, List<int> coins, Role role)
    {
        _tape = tape;
        _heard = heard;
        _coins = coins;
        _role = role;
        Transcript = tape.Transcript;
        Cancellation = tape.Cancellation;
        Guard = tape.Guard;
    }

    private enum Role
    {
        Game,
        GameAndHeard,
        Heard,
        Adversary,
    }

    /// <inheritdoc/>
    internal override string Position => _tape.Position;

    /// <inheritdoc/>
    public override Bits Coin() => new((Again(2) ?? Noted(_tape.Coin().Lanes[0] ? 1 : 0)) == 1);

    /// <inheritdoc/>
    public override int Draw(int outcomes) => Again(outcomes) ?? Noted(_tape.Draw(outcomes));

    /// <inheritdoc/>
    public override int DrawByOdds(params ReadOnlySpan<int> odds) => Again(odds.Length) ?? Noted(_tape.DrawByOdds(odds));

    /// <inheritdoc/>
    public override ReadOnlySpan<ulong> Keys() => _tape.Keys();

    /// <inheritdoc/>
    public override Tape For(Procedure procedure) => _role is not (Role.Game or Role.GameAndHeard) ? _tape.For(procedure)
        : procedure == _heard ? new OverheardTape(_tape.For(procedure), _heard, _coins, Role.Heard)
        : procedure == Procedure.Adversary ? new OverheardTape(_tape.For(procedure), _heard, _coins, Role.Adversary)
        : _tape.For(procedure);

    /// <inheritdoc/>
    public override void Charge(in Cost cost) => _tape.Charge(cost);

    /// <inheritdoc/>
    public override Cost Spent(Procedure procedure) => _tape.Spent(procedure);

    /// <inheritdoc/>
    public override void AddSpent(Span<Cost> totals, double weight = 1) => _tape.AddSpent(totals, weight);

    /// <inheritdoc/>
    public override T Given<T>(Func<Tape, T> draw, Func<T, Bits> accept, Func<Bits, T, T, T> choose) => _tape.Given(draw, accept, choose);

    /// <summary>For the adversary, the next coin that was heard; null where there is none left, or it is another's turn.</summary>
    private int? Again(int outcomes) => _role == Role.Adversary && _next < _coins.Count ? _coins[_next++] % outcomes : null;

    private int Noted(int coin)
    {
        if (_role is Role.Heard or Role.GameAndHeard)
        {
            _coins.Add(coin);
        }

        return coin;
    }
}
