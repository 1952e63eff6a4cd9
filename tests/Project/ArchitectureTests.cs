using System.Reflection;
using System.Text.RegularExpressions;
using Expecto;
using Wager.Games;

namespace Wager.Tests;

internal static partial class ArchitectureTests
{
    public static Test All => Suite.Group(
        "architecture",
        Suite.Test("Games references only the base library, and Reductions only Games", () =>
        {
            Assert.Equal("", string.Join(' ', References(typeof(Game)).Where(name => !IsBase(name))), "Games");
            Assert.Equal("Wager.Games", string.Join(' ', References(typeof(Reductions.Eq8<,,,,,>)).Where(name => !IsBase(name))), "Reductions");
            Assert.True(References(typeof(Schemes.TaylorMlp.TaylorMlpScheme)).Contains("TorchSharp"), "the test sees what Schemes references");
        }),
        Suite.Test("no coins besides those of tapes", () =>
        {
            string[] found =
            [
                .. from file in Sources()
                   where !file.EndsWith("ArchitectureTests.cs", StringComparison.Ordinal)
                   from line in File.ReadLines(file).Index()
                   where ForbiddenCoins().IsMatch(line.Item) && !line.Item.Contains("_drawn = new", StringComparison.Ordinal) // a seed that the user wants drawn
                   select $"{Path.GetFileName(file)}:{line.Index + 1}: {line.Item.Trim()}",
            ];
            Assert.Equal("", string.Join('\n', found), "coins from elsewhere");
            Assert.True(ForbiddenCoins().IsMatch("var r = new Random(1);") && ForbiddenCoins().IsMatch("x = torch.randn(3)") && ForbiddenCoins().IsMatch("x.normal_()"), "the pattern finds some");
        }),
        Suite.Test("a game's file is under 60 lines, and no file of the product over 300", () =>
        {
            foreach (string game in new[] { "Correctness.cs", "WRec.cs", "EffInf.cs", "WInd.cs" })
            {
                int lines = File.ReadLines(Path.Combine(Repository.Root, "Games", game)).Count();
                Assert.True(lines < 60, $"{game} has {lines} lines");
            }

            string[] far = [.. Sources().Where(file => !file.Contains("/tests/", StringComparison.Ordinal) && File.ReadLines(file).Count() > 300)];
            Assert.Equal("", string.Join(' ', far), "files over 300 lines");
        }));

    private static IEnumerable<string> References(Type type) => type.Assembly.GetReferencedAssemblies().Select(Name);

    private static string Name(AssemblyName assembly) => assembly.Name!;

    private static bool IsBase(string name) => name.StartsWith("System.", StringComparison.Ordinal) || name is "System" or "netstandard" or "mscorlib";

    private static IEnumerable<string> Sources() =>
        from folder in new[] { "Games", "Schemes", "Adversaries", "Reductions", "Harness", "tests" }
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        select file.Replace('\\', '/');

    [GeneratedRegex(@"new Random\(|Random\.Shared|RandomNumberGenerator|Guid\.NewGuid|HashCode\.|torch\.(rand|manual_seed|bernoulli|multinomial|normal)|(?<![\w.])(rand|randn|randint|randperm|bernoulli|multinomial)\(|nn\.init\.|(normal|uniform|random|bernoulli|exponential|cauchy|geometric)_\(|(rand|randn|randint)_like|dropout")]
    private static partial Regex ForbiddenCoins();
}
