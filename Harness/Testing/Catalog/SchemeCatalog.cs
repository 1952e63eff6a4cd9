using System.Globalization;
using System.Text.RegularExpressions;
using Wager.Adversaries;
using Wager.Adversaries.Tables;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes;
using Wager.Schemes.Models;
using Wager.Schemes.Tables;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Transformers;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Testing.Catalog;

/// <summary>The schemes that the command line knows, by name.</summary>
public static partial class SchemeCatalog
{
    /// <summary>The largest n of a finite family.</summary>
    public const int LargestFamilyMember = 1_000_000;

    /// <summary>The most unknowns of each output for which least squares are played: there a trial takes 0.2 s, and beyond it grows with their cube.</summary>
    public const int MostLeastSquaresUnknowns = 500;

    /// <summary>The schemes that <c>check</c> judges when none is named.</summary>
    public static IReadOnlyList<string> Listed { get; } =
    [
        "one-bit-pad", "clear", "noisy-bit", "constant-release", "uniform-3", "discontinuous", "uneven", "pad-3", "published-pad-3", "sharing-3", "leaky-sharing-3",
        "marked-sharing-3", "dropped-bits-3", "leaked-bit-3", "gaussian-noise-1", "taylor-mlp", "taylor-mlp-public-code",
    ];

    /// <summary>The families: a name is made by putting in a number.</summary>
    public static IReadOnlyList<string> Families { get; } =
        ["uniform-n", "pad-n", "published-pad-n", "sharing-n", "leaky-sharing-n", "marked-sharing-n", "dropped-bits-n", "leaked-bit-n", "constant-release-p", "gaussian-noise-σ"];

    /// <summary>Finds a scheme.</summary>
    /// <param name="name">As listed, or a member of a family, or of a plug-in, or a JSON file of tables.</param>
    /// <param name="taylorMlp">Settings for TaylorMLP; null for the default ones.</param>
    /// <param name="plugIns">More schemes and adversaries; null for none.</param>
    /// <param name="transformer">Settings for TaylorMLP on a whole model, whose variant is by the name; null where there is no model.</param>
    /// <exception cref="UsageException">There is no such scheme, or it takes a model and there is none.</exception>
    /// <exception cref="ModelFileException">Something in the file is wrong.</exception>
    public static Subject Find(string name, TaylorMlpSettings? taylorMlp = null, PlugIns? plugIns = null, TransformerSettings? transformer = null)
    {
        if (taylorMlp is not null && TaylorMlpVariant(name) is null)
        {
            throw new UsageException($"--model, --data, --activation, --order, --hidden, --protect and --dtype are taylor-mlp's; the scheme {name} has no such options");
        }

        Subject found = BuiltIn(name, taylorMlp, transformer)
            ?? FromFile(name)
            ?? plugIns?.Find(name)
            ?? throw new UsageException(Families.Contains(name)
                ? $"{name} is a family: give a number, as in {name[..^1]}{(name[^1] == 'p' ? "9/10" : name[^1] == 'σ' ? "0.5" : "10")}, or, in cost and exact, --sweep n=1..16"
                : Nearest.Unknown("scheme", name, [.. Listed, .. TransformerSubject.Names, .. Families, .. plugIns?.Schemes ?? []]));
        return plugIns is null ? found : found.With(plugIns);
    }

    /// <summary>Which TaylorMLP a name is; null for other schemes.</summary>
    public static Variant? TaylorMlpVariant(string name) =>
        Variant.All.FirstOrDefault(variant => new TaylorMlpScheme(new() { Variant = variant }).Name == name);

    /// <summary>Whether a name is taken.</summary>
    internal static bool Knows(string name)
    {
        try
        {
            return BuiltIn(name, null, null) is not null;
        }
        catch (UsageException)
        {
            return true; // a family's, with a number that it does not have, or one that takes a model
        }
    }

    private static Subject? BuiltIn(string name, TaylorMlpSettings? taylorMlp, TransformerSettings? transformer) => name switch
    {
        "one-bit-pad" => Of(new OneBitPad(), "one bit under a one-time pad that is kept: the first example to read"),
        "clear" => Of(new Clear(), "W′ = W: secure in no sense", new Inversion<int, int, NoKey>((_, released) => released)),
        "noisy-bit" => Of(new NoisyBit(), "a bit that each release flips anew with probability 1/4", new Inversion<int, int, NoKey>((_, released) => released)),
        "constant-release" => Constant(3, 4),
        "discontinuous" => Of(new Discontinuous(), "weights in clear, where Same calls neighbours the same and Run does not: the witness against Eq. 8", new Inversion<int, int, NoKey>((_, released) => released ^ 1)),
        "uneven" => new Subject<int, int, int, int, NoKey, NoKey>(new Uneven(), [], [new AtMostOne()], []) { Summary = "three weights in clear, one twice as likely as the others: the witness against luck in the law of Train" },
        _ when TaylorMlpVariant(name) is { } variant => TaylorMlp((taylorMlp ?? new()) with { Variant = variant }),
        _ when TransformerSubject.VariantOf(name) is { } variant => TransformerSubject.Of(
            (transformer ?? throw new UsageException($"{name} is played on a whole model: --model DIR names its folder")) with { Variant = variant }),
        _ => Member(name),
    };

