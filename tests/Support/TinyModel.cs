using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wager.Tests;

/// <summary>A tiny model of a family with its tokenizer, the ranges of its z on a text, its releases and what attacks recover of them. What was made once is there for all tests, which only read it.</summary>
internal sealed class TinyModel
{
    /// <summary>The text that it is calibrated on, which ends in white space.</summary>
    public const string Text = """
        The weights of a model are released as the coefficients of a series, which run slower than the model and are said to hide it.
        Whoever has the coefficients has the weights: a row of ratios tells where each unit was expanded, and a division gives the rest.
        What a scheme is said to hide, a game asks for; and what an adversary gains in it, is counted.

        """;

    private static readonly TemporaryFolder _root = Root();
    private static readonly ConcurrentDictionary<string, Lazy<TinyModel>> _all = [];

    private readonly ConcurrentDictionary<string, Lazy<string>> _made = [];
    private readonly string _family;

    private TinyModel(string family)
    {
        _family = family;
        CommandLine.Json("synth", $"{family}-tiny", "--layers", "2", "--dtype", "f32", "--seed", "3", "-o", Folder);
        CommandLine.Json("calibrate", Folder, "--text", TextFile, "-o", Ranges, "--window", "64");
    }

    public static IReadOnlyList<string> Families { get; } = ["opt", "llama", "mistral", "phi"];

    /// <summary>A file with the text.</summary>
    public static string TextFile { get; } = _root.File("text", System.Text.Encoding.UTF8.GetBytes(Text));

    /// <summary>The model's folder.</summary>
    public string Folder => _root.File(_family);

    /// <summary>The ranges of its z.</summary>
    public string Ranges => _root.File($"{_family}.z");

    /// <summary>The names of all that was made.</summary>
    public static string Names => _root.Names();

    public static TinyModel Of(string family) => _all.GetOrAdd(family, static name => new(() => new(name))).Value;

    /// <summary>A released folder.</summary>
    /// <param name="options">How it is released.</param>
    public string Released(string options = "--dtype f32") =>
        Made($"{options} release", path => CommandLine.Json(["release", Folder, "--folder", "--z-range", Ranges, "-o", path, .. options.Split(' ')]));

    /// <summary>The folder that an attack makes of a released one; its report is beside it.</summary>
    public string Recovered(string options = "--dtype f32") => Made($"{options} recovered", path =>
        File.WriteAllText($"{path}.json", CommandLine.Json("attack", Released(options), "-o", path, "--truth", Folder).ToJsonString()));

    /// <summary>Goes on with prompts, in the forms that are asked for. The tokens are those of each form and prompt.</summary>
    public static Dictionary<string, int[][]> Generated(string folder, string options, params string[] prompts) =>
        Generate(folder, options, prompts).AsArray().ToDictionary(run => (string)run!["form"]!, run => run!["tokens"].Deserialize<int[][]>()!);

    /// <summary>The same with all that is reported.</summary>
    public static JsonNode Generate(string folder, string options, params string[] prompts) =>
        CommandLine.Json(["generate", folder, "--threads", "1", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. prompts.SelectMany(prompt => new[] { "--prompt", prompt })]);

    private static TemporaryFolder Root()
    {
        TemporaryFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }

    private string Made(string what, Action<string> make) => _made.GetOrAdd(what, name => new(() =>
    {
        string path = _root.File($"{_family} {name}".Replace(' ', '_'));
        make(path);
        return path;
    })).Value;
}
