using System.Globalization;
using Expecto;
using FsCheck;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using TestResult = FsCheck.TestResult;

namespace Wager.Tests;

/// <summary>Turns the outcome of an FsCheck property into an Expecto outcome.</summary>
internal sealed class PropertyRunner : IRunner
{
    /// <summary>Where cases start unless FSCHECK_REPLAY says otherwise: what it prints, or random for new cases.</summary>
    private const string Seed = "1,3";

    public static void Check(Property property, int count)
    {
        string replay = Environment.GetEnvironmentVariable("FSCHECK_REPLAY") ?? Seed;
        Config config = Config.Quick
            .WithMaxTest(count)
            .WithQuietOnSuccess(true)
            .WithReplay(replay == "random" ? FSharpOption<Replay>.None : FSharpOption<Replay>.Some(Parse(replay)))
            .WithRunner(new PropertyRunner());
        FsCheck.Check.One(config, property);
    }

    public void OnStartFixture(Type t)
    {
    }

    public void OnArguments(int n, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
    {
    }

    public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
    {
    }

    public void OnFinished(string name, TestResult result)
    {
        if (result is TestResult.Failed f)
        {
            string because = f.Item4 is Outcome.Failed o ? $"\nbecause:  {o.Item.GetType().Name}: {o.Item.Message.Trim()}" : "";
            throw new FailedException(string.Create(CultureInfo.InvariantCulture, $"""
                falsified by test {f.Item1.NumberOfTests}, after {f.Item1.NumberOfShrinks} shrinks
                smallest: {Runner.argumentsToString(f.Item3).Trim()}
                original: {Runner.argumentsToString(f.Item2).Trim()}{because}
                replay:   FSCHECK_REPLAY={f.Item6.Seed},{f.Item6.Gamma},{f.Item7}   (whole run: {f.Item5.Seed},{f.Item5.Gamma})
                """));
        }

        if (result is TestResult.Exhausted e)
        {
            throw new FailedException($"gave up: only {e.Item.NumberOfTests} generated values met the condition");
        }
    }

    private static Replay Parse(string text)
    {
        string[] n = text.Split(',');
        Rnd rnd = new(ulong.Parse(n[0], CultureInfo.InvariantCulture), ulong.Parse(n[1], CultureInfo.InvariantCulture));
        return new Replay(rnd, n.Length > 2 ? FSharpOption<int>.Some(int.Parse(n[2], CultureInfo.InvariantCulture)) : FSharpOption<int>.None);
    }
}
