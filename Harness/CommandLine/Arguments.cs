using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Harness.CommandLine;

/// <summary>The options of all verbs, and what they must look like. Each is read as text, so that a wrong one gets our own line.</summary>
internal static class Arguments
{
    public static readonly Argument<string> Game = new("GAME") { Description = "Correctness, WRec, EffInf or W-IND" };
    public static readonly Argument<string?> OptionalScheme = new("SCHEME") { Description = "a scheme of 'list', or the DLL of a plug-in; all listed ones if left out", Arity = ArgumentArity.ZeroOrOne };
    public static readonly Argument<string?> OptionalClaim = new("CLAIM") { Description = "a claim of 'claims'; all if left out", Arity = ArgumentArity.ZeroOrOne };
    public static readonly Option<bool> Exactly = new("--exact") { Description = "only what can be enumerated, exactly; with neither CLAIM nor --scheme, all claims on all finite schemes" };
    public static readonly Option<string> Search = Text("--search", "CLAIM", "look for a counterexample among random finite schemes and adversaries, and make it as small as can be");
    public static readonly Option<string> Instances = Text("--instances", "N", "search: instances that the claim says something about (default 20000)");
    public static readonly Option<bool> Assert = new("--assert") { Description = "exit with 1 where a claim is refuted, undefined or not decided; of --search, where it is refuted" };
    public static readonly Option<string> AssertFile = Text("--assert", "FILE.json", "judge the bounds and claims that the file has, and nothing else; exit with 1 where one does not hold or is not decided");
    public static readonly Option<string> JUnit = Text("--junit", "FILE", "--assert: write what was found as JUnit XML too; - for standard output");
    public static readonly Option<string> Scheme = Text("--scheme", "S", "a scheme of 'list'");
    public static readonly Option<string> Adversary = Text("--adversary", "A", "an adversary that fits, such as recovery or eq9(constant); play also finds the best");
    public static readonly Option<bool> Optimal = new("--optimal") { Description = "exact: the best of all adversaries, by a maximum over all answers" };
    public static readonly Option<string> Reads = Text("--reads", "T", "--optimal: read at most T cells of a release (default: any number)");
    public static readonly Option<string> Trials = Text("--trials", "N", "trials to sample");
    public static readonly Option<string> Seed = Text("--seed", "N", "the seed, or random: drawn and printed (default 1)");
    public static readonly Option<string> Level = Text("--level", "P", "the level of the intervals (default 0.95)");
    public static readonly Option<string> Epsilon = Text("--epsilon", "E", "the ε that advantages are held against (default 0.05)");
    public static readonly Option<string> Threads = Text("--threads", "N", "threads to work on (default: all cores)");
    public static readonly Option<string> Lanes = Text("--lanes", "N|auto", "trials to play in lock-step on each thread (default auto: by the memory; 1 where a game plays one at a time)");
    public static readonly Option<string> AtMost = Text("--at-most", "E", "assert Adv ≤ E, and stop as soon as that is decided");
    public static readonly Option<string> AtLeast = Text("--at-least", "E", "assert Adv ≥ E, and stop as soon as that is decided");
    public static readonly Option<string> Queries = Text("--queries", "Q", "releases, or challenges, that the adversary may ask for (default 1)");
    public static readonly Option<string> Inputs = Text("--inputs", "M", "EffInf: inputs per release (default 1)");
    public static readonly Option<string> Budget = Text("--budget", "T", "operations that the adversary may spend in a trial (default: no bound)");
    public static readonly Option<string> Memory = Text("--memory", "MIB", "managed memory that the adversary may allocate in a trial (default: no bound)");
    public static readonly Option<string> Timeout = Text("--timeout", "SECONDS|none", "how long the adversary may work between queries and to its answer (default 60)");
    public static readonly Option<string[]> PlugIn = new("--plugin") { Description = "a DLL with schemes and adversaries of one's own; may come several times", HelpName = "FILE.dll", AllowMultipleArgumentsPerToken = false };
    public static readonly Option<string> Latex = Text("--latex", "FILE", "write each verdict as a sentence in LaTeX; - for standard output");
    public static readonly Option<string> Sweep = Text("--sweep", "P=A..B", "for each value of a parameter: n, q, m, and of taylor-mlp N, h, d, D; A..B*F multiplies");
    public static readonly Option<string> Replay = Text("--replay", "T", "play trial T again and print what happened in it");
    public static readonly Option<string> Line4 = Text("--line4", "resample|reject", "how line 4 of W-IND is read (default resample)");
    public static readonly Option<string> Json = Text("--json", "FILE", "write the results as JSON too; - for standard output");
    public static readonly Option<string> OnDevice = Text("--device", DeviceName.Forms, "where tensors live (default cpu); auto is cuda where it can be used");
    public static readonly Option<string> Data = Text("--data", "FILE.csv", "taylor-mlp: numbers to train on, the last column the target");
    public static readonly Option<string> ActivationName = Text("--activation", "gelu|gelu-tanh|silu|relu", "the activation of taylor-mlp and taylor-transformer (default gelu, or the model's)");
    public static readonly Option<string> Order = Text("--order", "N", "the order of the expansion (default 8)");
    public static readonly Option<string> Hidden = Text("--hidden", "H", "taylor-mlp: the hidden width (default 32)");
    public static readonly Option<string> Protect = Text("--protect", "K", "how many hidden units are protected, those that vary least (default: all)");
    public static readonly Option<string> StorageName = Text("--dtype", "bf16|f16|f32|f64", "the type that a release is stored in (default f64, or the model's)");

