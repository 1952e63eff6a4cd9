using System.Globalization;
using System.Text.Json.Nodes;
using Wager.Adversaries.TaylorMlp;

namespace Wager.Harness.Reports;

/// <summary>How far queries determine weights, in words and as JSON.</summary>
public static class QueryFits
{
    /// <summary>Of the layers of a release, the worst of each.</summary>
    /// <param name="fits">At least one.</param>
    public static string Remark(IReadOnlyList<QueryFit> fits)
    {
        QueryFit least = fits.MinBy(fit => (double)fit.Independent / fit.Unknowns)!;
        string Worst(Func<QueryFit, double> of) => fits.Max(of).ToString("G2", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"of {least.Queries:N0} queries {least.Independent:N0} are independent (singular values above {least.Tolerance:G2} of the greatest), for {least.Unknowns:N0} unknowns of each output; condition {Worst(fit => fit.Condition)}; residual {Worst(fit => fit.Residual)} on the queries, and {Worst(fit => fit.HeldOutResidual)} on {LeastSquares.HeldOut} inputs that were held out");
    }

    /// <summary>One as JSON.</summary>
    public static JsonObject Json(QueryFit fit) => new()
    {
        ["unknowns"] = fit.Unknowns,
        ["queries"] = fit.Queries,
        ["independentQueries"] = fit.Independent,
        ["tolerance"] = fit.Tolerance,
        ["condition"] = Reports.Json.Number(fit.Condition),
        ["residual"] = Reports.Json.Number(fit.Residual),
        ["heldOutResidual"] = Reports.Json.Number(fit.HeldOutResidual),
    };
}
