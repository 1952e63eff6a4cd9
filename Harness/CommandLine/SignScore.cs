using System.Text.Json.Nodes;
using Wager.Adversaries.TaylorMlp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.CommandLine;

/// <summary>The signs that the public code hides: how many there are, how many the attack knows, and, with the truth, how many are right.</summary>
/// <param name="All">Protected units of releases that hide signs.</param>
/// <param name="Known">Those whose sign the attack gives.</param>
/// <param name="Right">Those whose sign it gives rightly; null without the truth.</param>
internal readonly record struct SignScore(long All, long Known, long? Right)
{
    /// <summary>As a remark; null where no signs are hidden.</summary>
    public string? InWords => All == 0 ? null
        : Right is { } right ? $"signs: {right:N0} of {All:N0} are right{(Known < All ? $", {All - Known:N0} not known" : "")}"
        : $"signs: {Known:N0} of {All:N0} given";

    /// <summary>As JSON; null where no signs are hidden.</summary>
    public JsonObject? Json => All == 0 ? null : new() { ["all"] = All, ["known"] = Known, ["right"] = Right };

    /// <summary>Both together.</summary>
    public static SignScore operator +(SignScore left, SignScore right) =>
        left.All == 0 ? right : right.All == 0 ? left : new(left.All + right.All, left.Known + right.Known, left.Right + right.Right);

    /// <summary>Of one MLP.</summary>
    public static SignScore Of(ReleaseFile release, ModelFolder? truth, ReleasedMlp mlp, RecoveredLayer recovered)
    {
        if (!release.Variant.HasSigns)
        {
            return default;
        }

        long known = recovered.Units.LongCount(unit => unit.Sign != 0);
        if (truth is null)
        {
            return new(mlp.Protected, known, null);
        }

        using MappedTensor released = release.Map(mlp.Names.V);
        using MappedTensor original = truth.Map(mlp.Names.V);
        long right = 0;
        for (int k = 0; k < mlp.Protected; k++)
        {
            int row = mlp.Places?[k] ?? k;
            right += recovered.Units[k].Sign == Sign(released, original, row) ? 1 : 0;
        }

        return new(mlp.Protected, known, right);
    }

    /// <summary>1 where the first entry of a row that is not 0 has the same sign in both, −1 where it has not; 1 for a row of zeros.</summary>
    private static int Sign(MappedTensor released, MappedTensor original, int row)
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
