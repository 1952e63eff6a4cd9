using System.Text.Json.Nodes;
using Wager.Adversaries.TaylorMlp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.CommandLine;

/// <summary>The signs that the public code hides: how many there are, how many the attack is sure of, and, with the truth, how many are right.</summary>
/// <param name="All">Protected units of releases that hide signs.</param>
/// <param name="Sure">Those of columns that the attack does not give up.</param>
internal readonly record struct SignScore(long All, long Sure)
{
    /// <summary>As a remark; null where no signs are hidden.</summary>
    /// <param name="score">What was recovered; null without the truth.</param>
    public string? InWords(RecoveryScore? score) => All == 0 ? null
        : score is null ? $"signs: sure of {Sure:N0} of {All:N0}"
        : $"signs: {score.Signs.Recovered:N0} of {score.Signs.All:N0} are right, sure of {Sure:N0}";

    /// <summary>As JSON; null where no signs are hidden.</summary>
    /// <param name="score">What was recovered; null without the truth.</param>
    public JsonObject? Json(RecoveryScore? score) => All == 0 ? null : new() { ["all"] = All, ["sure"] = Sure, ["right"] = score?.Signs.Recovered };

    /// <summary>Both together.</summary>
    public static SignScore operator +(SignScore left, SignScore right) => new(left.All + right.All, left.Sure + right.Sure);

    /// <summary>Of one MLP.</summary>
    public static SignScore Of(ReleaseFile release, ReleasedMlp mlp, RecoveredLayer recovered) => !release.Variant.HasSigns ? default
        : new(mlp.Protected, recovered.Units.LongCount(unit => unit.Sign != 0 && unit.Loss == ColumnLoss.None));

    /// <summary>The signs of a release's protected units, from the rows of V that it was made of; null where it hides none. <c>[K]</c></summary>
    public static double[]? Truth(ReleaseFile release, ModelFolder model, ReleasedMlp mlp)
    {
        if (!release.Variant.HasSigns)
        {
            return null;
        }

        using MappedTensor released = release.Map(mlp.Names.V);
        using MappedTensor original = model.Map(mlp.Names.V);
        return [.. Enumerable.Range(0, mlp.Protected).Select(k => Sign(released, original, mlp.Places?[k] ?? k))];
    }

    /// <summary>1 where the first entry of a row that is not 0 has the same sign in both, −1 where it has not; 1 for a row of zeros.</summary>
    private static double Sign(MappedTensor released, MappedTensor original, int row)
    {
        int width = (int)released.Entry.Shape[1];
        double[] ours = Row(released, row, width);
        double[] theirs = Row(original, row, width);
        int first = Array.FindIndex(theirs, value => value != 0);
        return first < 0 || Math.Sign(ours[first]) == Math.Sign(theirs[first]) ? 1 : -1;
    }

    private static double[] Row(MappedTensor matrix, int row, int width)
    {
        StorageType storage = matrix.Entry.Storage!;
        double[] values = new double[width];
        storage.Read(matrix.Bytes((long)row * width * storage.Size, width * storage.Size), values);
        return values;
    }
}
