using System.Text;
using Expecto;
using FsCheck;
using FsCheck.Fluent;
using Wager.Schemes.Tokenizers;

namespace Wager.Tests;

/// <summary>
/// Tokenizers of model folders, against others' ids: those of gpt2-like and llama3-like were made with Hugging Face's tokenizers for
/// JavaScript, and those of sentencepiece with SentencePiece's own spm_encode, from the files that are kept here.
/// </summary>
internal static class TokenizerTests
{
    /// <summary>Texts of characters of every length in UTF-8, and of what tokenizers have gone wrong with.</summary>
    private static readonly Arbitrary<string> _texts = Arb.From(
        Gen.Frequency<string>(
            (6, Gen.Elements(" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\0", "'s", "'LL", "## ", "the", "adversary", "zebra", "word", "123", "日本", "é", "e\u0301", "\u200d", "😀", "👩‍👩‍👧", "🇩🇪", "𠮷", "\u0323")),
            (1, Gen.Elements("</s>", "<s>", "<pad>", "<", "</", "<|begin_of_text|>", "<|endoftext|>", "<0x41>")),
            (2, Gen.Choose(0, 0x7F).Select(Char)),
            (2, Gen.Choose(0x80, 0xD7FF).Select(Char)),
            (1, Gen.Choose(0xE000, 0xFFFF).Select(Char)),
            (2, Gen.Choose(0x10000, 0x10FFFF).Select(Char))).ListOf().Select(string.Concat));

    private static readonly string[] _byteLevel = ["llama3-like", "opt-tiny", "llama-tiny", "mistral-tiny", "phi-tiny"];

    public static Test All => Suite.Group(
        "tokenizers",
        Suite.Group("the ids are those of a reference", [.. new[] { "gpt2-like", "llama3-like", "sentencepiece" }.Select(name => Suite.Test(name, () => Expected(name)))]),
        Suite.Group("decoding gives back any text", [.. _byteLevel.Append("sentencepiece").Select(name =>
        {
            Lazy<ModelTokenizer> tokenizer = new(() => name.EndsWith("tiny", StringComparison.Ordinal) ? FolderOfTokenizer.OfShape(name) : Legacy(name, isLegacy: false));
            return Suite.Property(name, _texts, text =>
            {
                string expected = name == "sentencepiece" ? text.Replace('\u2581', ' ') : text;
                int[] ids = tokenizer.Value.Encode(text, addSpecial: false);
                Assert.Equal(expected, tokenizer.Value.Decode(ids, skipSpecial: false), "decoded");
                Assert.Equal(expected, tokenizer.Value.Decode([.. ids, tokenizer.Value.Vocabulary, -1, int.MaxValue], skipSpecial: false), "decoded with ids that there are not");
                Assert.True(ids.All(id => id >= 0 && id < tokenizer.Value.Vocabulary), "ids are those that there are");
            }, 300);
        })]));

    private static string Char(int code) => new Rune(code).ToString();

    private static ModelTokenizer Legacy(string name, bool isLegacy)
    {
        using TemporaryFolder folder = new();
        return FolderOfTokenizer.Changed(name, folder, path => File.WriteAllText(Path.Combine(path, "tokenizer_config.json"), $$"""{"legacy": {{(isLegacy ? "true" : "false")}}}"""));
    }

    private static void Expected(string name)
    {
        ModelTokenizer tokenizer = ModelTokenizer.Open(FolderOfTokenizer.Kept(name));
        string wrong = "";
        foreach ((string text, int[] ids) in FolderOfTokenizer.Expected(name))
        {
            string got = string.Join(' ', tokenizer.Encode(text, name != "sentencepiece"));
            wrong += got == string.Join(' ', ids) ? "" : $"\n'{text}': expected {string.Join(' ', ids)}, got {got}";
        }

        Assert.Equal("", wrong, "ids");
    }
}
