using TorchSharp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Inputs that an oracle was asked, as what W is multiplied by there, and what it answered.</summary>
/// <param name="Features">A row for each input. <c>[q, k]</c></param>
/// <param name="Outputs">Its answers. <c>[q, D]</c></param>
public readonly record struct Answers(Tensor Features, Tensor Outputs)
{
    /// <summary>Some of them, one after the other.</summary>
    public Answers Part(long first, long count) => new(Features.narrow(0, first, count), Outputs.narrow(0, first, count));
}

/// <summary>
/// How far queries determine a linear map that is solved for by least squares. The residual on the queries themselves says nothing where there
/// are no more of them than unknowns: it is 0 whatever the answers were. The one on inputs that were held out does.
/// </summary>
/// <param name="Unknowns">Unknowns of each output: k.</param>
/// <param name="Queries">How many inputs were asked and fitted: q.</param>
/// <param name="Independent">How many of them are independent: the numerical rank of the features.</param>
/// <param name="Tolerance">The share of the greatest singular value up to which one counts as 0 for that.</param>
/// <param name="Condition">The greatest singular value over the least that does not count as 0.</param>
/// <param name="Residual">‖X·features − answers‖ / ‖answers‖ on the queries.</param>
/// <param name="HeldOutResidual">The same on inputs that were asked, but not fitted.</param>
public sealed record QueryFit(int Unknowns, int Queries, int Independent, double Tolerance, double Condition, double Residual, double HeldOutResidual)
{
    /// <summary>Whether no other weights explain the answers as well.</summary>
    public bool IsDetermined => Independent == Unknowns;

    /// <summary>The map of least norm that is nearest to the answers, and how far they determine it. <c>[D, k]</c></summary>
    /// <param name="seen">What is fitted.</param>
    /// <param name="heldOut">What is not, and shows what the fit is worth.</param>
    /// <param name="math">Pays.</param>
    public static (Tensor Map, QueryFit Fit) Of(Answers seen, Answers heldOut, TensorMath math)
    {
        LeastSquaresSolution solution = math.LeastSquares(seen.Features, seen.Outputs);
        QueryFit fit = new(
            (int)seen.Features.shape[1], (int)seen.Features.shape[0], solution.Rank, solution.Tolerance, solution.Condition,
            RelativeResidual(seen), RelativeResidual(heldOut));
        return (solution.X.transpose(0, 1), fit);

        double RelativeResidual(Answers answers)
        {
            using DisposeScope scope = NewDisposeScope();
            double off = math.Norm(math.Subtract(math.Product(answers.Features, solution.X), answers.Outputs));
            return off == 0 ? 0 : off / math.Norm(answers.Outputs);
        }
    }
}
