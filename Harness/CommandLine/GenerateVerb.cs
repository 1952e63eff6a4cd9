using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Schemes.Tokenizers;
using Wager.Schemes.Transformers;
using Wager.Testing;

namespace Wager.Harness.CommandLine;

/// <summary><c>generate MODEL --prompt TEXT [--form F] [--truth MODEL]</c>: goes on with texts, with the MLPs in one of their forms, or in all side by side.</summary>
internal static class GenerateVerb
{
    private const int DefaultTokens = 32;
    private const int MostTokens = 1 << 24;

    public static Command Command() => Arguments.Verb(
        "generate",
        "go on with a text, with a model as it was trained, released, collapsed or recovered, or with all of these side by side",
        Run,
        [
            ModelArguments.Model, ModelArguments.Prompt, ModelArguments.Form, ModelArguments.Truth, ModelArguments.New, ModelArguments.Temperature, ModelArguments.MostLikely,
            ModelArguments.Share, ModelArguments.Type, Arguments.Seed, Arguments.OnDevice, Arguments.Threads, Arguments.Json,
        ]);

    private static int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(ModelArguments.Model);
        string[] texts = parse.GetValue(ModelArguments.Prompt) is { Length: > 0 } given ? given
            : throw new UsageException($"{ModelArguments.Prompt.Name} is missing: the text to go on with");
        int most = (int)Arguments.Whole(parse, ModelArguments.New, DefaultTokens, 1, MostTokens);
        Decoding decoding = ModelArguments.DecodingOf(parse);
        using ReleasedFolder? released = ReleasedFolder.Is(path) ? ReleasedFolder.Open(path) : null;
        using ModelFolder? model = released is null ? ModelFolder.Open(path) : parse.GetValue(ModelArguments.Truth) is { } truth ? ModelFolder.Open(truth) : null;
        string[] forms = FormsOf(parse, path, released, model);
        TransformerConfig config = TransformerConfig.Read(released?.Config ?? model!.Config);
        ModelTokenizer tokenizer = ModelArguments.TokenizerOf(path, config);
        int[][] prompts = [.. texts.Select(text => Tokens(tokenizer, text, most, config))];
        using Session session = new(parse, trials: 1, mostTrials: 1);
        Placement placement = ModelArguments.PlacementOf(parse);
        TensorMath.ComputeOn(session.Sampling.Threads);
        using Transformer? original = model is null || !forms.Contains(ModelForms.Original) ? null : Loaded(model, released, placement);
        using WeightReader? reader = released is null ? null : new(released.Release, config, placement);
        List<(string Form, Transformer Model)> models = [];
        foreach (string form in forms)
        {
            models.Add((form, form == ModelForms.Original ? original! : session.Stoppable($"{form} MLPs of {path}", (progress, stop) =>
                Transformer.Load(reader!, _ => ModelForms.Of(reader!, released!, form, session.Sampling.Threads, new SeededTape(1), progress, stop)))));
        }

