using Expecto;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Adversaries.Transformers;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Transformers;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Adversaries of TaylorMLP on a whole model, block by block. All is seeded.</summary>
internal static class BlockByBlockTests
{
    private const long Trials = 10;

    public static Test All => Suite.Group(
        "attacks on models",
        Suite.Test("the recovery finds every MLP within 1 % in every trial of every family and both variants; the folder's own model, and another, are right in none", () =>
        {
            foreach ((SmallTransformer small, Variant variant) in SmallTransformer.OfAll(Variant.Paper, Variant.PublicCode))
            {
                foreach ((string adversary, long wins) in new[] { ("recovery", Trials), ("recovery(one)", Trials), ("constant", 0), ("guess", 0) })
                {
                    Assert.Equal(wins, Play(small.Settings with { Variant = variant }, Notion.WRec, adversary).Wins!.Value, $"{small.Name}, {variant}: WRec of {adversary}");
                }
            }
        }),
        Suite.Test("the collapse is Run′ of the model to 1e-9 in law, prepared or not, and a Taylor sum that is cut short is not", () =>
        {
            foreach ((SmallTransformer small, Variant variant) in SmallTransformer.OfAll(Variant.Paper, Variant.PublicCode))
            {
                using DisposeScope scope = NewDisposeScope();
                TransformerScheme scheme = new(small.Settings with { Variant = variant });
                AllMlps<TaylorRelease> released = scheme.Release(default, scheme.Train(new SeededTape(1)), new SeededTape(2));
                Tensor x = scheme.Input(new SeededTape(3));
                Tensor law = scheme.RunReleased(default, released, x, new SeededTape(4));
                double Off(Accelerator<TaylorRelease, Tensor, Tensor, NoKey> inner) =>
                    scheme.OutputTolerance.Distance(new AccelerationOfBlocks(scheme, inner).Infer(default, released, x, new SeededTape(5)), law).Lanes[0];
                foreach (Collapse collapse in new[] { new Collapse(), new Collapse(16), new Collapse(Collapse.AllRows) })
                {
                    Assert.Near(0, Off(collapse), 1e-9, $"{small.Name}, {variant}: {collapse.Name}");
                }

                Assert.True(Off(new Truncate(1)) > 1e-3, $"{small.Name}, {variant}: one order is off by {Off(new Truncate(1))}");
            }
        }),
        Suite.Test("for one prompt the collapse wins EffInf within the budget, from one row and from all, for a law and for greedy tokens", () =>
        {
            foreach ((SmallTransformer small, _) in SmallTransformer.OfAll())
            {
                foreach (AnswerForm answer in Enum.GetValues<AnswerForm>())
                {
                    foreach (string adversary in new[] { "collapse", "collapse(16)", "collapse(all)" })
                    {
                        Result result = Play(small.Settings with { Answer = answer, Tokens = 4 }, Notion.EffInf, adversary);
                        Assert.Equal((1.0, 1.0), (result.Advantage.Value, result.WithinBudget!.Value), $"{small.Name}, {answer}: {adversary}, wins and within the budget");
                    }
                }
            }
        }),
        Suite.Test("re-release and function-compare tell which of two neighbours was released, and a recovered model answers like the released one", () =>
        {
            foreach ((SmallTransformer small, Variant variant) in SmallTransformer.OfAll(Variant.Paper, Variant.PublicCode))
            {
                TransformerSettings settings = small.Settings with { Variant = variant };
                Assert.Equal(1.0, Play(settings, Notion.WInd, "re-release").Advantage.Value, $"{small.Name}, {variant}: re-release");
                Assert.Equal(1.0, Play(settings, Notion.WInd, "function-compare").Advantage.Value, $"{small.Name}, {variant}: function-compare");
                Assert.Equal(Trials, Play(settings, Notion.EffInf, "eq8(recovery)").Wins!.Value, $"{small.Name}, {variant}: eq8(recovery)");
            }
        }),
        Suite.Test("what it prepares is charged once for each block, whatever is asked then", () =>
        {
            using SmallTransformer small = new("opt");
            using DisposeScope scope = NewDisposeScope();
            TransformerScheme scheme = new(small.Settings);
            AllMlps<TaylorRelease> released = scheme.Release(default, scheme.Train(new SeededTape(1)), new SeededTape(2));
            SeededTape preparing = new(1), own = new(2);
            Collapse inner = new(Collapse.AllRows);
            Func<Tensor, Tape, Tensor> infer = new AccelerationOfBlocks(scheme, inner).Prepare(default, new(1, () => released), preparing);
            Cost prepared = Spent(preparing);
            SeededTape parts = new(3);
            foreach (TaylorRelease mlp in released.Blocks)
            {
                inner.Prepare(default, new(1, () => mlp), parts);
            }

            Assert.Equal(Spent(parts), prepared, "preparing is that of its parts");
            infer(scheme.Input(new SeededTape(3)), own);
            Assert.Equal(prepared, Spent(preparing), "and inferring prepares nothing more");
            Assert.True(CostUnit.Operations.Count(Spent(own)) > 0, "what is inferred is charged to who infers");
        }));

    private static Result Play(TransformerSettings settings, Notion notion, string adversary)
    {
        Result result = SampledEvaluator.Evaluate(SmallTransformer.Subject(settings).Game(notion, adversary, new()), new() { Trials = Trials });
        Assert.Equal(0.0, result.Broken, $"{result.Game}: answers that are none");
        return result;
    }

    private static Cost Spent(SeededTape tape) => tape.Spent(Procedure.Game);
}
