open Expecto
open Wager.Adversaries
open Wager.Games
open Wager.Reductions
open Wager.Testing

/// One of 100 weights, released as it is or, once in four times, as any of them: sampled, for a weight comes as a 64-bit key.
type Noisy() =
    inherit Scheme<uint64, uint64, int, uint64, NoKey, NoKey>()
    override _.WeightTolerance = Tolerance.Equality<uint64>()
    override _.OutputTolerance = Tolerance.Equality<uint64>()
    override _.Train tape = tape.Keys()[0] % 100UL
    override _.KGen _ = struct (NoKey(), NoKey())
    override _.Release(_, weights, tape) = if tape.DrawBiased(1, 4) = 1 then tape.Keys()[0] % 100UL else weights
    override _.Input tape = 1 + tape.Draw 9
    override _.Run(weights, input, tape) =
        let cost = Cost(MultiplyAdds = 1.0)
        tape.Charge &cost
        weights * uint64 input
    override this.RunReleased(_, released, input, tape) = this.Run(released, input, tape)

let asReleased () = FunctionRecoverer<uint64, uint64, NoKey>("as-released", fun _ released _ -> released)

[<EntryPoint>]
let main args =
    let scheme = Noisy()
    let game = Game.WRec(scheme, asReleased ())
    runTestsWithCLIArgs [] args (testList "noisy" [
        Advantage.Of(game).Test(fun a -> a.AtLeast 0.7)
        Advantage.Of(game).Test(fun a -> a.AtMost 0.9)
        ClaimAssertion.Test(Eq8(scheme, asReleased ()).Repaired(0.0))
    ])
