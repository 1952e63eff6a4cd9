using Wager.Adversaries.Tables;
using Wager.Games;

namespace Wager.Harness.Reports;

/// <summary>An adversary given by a table as a C# class.</summary>
internal static class AdversaryCode
{
    /// <summary>The class.</summary>
    /// <param name="adversary">The adversary.</param>
    /// <param name="scheme">The scheme's class.</param>
    /// <param name="key">The type of public keys.</param>
    public static ClassCode Of(Adversary adversary, string scheme, string key) => adversary switch
    {
        TableRecoverer a => Recoverer(a, scheme, key),
        TableAccelerator a => Accelerator(a, scheme, key),
        TableDistinguisher a => Distinguisher(a, scheme, key),
        TablePairDistinguisher a => PairDistinguisher(a, scheme, key),
        _ => throw new ArgumentException($"{adversary.Name} is not given by a table", nameof(adversary)),
    };

    private static ClassCode Named(Adversary adversary, string summary, string type)
    {
        ClassCode code = new(summary, $"public sealed record {type}");
        code.Override($"string Name => \"{adversary.Name}\";");
        return code;
    }

    private static ClassCode Recoverer(TableRecoverer a, string scheme, string key)
    {
        ClassCode code = Named(a, "Its adversary in WRec.", $"{scheme}Recoverer : Recoverer<int, int, {key}>");
        code.Override($"int Recover({key} publicKey, int released, Tape tape){ClassCode.Body(code.Number("_answers", a.Answers, "publicKey", "released"), a.Operations)}");
        return code;
    }

    private static ClassCode Accelerator(TableAccelerator a, string scheme, string key)
    {
        ClassCode code = Named(a, "Its adversary in EffInf.", $"{scheme}Accelerator : Accelerator<int, int, int, {key}>");
        code.Override($"int Infer({key} publicKey, int released, int input, Tape tape){ClassCode.Body(code.Number("_answers", a.Answers, "publicKey", "released", "input"), a.Operations)}");
        return code;
    }

    private static ClassCode Distinguisher(TableDistinguisher a, string scheme, string key)
    {
        ClassCode code = Named(a, "Its adversary in W-IND.", $"{scheme}Distinguisher : Distinguisher<int, int, {key}>");
        string ones = code.Number("_ones", a.Ones, "publicKey", "w0", "w1", "released");
        string bit = ones == "0" ? "Bits.Zero" : a.Denominator == 1 ? $"new({ones} == 1)" : $"new(tape.DrawBiased({ones}, {a.Denominator}) == 1)";
        code.Override($"Bits Guess({key} publicKey, int w0, int w1, int released, Tape tape) => {bit};");
        return code;
    }

    private static ClassCode PairDistinguisher(TablePairDistinguisher a, string scheme, string key)
    {
        ClassCode code = Named(a, "Its adversary in W-IND with two challenges.", $"{scheme}PairDistinguisher : Distinguisher<int, int, {key}>");
        string symbol = code.Number("_symbols", a.Symbols, "challenge.PublicKey", "challenge.W0", "challenge.W1", "challenge.Released");
        string answer = code.Number("_answers", a.Answers, "first", "second");
        string single = a.Default == 1 ? "Bits.One" : "Bits.Zero";
        code.Override($"Bits Guess({key} publicKey, int w0, int w1, int released, Tape tape) => {single};");
        code.Override($$"""
            Bits Guess(Oracle<Challenge<int, int, {{key}}>> challenges, Tape tape)
            {
                if (challenges.Budget < 2)
                {
                    return {{single}};
                }

                int first = Symbol(challenges.Query());
                int second = Symbol(challenges.Query());
                return new({{answer}} == 1);
            }
            """);
        code.Add($"private static int Symbol(Challenge<int, int, {key}> challenge) => {symbol};");
        return code;
    }
}
