using Wager.Schemes.Tables;

namespace Wager.Harness.Reports;

/// <summary>A finite scheme as a C# class. What the base class already says is left out.</summary>
/// <param name="name">The name of the class.</param>
/// <param name="tables">The scheme.</param>
internal sealed class SchemeCode(string name, SchemeTables tables)
{
    private readonly bool _isKeyless = tables.KeyCount == 1 && tables.PublicKeyCount == 1;

    /// <summary>The type of its keys.</summary>
    public string Key => _isKeyless ? "NoKey" : "int";

    /// <summary>The class.</summary>
    public ClassCode Class()
    {
        string parent = _isKeyless ? "KeylessScheme" : "FiniteScheme<int, int>";
        ClassCode code = new("A finite scheme.", $"public sealed class {name}() : {parent}({tables.WeightCount})");
        Tolerance(code, "WeightTolerance", "_weightDistance", tables.Weights);
        Tolerance(code, "OutputTolerance", "_outputDistance", tables.Outputs);
        if (tables.InputCount > 1)
        {
            code.Override($"IReadOnlyList<int> AllInputs => [{Numbers(tables.InputCount)}];");
        }

        if (tables.OutputCount != tables.WeightCount)
        {
            code.Override($"IReadOnlyList<int> AllOutputs => [{Numbers(tables.OutputCount)}];");
        }

        if (tables.Train.Any(odds => odds != tables.Train[0]))
        {
            code.Override($"int Train(Tape tape) => {code.Outcome("_train", tables.Train)};");
        }

        if (tables.InputCount > 1)
        {
            code.Override($"int Input(Tape tape) => {code.Outcome("_inputs", tables.Inputs)};");
        }

        Algorithms(code);
        if (tables.OutputCount != tables.WeightCount)
        {
            code.Override($"string? FlawInOutput(int output) =>\n    output is >= 0 and < {tables.OutputCount} ? null : $\"{{output}} is none of the outputs 0 … {tables.OutputCount - 1}\";");
        }

        return code;
    }

    private void Algorithms(ClassCode code)
    {
        string run = code.Outcome("_run", tables.Run, "weights", "input");
        if (run != "weights" || tables.RunCost != 1)
        {
            code.Override($"int Run(int weights, int input, Tape tape){ClassCode.Body(run, tables.RunCost)}");
        }

        if (!_isKeyless)
        {
            code.Override($"(int Secret, int Public) KGen(Tape tape)\n{{\n    int secret = {code.Outcome("_keys", tables.Keys)};\n    return (secret, {code.Number("_public", tables.Public, "secret")});\n}}");
        }

        code.Override($"int Release({Key} secret, int weights, Tape tape) => {code.Outcome("_release", tables.Release, "secret", "weights")};");
        string runReleased = code.Outcome("_runReleased", tables.RunReleased, "publicKey", "released", "input");
        if (runReleased != "released" || tables.RunReleasedCost != 1)
        {
            code.Override($"int RunReleased({Key} publicKey, int released, int input, Tape tape){ClassCode.Body(runReleased, tables.RunReleasedCost)}");
        }
    }

    private static void Tolerance(ClassCode code, string property, string field, DistanceTable table)
    {
        DistanceShape shape = TableText.ShapeOf(table);
        if (shape == DistanceShape.Discrete && table.Threshold == 0)
        {
            return;
        }

        (string metric, string distance) = shape switch
        {
            DistanceShape.Discrete => ("equality", "a == b ? 0 : 1"),
            DistanceShape.Difference => ("difference", "Math.Abs(a - b)"),
            _ => ("table", code.Number(field, table.Distance, "a", "b")),
        };
        string law = table.IsMetric ? "" : ", ObeysTriangle: false";
        code.Override($"Tolerance<int> {property} {{ get; }} = new(\"{metric}\", static (a, b) => {distance}, {table.Threshold}{law});");
    }

    private static string Numbers(int count) => string.Join(", ", Enumerable.Range(0, count));
}