    public static readonly Option<string> Model = Text("--model", "DIR", "a model's folder: of taylor-transformer the model that is played, of taylor-mlp the one whose MLPs are, instead of trained ones");

    public static readonly Option[] OfTaylorMlp = [Model, Data, ActivationName, Order, Hidden, Protect, StorageName];

    /// <summary>What all that plays a scheme takes for it.</summary>
    public static Option[] OfSchemes => [.. OfTaylorMlp, .. TransformerArguments.Own];

    private const int MostLanes = 1 << 20;

    /// <summary>A verb with its arguments and options.</summary>
    public static Command Verb(string name, string description, Func<ParseResult, int> run, IEnumerable<Symbol> takes)
    {
        Command verb = new(name, description);
        foreach (Symbol taken in takes)
        {
            if (taken is Option option)
            {
                verb.Add(option);
            }
            else
            {
                verb.Add((Argument)taken);
            }
        }

        verb.SetAction(run);
        return verb;
    }

    public static Notion NotionOf(ParseResult parse) => Subject.NotionOf(parse.GetRequiredValue(Game));

    /// <summary>The files that a command line reads: assertions, schemes of tables, plug-ins, data, texts.</summary>
    public static IEnumerable<string> FilesRead(ParseResult parse) =>
        new[] { Has(parse, AssertFile) ? parse.GetValue(AssertFile) : null, parse.GetResult(OptionalScheme) is null ? null : parse.GetValue(OptionalScheme), Has(parse, Scheme) ? parse.GetValue(Scheme) : null, Has(parse, Data) ? parse.GetValue(Data) : null, Has(parse, ModelArguments.Text) ? parse.GetValue(ModelArguments.Text) : null }
            .Concat(Has(parse, PlugIn) ? parse.GetValue(PlugIn) ?? [] : [])
            .OfType<string>().Where(path => path.Length > 0);

    /// <summary>Whether an option was given.</summary>
    public static bool Has(ParseResult parse, Option option) => parse.GetResult(option) is { Implicit: false };

    public static PlugIns PlugInsOf(ParseResult parse, string? more = null) =>
        new([.. parse.GetValue(PlugIn) ?? [], .. more is null ? Array.Empty<string>() : [more]]);

    public static Subject SubjectOf(ParseResult parse, PlugIns plugIns, string? name = null)
    {
        name ??= SchemeOf(parse, plugIns);
        return SchemeCatalog.Find(name, TaylorMlpSettingsOf(parse, name), plugIns, TransformerArguments.SettingsOf(parse, name));
    }

    /// <summary>The name of the scheme.</summary>
    public static string SchemeOf(ParseResult parse, PlugIns plugIns) =>
        parse.GetValue(Scheme) ?? throw new UsageException($"--scheme is missing: {string.Join(", ", [.. SchemeCatalog.Listed, .. plugIns.Schemes])}");

