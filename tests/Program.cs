using Expecto;

namespace Wager.Tests;

internal static class Program
{
    /// <summary>As the first argument: be the command line instead, so that a test can have it in a process of its own.</summary>
    public const string AsHarness = "as-harness";

    public static Test[] Tests =>
    [
        BitsTests.All,
        TapeTests.All,
        SumTests.All,
        FiniteGamesTests.All,
        MultiQueryTests.All,
        OptimalAdversaryTests.All,
        SeparationTests.All,
        OptimalVerbTests.All,
        GaussianNoiseTests.All,
        IntervalTests.All,
        GuaranteeTests.All,
        SamplingTests.All,
        FaultTests.All,
        FailureTests.All,
        SafeTensorsTests.All,
        SafeTensorsRefusalTests.All,
        SafeTensorsFuzzTests.All,
        ModelFolderTests.All,
        SyntheticModelTests.All,
        TensorTests.All,
        MatrixTests.All,
        ActivationTests.All,
        TaylorMlpTests.All,
        TaylorReleaseTests.All,
        VariantTests.All,
        RowSignsTests.All,
        VariantFileTests.All,
        VariantPairTests.All,
        VariantAttackTests.All,
        GivenMlpTests.All,
        TaylorMlpAttackTests.All,
        CollapseTests.All,
        AcceleratorTests.All,
        EffInfTests.All,
        EffInfConclusionTests.All,
        LeastSquaresTests.All,
        StorageFormatTests.All,
        LayerAttackTests.All,
        ColumnSolverTests.All,
        HardLayerTests.All,
        ModelFileVerbTests.All,
        ModelNumberTests.All,
        OverwritingTests.All,
        CommandLineTests.All,
        SynthVerbTests.All,
        LeastSquaresVerbTests.All,
        FigureFileTests.All,
        DerivativeFigureTests.All,
        ErrorFigureTests.All,
        ConvergenceFigureTests.All,
        InterruptTests.All,
        PlugInTests.All,
        ReportTests.All,
        FunctionCompareTests.All,
        FiniteAdversaryTests.All,
        RandomInstanceTests.All,
        ClaimSearchTests.All,
        ClaimTests.All,
        RelationTests.All,
        ClaimVerbTests.All,
        TableReportTests.All,
        TableFileTests.All,
        ReductionTests.All,
        ReductionSumTests.All,
        ClaimTextTests.All,
        ArchitectureTests.All,
        PaperMappingTests.All,
        ErratumTests.All,
    ];

    public static int Main(string[] args) =>
        args is [AsHarness, ..] ? Harness.Program.Main(args[1..]) : Suite.Run(args, "wager", Tests);
}
