using System.CommandLine;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tokenizers;
using Wager.Schemes.Transformers;
using Wager.Testing;
using Wager.Testing.Catalog;

namespace Wager.Harness.CommandLine;

/// <summary>The options of taylor-transformer beside those of taylor-mlp.</summary>
internal static class TransformerArguments
{
    public static readonly Option<string> AnswerName = Arguments.Text("--answer", "law|greedy", "taylor-transformer: what a model answers, the law of the next token or tokens that follow (default law)");
    public static readonly Option<string> Tokens = Arguments.Text("--tokens", "M", "taylor-transformer: the tokens of a greedy answer (default 8)");

    public static readonly Option[] Own = [ModelArguments.Text, AnswerName, Tokens];

    private const long FewEntries = 4_000_000;
    private const long TrialsOfFew = 100;
    private const int MostWindows = 1 << 16; // of a text, the first

    /// <summary>The settings; null for a scheme that is played on no model, or on its MLPs alone.</summary>
    /// <exception cref="UsageException">There is no model, or an option is another scheme's.</exception>
    public static TransformerSettings? SettingsOf(ParseResult parse, string scheme)
    {
        if (TransformerSubject.VariantOf(scheme) is null)
        {
            return Own.FirstOrDefault(option => Arguments.Has(parse, option)) is not { } vain ? null
                : throw new UsageException($"{vain.Name} is of {TransformerSubject.Names[0]}: leave it out, for {scheme} has no such option");
        }

        if (parse.GetValue(Arguments.Model) is not { } folder)
        {
            return null;
        }

        ModelFolder model = Arguments.ModelOf(parse, folder);
        int? units = Arguments.ProtectedOf(parse, model.Hidden);
        AnswerForm answer = AnswerOf(parse);
        TransformerConfig config = TransformerConfig.Read(model.Config);
        TransformerSettings settings = new()
        {
            Model = Transformer.Load(model, new(Arguments.DeviceOf(parse), StorageType.F64)),
            Name = folder,
            Order = Arguments.OrderOf(parse),
            Activation = parse.GetValue(Arguments.ActivationName) is { } activation ? Arguments.ActivationOf(activation) : config.Activation,
            Storage = Arguments.StorageOf(parse, Arguments.StorageName, ModelMlps.StorageOf(model)),
            Protected = units,
            Answer = answer,
        };
        settings = answer == AnswerForm.Law ? settings : settings with { Tokens = (int)Arguments.Whole(parse, Tokens, Math.Min(settings.Tokens, config.Positions - 1), 1, config.Positions - 1) };
        return parse.GetValue(ModelArguments.Text) is not { } text ? settings : settings with { Prompts = PromptsOf(text, settings.Prompts.Length, folder, config) };
    }

    /// <summary>How many trials to play of each game where it is not said: few of a model, whose trials may take minutes, unless it is small.</summary>
    /// <param name="parse">The command line, which names a model.</param>
    /// <param name="ofModel">How many on the MLPs of a model, or on a large one.</param>
    public static long TrialsOf(ParseResult parse, long ofModel)
    {
        using ModelFolder model = ModelFolder.Open(parse.GetValue(Arguments.Model)!);
        bool isWhole = parse.GetValue(Arguments.OptionalScheme) is not { } scheme || TransformerSubject.VariantOf(scheme) is not null;
        return isWhole && model.Tensors.Sum(tensor => tensor.Count) <= FewEntries ? TrialsOfFew : ofModel;
    }

    private static Prompts PromptsOf(string text, int length, string folder, TransformerConfig config)
    {
        int[][] windows = [.. TokenStream.Windows(ModelArguments.TokenizerOf(folder, config), text, length).Take(MostWindows).Where(window => window.Length == length)];
        return windows.Length > 0 ? new(length, config.Vocabulary, windows)
            : throw new UsageException($"{ModelArguments.Text.Name} {text}: it has fewer than the {length} tokens of a prompt; name a longer text");
    }

    private static AnswerForm AnswerOf(ParseResult parse) => parse.GetValue(AnswerName) switch
    {
        null or "law" => Arguments.Has(parse, Tokens) ? throw new UsageException($"{Tokens.Name} is of {AnswerName.Name} greedy: leave it out, for a law is of one token") : AnswerForm.Law,
        "greedy" => AnswerForm.Greedy,
        { } other => throw new UsageException($"{AnswerName.Name} {other}: must be law or greedy"),
    };
}
