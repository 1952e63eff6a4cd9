using Expecto;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>What a model in its forms has in memory.</summary>
internal static class ModelFormTests
{
    private const int Order = 3, Layers = 2;

    private static readonly string[] _tiny = ["opt-tiny", "llama-tiny", "mistral-tiny", "phi-tiny"];

    public static Test All => Suite.Group(
        "model forms",
        Suite.Test("what is released and collapsed lies where the file is mapped, all orders of Θ together; in another type it is copied once for all forms", () =>
        {
            foreach (string name in _tiny)
            {
                using TemporaryFolder folder = new();
                using ReleasedFolder released = Release(name, folder);
                long all = released.Release.Tensors.Where(entry => entry.Storage is not null).Sum(entry => entry.Count);
                foreach ((StorageType? storage, long copied) in new (StorageType?, long)[] { (null, 0), (StorageType.F32, all * StorageType.F32.Size) })
                {
                    using WeightReader reader = new(released.Release, TransformerConfig.Read(released.Config), new(CPU, storage));
                    foreach (string form in new[] { ModelForms.Released, ModelForms.Collapsed })
                    {
                        Transformer model = Transformer.Load(reader, _ => ModelForms.Of(reader, released, form, 1, new SeededTape(1), null, default));
                        Assert.Equal(1, Continuation.Of(model, [[3]], 1, Decoding.Greedy, new SeededTape(1)).Length, $"{form} {name} goes on");
                    }

                    Assert.Equal(copied, reader.Copied, $"bytes of {name} copied in {storage?.Name ?? "its own type"}");
                }
            }
        }),
        Suite.Test("a collapsed MLP reads Θ₁ where the release has it", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            foreach (bool gated in new[] { false, true })
            {
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((1, 6, 20, 8, Order, Activation.Silu, gated));
                TaylorRelease wide = TaylorRelease.Of(weights, inputs, Order, activation, new SeededTape(1), StorageType.F32);
                Tensor In(Tensor tensor) => tensor.to_type(ScalarType.Float32);
                TaylorRelease released = wide with { V = In(wide.V), Z0 = In(wide.Z0), Theta0 = In(wide.Theta0), Theta = In(wide.Theta), U = gated ? In(wide.U!) : null };
                inputs = In(inputs);
                IMlp collapsed = Collapse.Of(released, new SeededTape(1));
                TensorMath math = new(new SeededTape(1));
                Tensor before = collapsed.Infer(inputs, math);
                released.Theta.select(0, 0).zero_();
                Tensor rest = gated ? zeros_like(before) : released.Theta0.expand_as(before);
                Assert.True(collapsed.Infer(inputs, math).equal(rest).all().item<bool>(), "without Θ₁ there is θ₀ alone");
                Assert.True(!before.equal(rest).all().item<bool>(), "with it there was more");
                (collapsed as IDisposable)?.Dispose();
            }
        }),
        Suite.Test("a model without files has the tensors of the one that is written", () =>
        {
            foreach (string name in _tiny)
            {
                using TemporaryFolder folder = new();
                using ModelFolder written = Written(name, folder);
                ModelShape shape = ModelShape.Find(name)!;
                SyntheticFiles made = new(shape, Layers, StorageType.BF16, SmallModel.Seed);
                foreach (TensorEntry entry in written.Tensors)
                {
                    using MappedTensor left = written.Map(entry.Name);
                    using MappedTensor right = made.Map(entry.Name);
                    Assert.True(left.Bytes(0, (int)left.Length).SequenceEqual(right.Bytes(0, (int)right.Length)), $"{shape}: {entry.Name}");
                    Assert.True(made.Find(entry.Name)!.Shape.SequenceEqual(entry.Shape), $"{shape}: the sides of {entry.Name}");
                }

                Assert.Equal(TransformerConfig.Read(written.Config) with { Model = made.Config, EndTokens = [] }, TransformerConfig.Read(made.Config) with { EndTokens = [] }, $"{shape}: config.json");
            }
        }));

    private static ReleasedFolder Release(string name, TemporaryFolder folder)
    {
        using ModelFolder model = Written(name, folder);
        ModelRelease release = new(new(Order, StorageType.BF16, Activation.Gelu, Variant.Paper), new DrawnEmbeddings(1, 0.5), Seed: 1, Threads: 1);
        ReleasedFolder.Write(release, model, folder.File("released"), null, default);
        return ReleasedFolder.Open(folder.File("released"));
    }

    private static ModelFolder Written(string name, TemporaryFolder folder)
    {
        SyntheticModel.Write(ModelShape.Find(name)!, Layers, StorageType.BF16, SmallModel.Seed, folder.File("model"));
        return ModelFolder.Open(folder.File("model"));
    }
}