    /// <summary>In which form the games are played.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="notion">The one game to be played; null for all.</param>
    public static Form FormOf(ParseResult parse, Notion? notion = null)
    {
        if (notion is { Kind: Kind.Property } && new Option[] { Queries, Inputs, Budget, AtMost }.FirstOrDefault(option => Has(parse, option)) is { } vain)
        {
            throw new UsageException($"{notion.Name} has no adversary: leave out {vain.Name}");
        }

        return notion is not null && notion != Notion.EffInf && Has(parse, Inputs)
            ? throw new UsageException($"--inputs is EffInf's: {notion.Name} has no inputs")
            : new(Line4Of(parse), (int)Whole(parse, Queries, 1, 1, 1_000_000), (int)Whole(parse, Inputs, 1, 1, 1_000_000));
    }

    /// <summary>The bound that advantages are held against, and whether it was asserted.</summary>
    public static (Bound Bound, bool IsAsserted) BoundOf(ParseResult parse)
    {
        Option<string>[] given = [.. new[] { AtMost, AtLeast, Epsilon }.Where(option => Has(parse, option))];
        return given switch
        {
            [] => (Bound.Usual, false),
            [var one] => (ProbabilityOf(parse, one), one != Epsilon),
            _ => throw new UsageException($"{given[0].Name} and {given[1].Name} are two bounds: give one"),
        };
    }