        try
        {
            IReadOnlyList<GenerationRun> runs = session.Stoppable(path, (progress, stop) => GenerationRun.Of(models, prompts, most, decoding, session.Sampling.Seed, progress, stop));
            Write(session, runs, texts, prompts, tokenizer, decoding);
            if (original is not null && Activation.Find(model!.ActivationName) != original.Config.Activation)
            {
                session.Screen.Tables.WriteLine($"  original is run with {original.Config.Activation}, which the release expands; the model's own activation is {model.ActivationName}, with which generate {model.Path} runs it");
            }

            return session.ExitCode();
        }
        catch (InvalidDataException e)
        {
            throw new UsageException($"{path}: {e.Message}");
        }
    }

    /// <summary>The forms that are asked for, which the folders must give.</summary>
    private static string[] FormsOf(ParseResult parse, string path, ReleasedFolder? released, ModelFolder? model)
    {
        string? form = ModelArguments.FormOf(parse);
        if (released is null)
        {
            return Arguments.Has(parse, ModelArguments.Truth) ? throw new UsageException($"{ModelArguments.Truth.Name} is for a released folder, and {path} is a model: name what release --folder wrote")
                : form is null or ModelForms.Original ? [ModelForms.Original]
                : throw new UsageException($"{ModelArguments.Form.Name} {form}: {path} is a model, not a release; release it with --folder, and name that");
        }

        if (model is not null && SidesOf(model.Config) != SidesOf(released.Config))
        {
            throw new UsageException($"{ModelArguments.Truth.Name} {model.Path}: it is another model than {path} was made of");
        }

        return form is not null
            ? form != ModelForms.Original || model is not null ? [form] : throw new UsageException($"{ModelArguments.Form.Name} {form}: {path} is a release; name the model that it was made of with {ModelArguments.Truth.Name}")
            : model is not null ? [.. ModelForms.All] : [ModelForms.Released];
    }

    private static (string, int, int, int, int, int) SidesOf(ModelConfig config) => TransformerConfig.Read(config) is var all
        ? (config.ModelType, config.Width, config.Hidden, config.Layers, all.Vocabulary, all.Positions) : default;

    private static int[] Tokens(ModelTokenizer tokenizer, string text, int most, TransformerConfig config)
    {
        int[] tokens = tokenizer.Encode(text);
        return tokens.Length == 0 ? throw new UsageException($"{ModelArguments.Prompt.Name}: a text without a token; give some")
            : tokens.Length + most - 1 <= config.Positions ? tokens
            : throw new UsageException($"{ModelArguments.Prompt.Name}: {tokens.Length} tokens, and {most} to come, are beyond the context of {config.Positions}; give a shorter text, or fewer {ModelArguments.New.Name}");
    }

    /// <summary>The original; with the activation that a release of it expands.</summary>
    private static Transformer Loaded(ModelFolder model, ReleasedFolder? released, Placement placement)
    {
        TransformerConfig config = TransformerConfig.Read(model.Config);
        config = released is null ? config : config with { Activation = released.Release.Activation };
        return Transformer.Load(new WeightReader(model, config, placement), reader => [.. model.Mlps.Select(names => reader.PlainMlp(names))]);
    }

    private static void Write(Session session, IReadOnlyList<GenerationRun> runs, string[] texts, int[][] prompts, ModelTokenizer tokenizer, Decoding decoding)
    {
        IAnsiConsole console = session.Screen.Tables;
        JsonArray json = [];
        GenerationRun first = runs[0];
        Table table = new Table().RoundedBorder().AddColumns("form", "tokens/s", "s a token", $"× {first.Form}", "operations a token", "same tokens", "prompt s");
        foreach (GenerationRun run in runs)
        {
            (int same, int of) = run.Agreement(first);
            double operations = CostUnit.Operations.Count(run.StepCost) / texts.Length;
            table.AddRow(
                run.Form, Figure(run.TokensPerSecond), Figure(run.StepSeconds), double.IsNaN(run.StepSeconds) ? "" : FormattableString.Invariant($"{run.StepSeconds / first.StepSeconds:0.00}"),
                double.IsNaN(run.StepSeconds) ? "" : FormattableString.Invariant($"{operations:0.##e0}"), runs.Count == 1 ? "" : $"{same} of {of}", Figure(run.PromptSeconds));
            json.Add(new JsonObject
            {
                ["form"] = run.Form,
                ["failure"] = run.Failure,
                ["texts"] = new JsonArray([.. run.Texts.Zip(prompts, (tokens, prompt) => (JsonNode)tokenizer.DecodeAfter(prompt, tokens))]),
                ["tokens"] = new JsonArray([.. run.Texts.Select(tokens => (JsonNode)new JsonArray([.. tokens.Select(token => (JsonNode)token)]))]),
                ["promptTokens"] = prompts.Sum(prompt => prompt.Length),
                ["promptSeconds"] = double.IsNaN(run.PromptSeconds) ? null : run.PromptSeconds,
                ["secondsPerStep"] = double.IsNaN(run.StepSeconds) ? null : run.StepSeconds,
                ["cost"] = double.IsNaN(run.StepSeconds) ? null : Json.Of(run.StepCost),
                ["sameTokens"] = runs.Count == 1 ? null : same,
                ["ofTokens"] = runs.Count == 1 ? null : of,
                ["seed"] = session.Sampling.Seed,
                ["device"] = session.Device,
            });
        }

        foreach ((int i, string text) in texts.Index())
        {
            foreach (GenerationRun run in runs)
            {
                console.WriteLine($"{run.Form}: {Printable(text + tokenizer.DecodeAfter(prompts[i], run.Texts[i]))}");
            }
        }

        console.Write(table);
        foreach (string failure in runs.Select(run => run.Failure).OfType<string>())
        {
            console.WriteLine($"  {failure}");
        }

        if (decoding.Temperature > 0)
        {
            console.WriteLine($"  seed {session.Sampling.Seed}{(runs.Count == 1 ? "" : "; forms draw with the same coins, and still part soon where their laws are nearly the same")}");
        }

        if (session.Stopping)
        {
            console.WriteLine("  stopped: what is above is what was known by then");
        }

        session.Write(json);
    }

    /// <summary>What a model says must not steer a terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));

    private static string Figure(double number) => double.IsNaN(number) ? "" : FormattableString.Invariant($"{number:G3}");
}
