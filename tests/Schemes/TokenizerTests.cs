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
    private const string Config = "tokenizer_config.json";

    /// <summary>Texts of characters of every length in UTF-8, and of what tokenizers have gone wrong with.</summary>
    private static readonly Arbitrary<string> _texts = Arb.From(
        Gen.Frequency<string>(
            (6, Gen.Elements(" ", "  ", "   ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\0", "'s", "'LL", "## ", "the", "adversary", "zebra", "123", "日本", "é", "e\u0301", "\u200d", "😀", "👩‍👩‍👧", "🇩🇪", "𠮷", "\u0323")),
            (1, Gen.Elements("</s>", "<s>", "<pad>", "<", "</", "<|begin_of_text|>", "<|endoftext|>", "<0x41>")),
            (2, Gen.Choose(0, 0x7F).Select(Char)),
            (2, Gen.Choose(0x80, 0xD7FF).Select(Char)),
            (1, Gen.Choose(0xE000, 0xFFFF).Select(Char)),
            (2, Gen.Choose(0x10000, 0x10FFFF).Select(Char))).ListOf().Select(string.Concat));

    public static Test All => Suite.Group(
        "tokenizers",
        Suite.Group("the ids are those of a reference", [.. new[] { "gpt2-like", "llama3-like", "sentencepiece" }.Select(name =>
            Suite.Test(name, () => Differences(ModelTokenizer.Open(FolderOfTokenizer.Kept(name)), name, _ => true, addSpecial: name != "sentencepiece")))]),
        Suite.Group("decoding gives back any text, with the tokens in it", [.. new[] { "gpt2-like", "llama3-like", "sentencepiece" }.Select(name => RoundTrip(name, () => FolderOfTokenizer.Opened(name)))]),
        RoundTrip("and SentencePiece where no space is put after a token", () => FolderOfTokenizer.Opened("sentencepiece", (Config, """{"legacy": false}"""))),
        Suite.Group("so it does with what tiny models are written with", [.. new[] { "opt-tiny", "llama-tiny", "mistral-tiny", "phi-tiny" }.Select(name =>
            RoundTrip(name, () => FolderOfTokenizer.OfShape(name)))]),
        Suite.Test("ids worked out by hand", () =>
        {
            // Of opt-tiny: <pad> 1, </s> 2; byte 0 is 0 and a byte b above b + 2; then a space with each of "etaoin…" from 258 on, e with each from 284 on.
            ModelTokenizer tokenizer = FolderOfTokenizer.OfShape("opt-tiny");
            Assert.Equal(512, tokenizer.Vocabulary, "ids");
            Assert.Equal("byte-level BPE of 512 tokens", tokenizer.Description, "description");
            Ids(tokenizer, "et", [2, 285], "one merge, and what begins a text");
            Ids(tokenizer, " et", [2, 258, 't' + 2], "the first of two merges is made first");
            Ids(tokenizer, "eee", [2, 284, 'e' + 2], "of two equal merges, the left one");
            Ids(tokenizer, "é</s>\0<pad>", [2, 0xC3 + 2, 0xA9 + 2, 2, 0, 1], "bytes, and tokens in the text");
            Ids(tokenizer, "", [2], "no text");
            Ids(FolderOfTokenizer.OfShape("phi-tiny"), "<|endoftext|>e", [511, 'e'], "a family that begins texts with nothing");
            Ids(FolderOfTokenizer.OfShape("llama-tiny"), "e", [1, 'e' + 2], "and one that begins them with <s>");
        }),
        Suite.Test("every id of a tiny model has text", () =>
        {
            ModelTokenizer tokenizer = FolderOfTokenizer.OfShape("mistral-tiny");
            Assert.Equal("", string.Join(' ', Enumerable.Range(0, 512).Where(id => tokenizer.Decode([id], skipSpecial: false).Length == 0)), "ids without");
        }),
        Suite.Test("vocab.json with merges.txt is what tokenizer.json is, and of OPT begins texts", () =>
        {
            static bool IsOfVocabulary(string text) => !new[] { "<mask>", "<eat>", "word", "<é" }.Any(text.Contains);
            const string Map = """{"bos_token": "</s>", "eos_token": {"content": "</s>"}, "unk_token": "<s>", "pad_token": "<pad>"}""";
            (string Name, string Text)[] opt = [("config.json", """{"model_type": "opt"}"""), ("special_tokens_map.json", Map)];
            Differences(FolderOfTokenizer.OfVocabulary(opt), "gpt2-like", IsOfVocabulary, addSpecial: true);
            Differences(FolderOfTokenizer.OfVocabulary([opt[1], (Config, """{"add_bos_token": true}""")]), "gpt2-like", IsOfVocabulary, addSpecial: true);
            Ids(FolderOfTokenizer.OfVocabulary(opt[0]), "\0", [2, 3], "where nothing but the model's type is said");
            Ids(FolderOfTokenizer.OfVocabulary((Config, """{"add_eos_token": true, "eos_token": "</s>"}""")), "\0", [3, 2], "what ends a text");
            Ids(FolderOfTokenizer.OfVocabulary((Config, """{"add_prefix_space": true}"""), ("added_tokens.json", """{"<x>": 500}""")), "\0<x>", [35, 3, 500], "a space before, and an added token");
        }),
        Suite.Test("SentencePiece's texts begin as the folder says", () =>
        {
            Ids(FolderOfTokenizer.Opened("sentencepiece"), "a</s>a", [1, 261, 2, 261], "<s> where nothing is said, and a space after a token too");
            ModelTokenizer tokenizer = FolderOfTokenizer.Opened("sentencepiece", (Config, """{"legacy": false, "add_bos_token": false, "add_eos_token": true}"""));
            Ids(tokenizer, "a</s>a", [261, 2, 338, 2], "no space after a token, and </s> at the end");
            Assert.Equal("SentencePiece BPE of 400 tokens", tokenizer.Description, "description");
            const string Added = """{"added_tokens_decoder": {"400": {"content": "[X]", "special": true, "rstrip": true}, "1": {"content": "<s>", "special": true}}}""";
            tokenizer = FolderOfTokenizer.Opened("sentencepiece", (Config, Added));
            Ids(tokenizer, "[X]  a", [1, 400, 261], "an added token, which takes what follows it");
            Assert.Equal((401, "a", "<s>[X]a"), (tokenizer.Vocabulary, tokenizer.Decode([1, 400, 261]), tokenizer.Decode([1, 400, 261], skipSpecial: false)), "ids, and the text with and without special tokens");
        }),
        Suite.Test("a token that is a word is none within one", () =>
        {
            ModelTokenizer tokenizer = FolderOfTokenizer.Edited("gpt2-like", json => json["added_tokens"]![5]!["single_word"] = true);
            int word = tokenizer.Encode("word")[1];
            Assert.Equal("1 0 0 0 1 2", string.Join(' ', new[] { "(word)", "sword", "words", "word_", "é word", "word word" }.Select(text => tokenizer.Encode(text).Count(id => id == word))), "how often");
        }),
        Suite.Test("half a surrogate pair is U+FFFD", () =>
        {
            foreach (string name in new[] { "gpt2-like", "llama3-like", "sentencepiece" })
            {
                ModelTokenizer tokenizer = ModelTokenizer.Open(FolderOfTokenizer.Kept(name));
                Assert.Equal("a\uFFFDb\uFFFD", tokenizer.Decode(tokenizer.Encode("a\ud800b\udc00")), name);
            }
        }),
        Suite.Test("a tokenizer.json of another kind leaves the word to tokenizer.model", () =>
            Assert.Equal("SentencePiece BPE of 400 tokens", FolderOfTokenizer.Opened("sentencepiece", ("tokenizer.json", """{"model": {"type": "BPE"}, "pre_tokenizer": null}""")).Description, "which is read")),
        Suite.Test("the files to copy along", () =>
        {
            using TemporaryFolder folder = new();
            foreach (string name in new[] { "tokenizer.json", "merges.txt", "other.txt", "config.json", "generation_config.json" })
            {
                folder.File(name, "{}"u8);
            }

            Assert.Equal("tokenizer.json merges.txt generation_config.json", string.Join(' ', ModelTokenizer.FilesOf(folder.Path)), "files");
        }));

    private static Test RoundTrip(string name, Func<ModelTokenizer> open)
    {
        Lazy<ModelTokenizer> tokenizer = new(open);
        return Suite.Property(name, _texts, text =>
        {
            bool isSentencePiece = tokenizer.Value.Description.StartsWith("SentencePiece", StringComparison.Ordinal);
            string expected = isSentencePiece ? text.Replace('\u2581', ' ') : text;
            int[] ids = tokenizer.Value.Encode(text, addSpecial: false);
            if (isSentencePiece && text.StartsWith("<s>", StringComparison.Ordinal))
            {
                return; // the same ids as of what follows, begun as texts are
            }

            Assert.True(ids.All(id => id >= 0 && id < tokenizer.Value.Vocabulary), "ids are those that there are");
            Assert.Equal(expected, tokenizer.Value.Decode(ids, skipSpecial: false), "decoded");
            Assert.Equal(expected, tokenizer.Value.Decode([.. ids, tokenizer.Value.Vocabulary, -1, int.MaxValue], skipSpecial: false), "decoded with ids that there are not");
            if (!text.Contains('<', StringComparison.Ordinal))
            {
                Assert.Equal(expected, tokenizer.Value.Decode(tokenizer.Value.Encode(text)), "decoded without what is around it");
            }
        }, 300);
    }

    private static string Char(int code) => new Rune(code).ToString();

    private static void Ids(ModelTokenizer tokenizer, string text, int[] expected, string what) =>
        Assert.Equal(string.Join(' ', expected), string.Join(' ', tokenizer.Encode(text)), what);

    private static void Differences(ModelTokenizer tokenizer, string name, Func<string, bool> takes, bool addSpecial)
    {
        string wrong = "";
        foreach ((string text, int[] ids) in FolderOfTokenizer.Expected(name).Where(row => takes(row.Text)))
        {
            string got = string.Join(' ', tokenizer.Encode(text, addSpecial));
            wrong += got == string.Join(' ', ids) ? "" : $"\n'{text}': expected {string.Join(' ', ids)}, got {got}";
        }

        Assert.Equal("", wrong, "ids");
    }
}