    public static Limits LimitsOf(ParseResult parse) => new(
        parse.GetValue(Budget) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double operations) && operations is >= 0 and <= Cost.Most ? operations
        : throw new UsageException($"--budget {text}: must be a number of operations from 0 to {Cost.Most:F0}"),
        Has(parse, Memory) ? Whole(parse, Memory, 0, 1, 1 << 20) << 20 : null);

    public static TimeSpan? TimeoutOf(ParseResult parse) => parse.GetValue(Timeout) switch
    {
        null => Sampling.DefaultTimeout,
        "none" => null,
        { } text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.01 and <= 1e6
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--timeout {text}: must be a number of seconds from 0.01 to 1000000, or none"),
    };

    /// <summary>The seed; where it is drawn, the same throughout the run.</summary>
    public static ulong SeedOf(ParseResult parse) =>
        parse.GetValue(Seed) is not { } text ? 1
        : text == "random" ? _drawn.Value
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed
        : throw new UsageException($"--seed {text}: must be a whole number from 0 to {ulong.MaxValue}, or random");

    public static long TrialsOf(ParseResult parse, long otherwise) => Whole(parse, Trials, otherwise, 1, 10_000_000_000);

    public static int ThreadsOf(ParseResult parse) => (int)Whole(parse, Threads, Environment.ProcessorCount, 1, 1024);

    /// <summary>How many trials to play at once; null for as many as is best.</summary>
    public static int? LanesOf(ParseResult parse) => parse.GetValue(Lanes) switch
    {
        null or "auto" => null,
        { } text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int lanes) && lanes is >= 1 and <= MostLanes ? lanes
            : throw new UsageException($"--lanes {text}: must be auto or a whole number from 1 to {MostLanes}"),
    };

    public static long? ReplayOf(ParseResult parse) => parse.GetValue(Replay) is null ? null : Whole(parse, Replay, 0, 0, long.MaxValue);

    public static double LevelOf(ParseResult parse) =>
        parse.GetValue(Level) is not { } text ? 0.95
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double level) && Sampling.IsLevel(level) ? level
        : throw new UsageException(FormattableString.Invariant($"--level {text}: must be above 0 and at most {Sampling.HighestLevel}, such as 0.95"));

    private static Games.Line4 Line4Of(ParseResult parse) => parse.GetValue(Line4) switch
    {
        null or "resample" => Games.Line4.Resample,
        "reject" => Games.Line4.Reject,
        { } other => throw new UsageException($"--line4 {other}: must be resample or reject"),
    };

    public static Destination? DestinationOf(ParseResult parse, Option<string> option) => parse.GetValue(option) is { } name ? new Destination(option.Name, name) : null;

    public static StorageType StorageOf(ParseResult parse, Option<string> option, StorageType otherwise) =>
        parse.GetValue(option) is not { } name ? otherwise
        : StorageType.All.FirstOrDefault(type => type.Name == name)
            ?? throw new UsageException(Nearest.Unknown("storage type", name, StorageType.All.Select(type => type.Name)));

    public static Device DeviceOf(ParseResult parse) => DeviceName.Of(parse.GetValue(OnDevice) ?? "cpu");

    private static Bound ProbabilityOf(ParseResult parse, Option<string> option)
    {
        string text = parse.GetValue(option) ?? "";
        return Bound.Parse(text, option == AtLeast ? Side.AtLeast : Side.AtMost)
            ?? throw new UsageException($"{option.Name} {text}: must be a probability in [0, 1], such as 0.05 or 1/20");
    }

    private static readonly Lazy<ulong> _drawn = new(() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    public static TaylorMlpSettings? TaylorMlpSettingsOf(ParseResult parse, string scheme)
    {
        if (TransformerSubject.VariantOf(scheme) is not null || (SchemeCatalog.TaylorMlpVariant(scheme) is null && OfTaylorMlp.All(option => parse.GetResult(option) is null)))
        {
            return null;
        }

        TaylorMlpSettings defaults = new();
        ModelFolder? model = parse.GetValue(Model) is { } folder ? ModelOf(parse, folder) : null;
        if (model is { Layers: 1 })
        {
            throw new UsageException($"{Model.Name} {model.Path}: it has one layer, and W-IND needs two different ones; give a model with two layers or more, or play it whole, as {TransformerSubject.Names[0]}");
        }

        string activation = parse.GetValue(ActivationName) ?? model?.ActivationName ?? defaults.Activation.Name;
        MlpSource source = model is null ? TrainedOf(parse) : ModelMlps.Of(model);
        return defaults with
        {
            Source = source,
            Protected = ProtectedOf(parse, source.Shape.Hidden),
            Activation = ActivationOf(activation),
            Storage = StorageOf(parse, StorageName, model is null ? defaults.Storage : ModelMlps.StorageOf(model)),
            Order = OrderOf(parse),
            Device = DeviceOf(parse),
        };
    }

    public static Activation ActivationOf(string name) =>
        Activation.Find(name) ?? throw new UsageException(Nearest.Unknown("activation", name, Activation.All.Select(known => known.Name)));

    public static int OrderOf(ParseResult parse) => (int)Whole(parse, Order, new TaylorMlpSettings().Order, 0, 64);

    /// <summary>K; null for all h.</summary>
    public static int? ProtectedOf(ParseResult parse, int hidden) =>
        parse.GetValue(Protect) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1 && count <= hidden ? (count == hidden ? null : count)
        : throw new UsageException($"{Protect.Name} {text}: must be a whole number from 1 to {hidden}, the hidden width");

    private static TrainedMlps TrainedOf(ParseResult parse)
    {
        TrainedMlps trained = new();
        return trained with
        {
            Data = parse.GetValue(Data) is { } path ? Read(path) : trained.Data,
            Hidden = (int)Whole(parse, Hidden, trained.Hidden, 1, 65_536),
        };
    }

    /// <summary>The model, open until the process ends.</summary>
    public static ModelFolder ModelOf(ParseResult parse, string folder)
    {
        if (new[] { Data, Hidden }.FirstOrDefault(option => Has(parse, option)) is { } vain)
        {
            throw new UsageException($"{vain.Name} is of trained MLPs: leave it out with {Model.Name}");
        }

        return ModelFolder.Open(folder);
    }

    private static DataSet Read(string path)
    {
        try
        {
            return CsvData.Read(path);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--data {e.Message}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"--data {path}: there is no such file; name a CSV of numbers, the last column the target");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--data {path}: cannot be read ({e.Message}); name a CSV of numbers, the last column the target");
        }
    }

    public static long Whole(ParseResult parse, Option<string> option, long otherwise, long least, long most) =>
        parse.GetValue(option) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most ? number
        : throw new UsageException($"{option.Name} {text}: must be a whole number from {least} to {most}");

    internal static Option<string> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };
}
