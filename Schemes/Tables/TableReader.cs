using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tables;

/// <summary>Reads an object of a JSON file with tables. Each mistake is one line: the file, the table and row, and what would be right.</summary>
/// <param name="file">The file.</param>
/// <param name="root">The object.</param>
/// <param name="path">Where it is in the file; empty for the whole.</param>
internal sealed partial class TableReader(JsonFile file, JsonElement root, string path)
{
    /// <summary>How many of something there are, as the first table says that has them.</summary>
    /// <param name="what">What they are, such as "weights".</param>
    internal sealed class Size(string what)
    {
        private int? _count;
        private string _where = "";

        /// <summary>How many; at least 1.</summary>
        public int Count => _count!.Value;

        /// <summary>Says that there is one, where nothing has said how many.</summary>
        public void SetOne(string where) => (_count, _where) = (1, where);

        /// <summary>What is wrong with a table that has so many of them; null where nothing is.</summary>
        public string? Flaw(int count, string where)
        {
            if (_count is null && count > 0)
            {
                (_count, _where) = (count, where);
            }

            return count == 0 ? $"is empty, where it needs an entry for each of the {what}"
                : count != _count ? $"has {count} entries, where there are {_count} {what}, by {_where}"
                : null;
        }
    }

    /// <summary>The largest number in a table.</summary>
    public const int Most = 1_000_000_000;

    /// <summary>Refuses keys that mean nothing.</summary>
    public void RequireOnly(params string[] known)
    {
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw file.Refused($"{At(property.Name)} is no key here; there are {string.Join(", ", known)}");
            }
        }
    }

    /// <summary>An object within; null where it is not there.</summary>
    public TableReader? Within(string key) => !root.TryGetProperty(key, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Object ? new(file, value, At(key))
        : throw file.Refused($"{At(key)} must be an object");

    /// <summary>An object within that must be there.</summary>
    public TableReader Required(string key) => Within(key) ?? throw Missing(key);

    /// <summary>Whether a key is there.</summary>
    public bool Has(string key) => root.TryGetProperty(key, out _);

    /// <summary>A table that must be there.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="read">Reads it, given where it is.</param>
    public T Table<T>(string key, Func<JsonElement, string, T> read) => root.TryGetProperty(key, out JsonElement value) ? read(value, At(key)) : throw Missing(key);

    /// <summary>A whole number of at least 0; 0 where it is not there.</summary>
    public int Number(string key, int below = Most + 1) => root.TryGetProperty(key, out JsonElement value) ? Number(value, At(key), below) : 0;

    /// <summary>A switch; null where it is not there.</summary>
    public bool? Switch(string key) => !root.TryGetProperty(key, out JsonElement value) ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw file.Refused($"{At(key)} must be true or false");

    /// <summary>A table of tables.</summary>
    public T[] Rows<T>(JsonElement table, string at, Size size, Func<JsonElement, string, T> read)
    {
        if (table.ValueKind != JsonValueKind.Array)
        {
            throw file.Refused($"{at} must be a list in brackets");
        }

        return size.Flaw(table.GetArrayLength(), at) is { } flaw
            ? throw file.Refused($"{at} {flaw}")
            : [.. table.EnumerateArray().Select((row, i) => read(row, $"{at}[{i}]"))];
    }

    /// <summary>A row of whole numbers from 0 to below a bound.</summary>
    public int[] Numbers(JsonElement row, string at, Size size, int below = Most + 1) => Rows(row, at, size, (number, where) => Number(number, where, below));

    /// <summary>A row of probabilities that sum to 1, as odds in lowest terms.</summary>
    public int[] Law(JsonElement row, string at, Size size)
    {
        Ratio[] law = Rows(row, at, size, Probability);
        Ratio sum = law.Aggregate(new Ratio(0, 1), static (total, p) => total + p);
        return sum.Numerator == sum.Denominator ? Odds(law, at) : throw file.Refused($"{at} sums to {sum}, where probabilities sum to 1");
    }

    /// <summary>Probabilities as odds out of one number, which is the least.</summary>
    public (int[] Odds, int Denominator) Chances(IReadOnlyList<Ratio> chances, string at)
    {
        BigInteger common = chances.Aggregate(BigInteger.One, static (all, p) => all / BigInteger.GreatestCommonDivisor(all, p.Denominator) * p.Denominator);
        return common > Most
            ? throw file.Refused($"{at} needs a common denominator of {common}, where {Most} is the largest")
            : ([.. chances.Select(p => (int)(p.Numerator * (common / p.Denominator)))], (int)common);
    }

    /// <summary>A probability.</summary>
    public Ratio Probability(JsonElement value, string at)
    {
        string? text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : JsonFile.TextOf(value);
        Match match = Written().Match(text ?? "");
        if (!match.Success || (match.Groups["below"].Success && BigInteger.Parse(match.Groups["below"].Value, CultureInfo.InvariantCulture).IsZero))
        {
            throw file.Refused($"{at} is {JsonFile.Shown(value)}, where a probability is a number such as 0.25 or a fraction in quotes such as \"1/3\"");
        }

        string decimals = match.Groups["decimals"].Value;
        BigInteger numerator = BigInteger.Parse(match.Groups["whole"].Value + decimals, CultureInfo.InvariantCulture);
        BigInteger denominator = match.Groups["below"].Success ? BigInteger.Parse(match.Groups["below"].Value, CultureInfo.InvariantCulture) : BigInteger.Pow(10, decimals.Length);
        return match.Groups["sign"].Success || numerator > denominator
            ? throw file.Refused($"{at} is {JsonFile.Shown(value)}, where a probability is from 0 to 1")
            : new Ratio(numerator, denominator);
    }

    /// <summary>What is wrong with the file.</summary>
    public ModelFileException Refused(string key, string problem) => file.Refused($"{At(key)} {problem}");

    /// <summary>What is wrong with a file where something is not there.</summary>
    public ModelFileException Missing(string key) => file.Refused($"{At(key)} is missing");

    private int[] Odds(Ratio[] law, string at) => Chances(law, at).Odds;

    private int Number(JsonElement value, string at, int below) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 && number < below
            ? number
            : throw file.Refused($"{at} is {JsonFile.Shown(value)}, where a whole number from 0 to {below - 1} is needed");

    private string At(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Up to 20 digits each, so that nothing written takes long to read.</summary>
    [GeneratedRegex(@"^(?<sign>-)?(?<whole>[0-9]{1,20})(/(?<below>[0-9]{1,20})|\.(?<decimals>[0-9]{1,20}))?\z")]
    private static partial Regex Written();

    /// <summary>A fraction in lowest terms.</summary>
    internal readonly record struct Ratio
    {
        public Ratio(BigInteger numerator, BigInteger denominator)
        {
            BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator);
            (Numerator, Denominator) = (numerator / common, denominator / common);
        }

        public BigInteger Numerator { get; }

        public BigInteger Denominator { get; }

        public static Ratio operator +(Ratio left, Ratio right) =>
            new((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

        public override string ToString() => Denominator.IsOne ? $"{Numerator}" : $"{Numerator}/{Denominator}";
    }
}
