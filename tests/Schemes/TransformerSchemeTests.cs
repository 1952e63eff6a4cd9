using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Schemes.Transformers;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>TaylorMLP on whole models as a scheme. Everything is seeded; where it is not exact, false alarms are stated.</summary>
internal static class TransformerSchemeTests
{
    public static Test All => Suite.Group(
        "games on models",
        Suite.Test("Correctness holds in every family and both variants at N = 8, and at N = 1 in no trial", () =>
        {
            foreach ((SmallTransformer small, Variant variant) in SmallTransformer.OfAll(Variant.Paper, Variant.PublicCode))
            {
                long At(int order) => Wins(small.Settings with { Variant = variant, Order = order }, Notion.Correctness, null);
                Assert.Equal((Trials, 0L), (At(8), At(1)), $"Correctness of {small.Name}, {variant}, at N = 8 and N = 1");
            }
        }),
        Suite.Test("Train moves each protected entry by a tenth of it times a standard normal, within five deviations (false alarms: 6 in a million), and nothing else", () =>
        {
            foreach ((SmallTransformer small, _) in SmallTransformer.OfAll())
            {
                using DisposeScope scope = NewDisposeScope();
                TransformerScheme scheme = new(small.Settings);
                AllMlps<MlpWeights> weights = scheme.Train(new SeededTape(3));
                List<double> moves = [];
                foreach ((MlpWeights tuned, MlpWeights given) in weights.Blocks.Zip(scheme.Folder.Blocks))
                {
                    Assert.True(ReferenceEquals(tuned.V, given.V) && ReferenceEquals(tuned.U, given.U), "V and U are the folder's");
                    foreach ((Tensor after, Tensor before) in new[] { (tuned.W, given.W), (tuned.B, given.B), (tuned.C, given.C) })
                    {
                        (double W, double Of)[] entries = [.. RandomMlp.Host(after).Zip(RandomMlp.Host(before))];
                        Assert.True(Array.TrueForAll(entries, entry => entry.W != entry.Of || entry.Of == 0), "every entry moves, but for the zeros of a bias that is not there");
                        moves.AddRange(entries.Where(entry => entry.W != entry.Of).Select(entry => ((entry.W / entry.Of) - 1) / 0.1));
                    }
                }

                int count = moves.Count;
                Assert.Near(0, moves.Average(), 5 / Math.Sqrt(count), $"{small.Name}: mean of {count}");
                Assert.Near(1, moves.Average(move => move * move), 5 * Math.Sqrt(2.0 / count), $"{small.Name}: mean square of {count}");
                Assert.True(!RandomMlp.Host(scheme.Train(new SeededTape(4)).Blocks[0].W).SequenceEqual(RandomMlp.Host(weights.Blocks[0].W)), "another tape, another model");
            }
        }),
        Suite.Test("z₀ is the midrange of what reaches each MLP while W runs 32 prompts that never change", () =>
        {
            foreach ((SmallTransformer small, _) in SmallTransformer.OfAll())
            {
                using DisposeScope scope = NewDisposeScope();
                TransformerScheme scheme = new(small.Settings);
                AllMlps<MlpWeights> weights = scheme.Train(new SeededTape(5));
                Listener[] listeners = [.. weights.Blocks.Select(mlp => new Listener(new(mlp, scheme.Settings.Activation)))];
                SeededTape key = new(1);
                for (int prompt = 0; prompt < 32; prompt++)
                {
                    scheme.AnswerOf(listeners, scheme.Settings.Prompts.Draw(key, CPU), new SeededTape(0));
                }

                foreach ((Listener listener, TaylorRelease released) in listeners.Zip(scheme.Release(default, weights, new SeededTape(6)).Blocks))
                {
                    Tensor z = cat([.. listener.Heard], 0).matmul(listener.Mlp.Weights.V.t());
                    double[] expected = RandomMlp.Host(z.amax([0]).add(z.amin([0])).Times(0.5));
                    double[] found = RandomMlp.Host(released.Z0);
                    for (int j = 0; j < found.Length; j++)
                    {
                        Assert.Near(expected[j], found[j], 1e-12, $"{small.Name}: z₀ of unit {j}, the prompts one by one");
                    }
                }
            }
        }),
        Suite.Test("Run′ is charged what Run is, with each MLP's Run′ in the place of the MLP: (N − 1)·D·h multiply-adds more a token, N·D·h with a gate, less those of the activation", () =>
        {
            const int Order = 6, Length = 11;
            foreach ((SmallTransformer small, Variant variant) in SmallTransformer.OfAll(Variant.Paper, Variant.PublicCode))
            {
                using DisposeScope scope = NewDisposeScope();
                TransformerScheme scheme = new(small.Settings with { Variant = variant, Order = Order, Prompts = new(Length, small.Model.Config.Vocabulary) });
                AllMlps<MlpWeights> weights = scheme.Train(new SeededTape(1));
                AllMlps<TaylorRelease> released = scheme.Release(default, weights, new SeededTape(2));
                Tensor x = scheme.Input(new SeededTape(3));
                (Cost run, Cost ofReleased) = (Spent(tape => scheme.Run(weights, x, tape)), Spent(tape => scheme.RunReleased(default, released, x, tape)));
                Tensor rows = zeros(Length, small.Model.Config.Model.Width, dtype: float64);
                Cost plain = Spent(tape => Array.ForEach([.. weights.Blocks], mlp => new PlainMlp(mlp, scheme.Settings.Activation).Infer(rows, new(tape))));
                Cost taylor = Spent(tape => Array.ForEach([.. released.Blocks], mlp => mlp.Infer(rows, new(tape))));
                Assert.Equal(run + taylor, ofReleased + plain, $"{small.Name}, {variant}: Run and the Taylor sums against Run′ and the MLPs");
                (int _, int h, int outputs, bool isGated) = weights.Blocks[0].Shape;
                double activation = Spent(tape => scheme.Settings.Activation.Apply(new(tape), zeros(Length, h, dtype: float64))).MultiplyAdds; // which Run′ has none of
                Assert.Equal(
                    weights.Blocks.Count * ((Length * (isGated ? Order : Order - 1.0) * outputs * h) - activation), ofReleased.MultiplyAdds - run.MultiplyAdds, $"{small.Name}, {variant}: multiply-adds more");
            }
        }),
        Suite.Test("a law is of all tokens and sums to 1, and the distance of two is half the sum of their differences", () =>
        {
            using SmallTransformer small = new("opt");
            using DisposeScope scope = NewDisposeScope();
            TransformerScheme scheme = new(small.Settings with { OutputThreshold = null });
            Tensor law = scheme.Run(scheme.Folder, scheme.Input(new SeededTape(1)), new SeededTape(2));
            Assert.Near(1, law.sum().item<double>(), 1e-12, "the sum");
            Assert.True(scheme.FlawInOutput(law) is null && law.shape[0] == small.Model.Config.Vocabulary, "a law is an output");
            Assert.Contains("[2] instead of [48]", scheme.FlawInOutput(zeros(2, dtype: float64)) ?? "", "another length is none");
            Assert.Near(0.3, scheme.OutputTolerance.Distance(tensor([0.5, 0.2, 0.3]), tensor([0.2, 0.4, 0.4])).Lanes[0], 1e-15, "the distance");
            Assert.Equal("total variation distance of the laws ≤ 0.05", $"{scheme.OutputTolerance}", "Same on laws");
            Assert.True(scheme.OutputTolerance.IsMetric, "it is a metric");
        }),
        Suite.Test("greedy tokens are the most likely one after the other, and an end token fills what is left of them", () =>
        {
            foreach (string name in TransformerFixtures.Names)
            {
                using DisposeScope scope = NewDisposeScope();
                using SmallTransformer small = new(name, config => config with { EndTokens = [] });
                TransformerSettings settings = small.Settings with { Answer = AnswerForm.Greedy, Tokens = 6, Prompts = new(7, 48), OutputThreshold = null };
                TransformerScheme scheme = new(settings), laws = new(settings with { Answer = AnswerForm.Law });
                Tensor x = scheme.Input(new SeededTape(8));
                long[] found = [.. scheme.Run(scheme.Folder, x, new SeededTape(1)).data<long>()];
                List<long> text = [.. x.data<long>()];
                foreach (long token in found)
                {
                    Tensor law = laws.Run(scheme.Folder, tensor(text.ToArray()), new SeededTape(1));
                    Assert.Equal(law.argmax().item<long>(), token, $"{name}: the token after {text.Count}");
                    text.Add(token);
                }

                int ended = Array.FindIndex(found, token => token != found[0]) is var other and > 0 ? other : 0;
                using SmallTransformer ending = new(name, config => config with { EndTokens = [(int)found[ended]] });
                TransformerScheme filled = new(settings with { Model = ending.Model });
                long[] expected = [.. found.Take(ended), .. Enumerable.Repeat(found[ended], found.Length - ended)];
                Assert.Equal(string.Join(' ', expected), string.Join(' ', filled.Run(filled.Folder, x, new SeededTape(1)).data<long>().ToArray()), $"{name}: ended by token {ended}");
                Assert.Near(1.0 / 3, scheme.OutputTolerance.Distance(tensor([1L, 2, 3]), tensor([1L, 4, 3])).Lanes[0], 1e-15, "a third differs");
                Assert.True(scheme.OutputTolerance.Threshold == 0 && scheme.OutputTolerance.IsMetric, "all must be the same");
                Assert.Contains("Float32 instead of Int64", scheme.FlawInOutput(zeros(6)) ?? "", "numbers that are no tokens");
            }
        }),
        Suite.Test("prompts are windows of the texts, each as likely within five deviations (false alarms: 6 in a million), or tokens of the vocabulary, all of which come", () =>
        {
            const int Draws = 900;
            using DisposeScope scope = NewDisposeScope();
            Prompts prompts = new(3, 10, [[1, 2, 3, 4], [9, 9], [5, 6, 7]]);
            SeededTape tape = new(1);
            Dictionary<string, int> drawn = Enumerable.Range(0, Draws).Select(_ => string.Join(' ', prompts.Draw(tape, CPU).data<long>().ToArray())).CountBy(text => text).ToDictionary();
            Assert.Equal("1 2 3, 2 3 4, 5 6 7", string.Join(", ", drawn.Keys.Order()), "the windows of three tokens");
            foreach (int times in drawn.Values)
            {
                Assert.Near(Draws / 3.0, times, 5 * Math.Sqrt(Draws * 2.0 / 9), "draws of a window");
            }

            Prompts free = new(5, 10);
            Assert.Equal(10, Enumerable.Range(0, 60).SelectMany(_ => free.Draw(tape, CPU).data<long>().ToArray()).Distinct().Count(), "tokens of the vocabulary (one is missing once in 10^12)");
            Assert.Contains("no text has 3 tokens", Assert.Throws<ArgumentException>(() => _ = new Prompts(3, 10, [[1, 2]]), "too short").Message, "the message");
            Assert.Contains("from 0 to 9", Assert.Throws<ArgumentException>(() => _ = new Prompts(3, 10, [[1, 2, 10]]), "another vocabulary").Message, "the message");
        }),
        Suite.Test("on many threads one model gives what it gives on one, costs included", () =>
        {
            using SmallTransformer small = new("llama3");
            Game game = SmallTransformer.Subject(small.Settings).Game(Notion.EffInf, "truncate(2)", new());
            Result On(int threads) => SampledEvaluator.Evaluate(game, new() { Trials = 24, Threads = threads });
            (Result one, Result four) = (On(1), On(4));
            Assert.True(one.Wins is > 0 and < 24, $"{one.Wins} of 24 trials are won, so that not all are alike");
            Assert.Equal((one.Wins, one.WithinBudget?.Value), (four.Wins, four.WithinBudget?.Value), "wins, within the budget");
            string Costs(Result result) => string.Join('\n', result.Cost.OrderBy(cost => cost.Key).Select(cost => $"{cost.Key}: {cost.Value}"));
            Assert.Equal(Costs(one), Costs(four), "costs");
        }),
        Suite.Test("settings that make no sense are refused", () =>
        {
            using SmallTransformer small = new("opt");
            TransformerSettings settings = small.Settings;
            Assert.Contains("within the context of 16", Assert.Throws<ArgumentException>(() => _ = new TransformerScheme(settings with { Prompts = new(17, 48) }), "too long").Message, "the message");
            Assert.Equal((16, 9), (settings.Prompts.Length, (settings with { Answer = AnswerForm.Greedy }).Prompts.Length), "a greedy answer of 8 takes room from the prompt");
        }));

    private const long Trials = 12;

    public static long Wins(TransformerSettings settings, Notion notion, string? adversary)
    {
        Result result = SampledEvaluator.Evaluate(SmallTransformer.Subject(settings).Game(notion, adversary, new()), new() { Trials = Trials });
        Assert.Equal(0.0, result.Broken, $"{result.Game}: answers that are none");
        return result.Wins!.Value;
    }

    private static Cost Spent(Action<Tape> work)
    {
        SeededTape tape = new(1);
        work(tape);
        return tape.Spent(Procedure.Game);
    }

    /// <summary>An MLP that keeps a copy of every row that reaches it.</summary>
    private sealed record Listener(PlainMlp Mlp) : IMlp
    {
        public List<Tensor> Heard { get; } = [];

        public Tensor Infer(Tensor x, TensorMath math)
        {
            Heard.Add(x.clone().DetachFromDisposeScope());
            return Mlp.Infer(x, math);
        }
    }
}
