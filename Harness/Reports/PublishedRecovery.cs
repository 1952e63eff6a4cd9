namespace Wager.Harness.Reports;

/// <summary>A row of Yang et al. 2025, Table 1, as printed: in bfloat16, on 20 cores.</summary>
/// <param name="Parameters">"# TaylorMLP Parameters".</param>
/// <param name="Recovered">"# Recovered Parameters": within 1 %.</param>
/// <param name="Ratio">"Recovered Ratio", in percent.</param>
/// <param name="Seconds">"Running Time".</param>
/// <param name="Dollars">"Attack Cost in USD".</param>
/// <param name="ColumnsLost">The missing parameters in whole columns, rounded up: they are that but for four entries in all.</param>
public sealed record PublishedRecovery(long Parameters, long Recovered, double Ratio, double Seconds, double Dollars, long ColumnsLost)
{
    /// <summary>
    /// The rows, by shape. The ratio of OPT-1.3B is printed as 99.76 % and is 99.75 %; 571.05 s at 1.43616 USD an hour are 0.23 USD, printed
    /// as 0.22.
    /// </summary>
    public static IReadOnlyDictionary<string, PublishedRecovery> Table1 { get; } = new Dictionary<string, PublishedRecovery>
    {
        ["opt-125m"] = new(28_311_552, 28_310_784, 99.99, 19.70, 0.01, 1),
        ["opt-1.3b"] = new(402_653_184, 401_649_665, 99.76, 116.79, 0.05, 490),
        ["opt-2.7b"] = new(838_860_800, 837_347_840, 99.82, 187.88, 0.07, 591),
        ["opt-6.7b"] = new(2_147_483_648, 2_144_915_459, 99.88, 417.92, 0.17, 627),
        ["llama2-7b"] = new(1_442_840_576, 1_442_840_576, 100, 318.60, 0.13, 0),
        ["llama2-13b"] = new(2_831_155_200, 2_831_155_200, 100, 571.05, 0.22, 0),
    };
}
