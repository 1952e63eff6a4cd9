using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using Wager.Schemes.Tokenizers;
using Wager.Schemes.Transformers;
using Wager.Testing;

namespace Wager.Harness.CommandLine;

/// <summary><c>calibrate MODEL --text FILE -o FILE</c>: the range of z of every hidden unit, by which a release chooses z₀ and what it protects.</summary>
internal static class CalibrateVerb
{
    private const int DefaultTokens = 65_536;
    private const int DefaultWindow = 512;

    /// <summary>What goes through the model together takes memory by its square.</summary>
    private const int LongestWindow = 1 << 14;

    public static Command Command() => Arguments.Verb(
        "calibrate",
        "stream a text through a model, and write the range of z of every hidden unit, which release --z-range takes",
        Run,
        [
            FileArguments.Model, ModelArguments.Text, ModelArguments.Ranges, ModelArguments.MostTokens, ModelArguments.Window, ModelArguments.Type, Arguments.OnDevice, Arguments.Threads,
            Arguments.Json,
        ]);

    private static int Run(ParseResult parse)
    {
        string output = FileArguments.OutputOf(parse, ModelArguments.Ranges, "the safetensors file to write the ranges into");
        string text = FileArguments.OutputOf(parse, ModelArguments.Text, "the text that goes through the model");
        long most = Arguments.Whole(parse, ModelArguments.MostTokens, DefaultTokens, 1, long.MaxValue);
        using ModelFolder folder = ModelFolder.Open(parse.GetRequiredValue(FileArguments.Model));
        FilePlaces.RequireApart(parse, output, [.. folder.Sources, text]);
        TransformerConfig config = TransformerConfig.Read(folder.Config);
        ModelTokenizer tokenizer = ModelArguments.TokenizerOf(folder.Path, config);
        int least = tokenizer.Encode("").Length + 1;
        int window = config.Positions < least ? throw new UsageException($"{config.Model.Path}: a context of {config.Positions} has no room for a token of a text")
            : (int)Arguments.Whole(parse, ModelArguments.Window, Math.Min(DefaultWindow, config.Positions), least, Math.Min(LongestWindow, config.Positions));
        _ = new Destination(ModelArguments.Ranges.Name, output, "name a file in a folder that exists"); // or else one would learn that after the last token
        using Session session = new(parse, trials: 1, mostTrials: 1, text);
        Stopwatch watch = Stopwatch.StartNew();
        SeededTape tape = new(1);
        using Transformer model = Transformer.Load(folder, ModelArguments.PlacementOf(parse));
        TensorMath.ComputeOn(session.Sampling.Threads);
        using Calibration calibration = new(model, tape);
        session.Stoppable($"calibration of {folder.Path}", (progress, stop) =>
        {
            foreach (int[] tokens in TokenStream.Windows(tokenizer, text, window))
            {
                stop.ThrowIfCancellationRequested();
                calibration.Add(tokens[..(int)Math.Min(tokens.Length, most - calibration.Tokens)]);
                progress?.Invoke((double)calibration.Tokens / most);
                if (calibration.Tokens >= most)
                {
                    break;
                }
            }

            return true;
        });
        (double[] Least, double[] Greatest)[] ranges = [.. RangesOf(calibration, folder.Path)];
        calibration.Write([.. folder.Mlps.Select(mlp => mlp.Path)], output);
        double[] halves = [.. ranges.SelectMany(range => range.Least.Zip(range.Greatest, (a, b) => (b - a) / 2)).Order()];
        session.Screen.Tables.WriteLine(FormattableString.Invariant(
            $"{output}: the range of z of {halves.Length:N0} units in {ranges.Length} layers of {folder.Path}, from {calibration.Tokens:N0} token{(calibration.Tokens == 1 ? "" : "s")} of {text}; half of it, the most |z − z₀|, is {halves[halves.Length / 2]:G3} in the median and at most {halves[^1]:G3}; {watch.Elapsed.TotalSeconds:0.0} s"));
        session.Write(new JsonObject
        {
            ["model"] = folder.Path,
            ["file"] = output,
            ["text"] = text,
            ["tokens"] = calibration.Tokens,
            ["window"] = window,
            ["units"] = halves.Length,
            ["medianHalfRange"] = halves[halves.Length / 2],
            ["greatestHalfRange"] = halves[^1],
            ["seconds"] = watch.Elapsed.TotalSeconds,
        });
        return 0;
    }

    private static IReadOnlyList<(double[] Least, double[] Greatest)> RangesOf(Calibration calibration, string model)
    {
        try
        {
            return calibration.Ranges();
        }
        catch (InvalidDataException e)
        {
            throw new UsageException($"{model}: {e.Message}; use a --dtype that reaches further");
        }
    }
}
