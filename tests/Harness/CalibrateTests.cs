using System.Diagnostics;
using System.Text;
using Expecto;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tokenizers;

namespace Wager.Tests;

/// <summary><c>calibrate</c>, and the windows of text that it reads.</summary>
internal static class CalibrateTests
{
    private const int PieceLength = 1 << 16;
    private const double Tolerance = 1e-9;

    /// <summary>Texts that are hard to cut. A piece of one has 65,536 characters.</summary>
    private static readonly (string Name, string Text)[] _texts =
    [
        ("a word", "word"),
        ("white space at both ends", " \n\t a text \r\n\r\n  "),
        ("lines of two characters", string.Concat(Enumerable.Repeat("a line\r\n", PieceLength / 4))),
        ("a line's end across two pieces", new string('a', 100) + string.Concat(Enumerable.Repeat(" ab", (PieceLength - 101) / 3)) + "\r\nb"),
        ("runs of spaces", string.Concat(Enumerable.Repeat("a    b ", PieceLength / 6))),
        ("no white space", string.Concat(Enumerable.Repeat("a,b.c;", PieceLength / 4))),
        ("no white space in the second piece", "a b" + string.Concat(Enumerable.Repeat("a,b.c;", PieceLength / 3))),
        ("pairs of surrogates across two pieces", "a" + string.Concat(Enumerable.Repeat("a😀", PieceLength / 2))),
        ("more white space than a piece, and a word", new string(' ', PieceLength + 10) + "word"),
        ("a mark that is not the first", "a\uFEFFb"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "calibrate",
        Suite.Group("windows are all of a text, once", [.. from text in _texts from tokenizer in new[] { "opt-tiny", "phi-tiny" } select Suite.Test($"{text.Name}, {tokenizer}", () => Windows(text.Text, tokenizer))]),
        Suite.Test("a byte order mark is no text", () =>
        {
            ModelTokenizer tokenizer = FolderOfTokenizer.OfShape("opt-tiny");
            using TemporaryFolder folder = new();
            int[] tokens = Assert.Single([.. TokenStream.Windows(tokenizer, folder.File("text", [.. Encoding.UTF8.Preamble, .. "text"u8]), 64)], "windows");
            Assert.Equal(string.Join(' ', tokenizer.Encode("text")), string.Join(' ', tokens), "tokens");
        }),
        Suite.Group("ranges are the least and the greatest of Vx, over all tokens", [.. TinyModel.Families.Select(family => Suite.Test(family, () => Ranges(family)))]),
        Suite.Test("fewer tokens than are asked for are all that the text has", () =>
        {
            TinyModel model = TinyModel.Of("llama");
            ModelTokenizer tokenizer = ModelTokenizer.Open(model.Folder);
            using TemporaryFolder folder = new();
            int tokens = TokenStream.Windows(tokenizer, TinyModel.TextFile, 32).Sum(window => window.Length);
            Assert.Equal(tokens, (int)CommandLine.Json("calibrate", model.Folder, "--text", TinyModel.TextFile, "-o", folder.File("z"), "--window", "32", "--tokens", "100000")["tokens"]!, "tokens");
        }),
        Suite.Test("interrupted, it leaves nothing behind", () =>
        {
            using TemporaryFolder folder = new();
            string text = folder.File("text", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(TinyModel.Text, 20_000))));
            string said = "";
            for (int seconds = 2; seconds <= 32 && said.Length == 0; seconds *= 2)
            {
                using Process process = CommandLine.Start("calibrate", TinyModel.Of("opt").Folder, "--text", text, "-o", folder.File("z"), "--tokens", "100000000", "--threads", "1");
                Task<string> error = process.StandardError.ReadToEndAsync();
                Task<string> output = process.StandardOutput.ReadToEndAsync();
                Thread.Sleep(TimeSpan.FromSeconds(seconds)); // by then it computes; before, the system ends it without a word
                CommandLine.Interrupt(process);
                process.WaitForExit();
                Assert.Equal("text", folder.Names(), "files");
                Assert.Equal("", output.Result, "standard output");
                said = error.Result;
            }

            Assert.Equal("wager: stopped, with nothing known yet", said.TrimEnd(), "the line");
        })));

    private static void Windows(string text, string shape)
    {
        const int Length = 50;
        ModelTokenizer tokenizer = FolderOfTokenizer.OfShape(shape);
        int[] before = tokenizer.Encode("");
        using TemporaryFolder folder = new();
        int[][] windows = [.. TokenStream.Windows(tokenizer, folder.File("text", Encoding.UTF8.GetBytes(text)), Length)];
        Assert.True(windows[..^1].All(window => window.Length == Length) && windows[^1].Length <= Length && windows[^1].Length > before.Length, "lengths");
        Assert.True(windows.All(window => window.AsSpan(0, before.Length).SequenceEqual(before)), "what each begins with");
        Assert.True(tokenizer.Decode(windows.SelectMany(window => window[before.Length..])) == text, "the text");
    }

    /// <summary>Against the reference's forward pass in float64.</summary>
    private static void Ranges(string family)
    {
        (int window, int most) = (24, 60);
        TinyModel of = TinyModel.Of(family);
        using TemporaryFolder folder = new();
        CommandLine.Json("calibrate", of.Folder, "--text", TinyModel.TextFile, "-o", folder.File("z"), "--window", $"{window}", "--tokens", $"{most}", "--dtype", "f64", "--threads", "1");
        ModelTokenizer tokenizer = ModelTokenizer.Open(of.Folder);
        int[] before = tokenizer.Encode("");
        int left = most;
        Dictionary<string, (double[] Least, double[] Greatest)> expected = [];
        foreach (int[] tokens in tokenizer.Encode(TinyModel.Text, addSpecial: false).Chunk(window - before.Length).Select(chunk => (int[])[.. before, .. chunk]))
        {
            ReferenceTransformer.Logits(of.Folder, tokens[..Math.Min(tokens.Length, left)], (path, product) => expected[path] = expected.TryGetValue(path, out (double[] Least, double[] Greatest) there)
                ? ([.. there.Least.Zip(product, Math.Min)], [.. there.Greatest.Zip(product, Math.Max)])
                : (product, product));
            left -= Math.Min(tokens.Length, left);
            if (left == 0)
            {
                break;
            }
        }

        using ModelFolder model = ModelFolder.Open(of.Folder);
        using RecordedEmbeddings found = new(folder.File("z"));
        foreach (MlpNames mlp in model.Mlps)
        {
            (double[] least, double[] greatest) = expected[mlp.V[..^".weight".Length]];
            double[] middle = found.Of(mlp.Path, model.Hidden);
            double[] range = found.Range(mlp.Path, model.Hidden);
            for (int j = 0; j < model.Hidden; j++)
            {
                Assert.Near((greatest[j] + least[j]) / 2, middle[j], Tolerance, $"z₀ of unit {j} of {mlp.Path}");
                Assert.Near(greatest[j] - least[j], range[j], Tolerance, $"the range of unit {j} of {mlp.Path}");
            }
        }
    }
}
