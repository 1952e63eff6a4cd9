using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>The MLPs of a model folder as what TaylorMLP is played on.</summary>
public static class ModelMlps
{
    /// <summary>All layers of a model, each read from its files when Train draws it.</summary>
    /// <param name="model">The model, which stays open as long as it is played on.</param>
    public static GivenMlps Of(ModelFolder model) =>
        new($"the MLPs of {model.Path}", new(model.Width, model.Hidden, model.Width, model.IsGated), model.Layers, layer => Read(model, model.Mlps[layer]));

    /// <summary>What the layers' W is stored in.</summary>
    public static StorageType StorageOf(ModelFolder model) => model.Find(model.Mlps[0].W)!.Storage!;

    private static MlpWeights Read(ModelFolder model, MlpNames names)
    {
        (int d, int h) = (model.Width, model.Hidden);
        return new(
            Tensor(names.V, h, d),
            names.B is null ? zeros(h, dtype: float64) : Tensor(names.B, h),
            Tensor(names.W, d, h),
            names.C is null ? zeros(d, dtype: float64) : Tensor(names.C, d),
            names.U is null ? null : Tensor(names.U, h, d));

        Tensor Tensor(string name, params long[] shape)
        {
            using MappedTensor mapped = model.Map(name);
            return TensorMath.Of(FiniteVector.Read(model.Path, mapped), CPU, shape);
        }
    }
}