    private static Subject? FromFile(string name)
    {
        if (!name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        TableFile file = TableFile.Read(name);
        return new Subject<int, int, int, int, int, int>(
            new TableScheme(file.Tables, name),
            [.. new[] { file.Recoverer }.OfType<TableRecoverer>()],
            [.. new[] { file.Accelerator }.OfType<TableAccelerator>()],
            [.. new Distinguisher<int, int, int>?[] { file.Distinguisher, file.PairDistinguisher }.OfType<Distinguisher<int, int, int>>()])
        {
            Summary = $"tables from a file, with {file.Tables.WeightCount} weights",
        };
    }

    private static Subject? Member(string name)
    {
        Match family = FamilyPattern().Match(name);
        if (family.Success)
        {
            string kind = family.Groups[1].Value;
            (int least, int most) = kind switch
            {
                "sharing" or "leaky-sharing" or "marked-sharing" => (1, Sharing.MostShares),
                "dropped-bits" => (1, DroppedBits.MostBits),
                "leaked-bit" => (LeakedBit.FewestBits, LeakedBit.MostBits),
                _ => (1, LargestFamilyMember),
            };
            if (!int.TryParse(family.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int n) || n < least || n > most)
            {
                throw new UsageException($"scheme {name}: n must be a whole number from {least} to {most}");
            }

            return kind switch
            {
                "uniform" => Of(new Uniform(n), $"W uniform on {n} values, a release that says nothing: the witness against Eq. 9"),
                "pad" => Kept(new Pad(n, published: false)),
                "published-pad" => Published(new Pad(n, published: true)),
                "sharing" => Shared(new Sharing(n, leaky: false), $"a bit as {n} shares, all of which Run′ must read"),
                "marked-sharing" => Of(new MarkedSharing(n), $"a bit as {n} shares, and a mark in clear: EffInf without W-IND"),
                "dropped-bits" => Of(
                    new DroppedBits(n), $"{n} bits that Run ignores and Release drops: WRec without EffInf", new Inversion<int, int, NoKey>((_, released) => released)),
                "leaked-bit" => Of(new LeakedBit(n), $"{n} bits, one of them leaked: WRec without W-IND", new Inversion<int, int, NoKey>((_, released) => released)),
                _ => Shared(new Sharing(n, leaky: true), $"a bit as {n} shares, each seen with probability 1/2: W-IND is 2^-{n}"),
            };
        }

        Match noise = NoisePattern().Match(name);
        if (noise.Success)
        {
            return double.TryParse(noise.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double deviation) && deviation is >= 0.001 and <= 1000
                ? Noisy(new GaussianNoise(deviation))
                : throw new UsageException($"scheme {name}: σ must be a number from 0.001 to 1000, such as 0.5");
        }

        Match biased = BiasedPattern().Match(name);
        if (!biased.Success)
        {
            return null;
        }

        (int numerator, int denominator) = Probability(biased.Groups[1].Value)
            ?? throw new UsageException($"scheme {name}: the probability of W = 0 must be in [0, 1], with at most six decimals, such as 3/4 or 0.75");
        return Constant(numerator, denominator);
    }

    /// <summary>A probability written as a fraction or with up to six decimals.</summary>
    private static (int Numerator, int Denominator)? Probability(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 2)
        {
            return int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int numerator)
                && int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int denominator)
                && denominator >= 1 && numerator >= 0 && numerator <= denominator
                ? (numerator, denominator)
                : null;
        }

        const int Million = 1_000_000;
        return parts.Length == 1
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal p)
            && p is >= 0 and <= 1 && p * Million == decimal.Truncate(p * Million)
            ? Reduced((int)(p * Million), Million)
            : null;
    }

    private static (int Numerator, int Denominator) Reduced(int numerator, int denominator)
    {
        int common = (int)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator);
        return (numerator / common, denominator / common);
    }

    private static Subject Of<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, string summary, params Recoverer<W, R, Pk>[] recoverers) =>
        new Subject<W, R, X, Y, Sk, Pk>(scheme, recoverers, [], []) { Summary = summary };

    private static Subject Kept(Pad pad) =>
        new Subject<int, int, int, int, int, int>(pad, [], [], [new PadReuse(pad)]) { Summary = $"a one-time pad on Z_{pad.Count} that is kept: secure and useless" };

    private static Subject Published(Pad pad) =>
        Of(pad, $"a one-time pad on Z_{pad.Count} that is published: correct and insecure", new Inversion<int, int, int>(pad.Unpad));

    private static Subject Shared(Sharing sharing, string summary) =>
        Of(sharing, summary, new Inversion<int, SeenShares, NoKey>((_, released) => sharing.Joined(released)) { Operations = sharing.Count });

    private static Subject Noisy(GaussianNoise noise) =>
        new Subject<PlaneVector, PlaneVector, int, double, NoKey, NoKey>(noise, [new NearestWeights(noise)], [], [new Likelihood(noise)])
        {
            Summary = FormattableString.Invariant($"a corner of a rectangle of 1 by 2, released with noise N(0, {noise.Deviation}²) on each entry"),
            ClosedForm = (notion, form) => notion == Notion.WRec ? GaussianOptimum.WRec(noise, form.Queries)
                : notion == Notion.WInd ? GaussianOptimum.WInd(noise, form.Line4, form.Queries)
                : null,
        };

    private static Subject Constant(int numerator, int denominator) =>
        Of(new ConstantRelease(numerator, denominator), $"a bit that is 0 with probability {numerator}/{denominator}, a release that says nothing");

    /// <summary>What runs a release of TaylorMLP without recovering the weights.</summary>
    /// <param name="order">N.</param>
    internal static Accelerator<TaylorRelease, Tensor, Tensor, NoKey>[] AcceleratorsOfTaylorMlp(int order) =>
        [new Collapse(), new Collapse(16), new Collapse(Collapse.AllRows), .. Truncate.Of(order), new Quantise()];

    /// <summary>What recovers the weights from a release of TaylorMLP without asking Run′.</summary>
    internal static Recoverer<MlpWeights, TaylorRelease, NoKey>[] RecoverersOfTaylorMlp => [new JointRecovery(), new JointRecovery(OrdersRead.One), new PairwiseRecovery()];

    private static Subject TaylorMlp(TaylorMlpSettings settings)
    {
        TaylorMlpScheme scheme = new(settings);
        (int d, int h, int outputs, bool isGated) = settings.Source.Shape;
        Tensor Zeros(params long[] shape) => zeros(shape, dtype: float64, device: settings.Device).DetachFromDisposeScope();
        string storage = settings.Storage == StorageType.F64 ? "" : $", released in {settings.Storage}";
        string which = settings.Variant == Variant.Paper ? "" : " as its public code has it";
        string units = settings.Protected is { } count ? $", the {count} hidden units that vary least protected" : "";
        Lazy<MlpWeights> nothing = new(() => new(Zeros(h, d), Zeros(h), Zeros(outputs, h), Zeros(outputs), isGated ? Zeros(h, d) : null));
        bool isSmall = LeastSquares.UnknownsOf(settings.Protected ?? h, isGated) <= MostLeastSquaresUnknowns;
        return new Subject<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>(
            scheme,
            [new ConstantRecoverer<MlpWeights, TaylorRelease, NoKey>(nothing), .. RecoverersOfTaylorMlp, .. isSmall ? [new LeastSquares()] : Array.Empty<LeastSquares>()],
            [new ConstantAccelerator<TaylorRelease, Tensor, Tensor, NoKey>(new Lazy<Tensor>(() => Zeros(1, outputs))), .. AcceleratorsOfTaylorMlp(settings.Order)],
            [new ReRelease<MlpWeights, TaylorRelease, Tensor, Tensor>(scheme, TaylorMlpScheme.Identical)])
        {
            Summary = $"TaylorMLP{which} on a {settings.Source.Kind} {settings.Source.Shape}, {settings.Activation}, N = {settings.Order}{units}{storage}; data {settings.Source.Description}",
        };
    }

    [GeneratedRegex(@"^(uniform|pad|published-pad|sharing|leaky-sharing|marked-sharing|dropped-bits|leaked-bit)-(-?\d.*)$")]
    private static partial Regex FamilyPattern();

    [GeneratedRegex(@"^constant-release-(-?[\d.].*)$")]
    private static partial Regex BiasedPattern();

    [GeneratedRegex(@"^gaussian-noise-(-?[\d.].*)$")]
    private static partial Regex NoisePattern();
}
