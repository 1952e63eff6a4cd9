using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;
using Wager.Schemes.Tokenizers;

namespace Wager.Tests;

/// <summary>What is wrong with a tokenizer's files is one line that names the file.</summary>
internal static class TokenizerRefusalTests
{
    private const string Json = "tokenizer.json";
    private const string Model = "tokenizer.model";
    private const string Config = "tokenizer_config.json";

    /// <summary>What is done to gpt2-like's tokenizer.json, and what the one line must say.</summary>
    private static readonly (string Name, Action<string> Break, string Says)[] _wrongJson =
    [
        ("no JSON", folder => File.WriteAllText(Path.Combine(folder, Json), "{"), "it is not JSON"),
        ("cut short", folder => File.WriteAllText(Path.Combine(folder, Json), File.ReadAllText(Path.Combine(folder, Json))[..3000]), "it is not JSON"),
        ("no model", With(json => json.Remove("model")), "model must be there, as an object with text in its type"),
        ("a model without a type", With(json => json["model"]!.AsObject().Remove("type")), "model must be there, as an object with text in its type"),
        ("WordPiece", With(json => json["model"]!["type"] = "WordPiece"), "unsupported tokenizer 'WordPiece'; supported are byte-level BPE in tokenizer.json or in vocab.json with merges.txt, and SentencePiece BPE in tokenizer.model"),
        ("Unigram", With(json => json["model"]!["type"] = "Unigram"), "unsupported tokenizer 'Unigram'; supported are"),
        ("BPE of spaces", With(json => json["pre_tokenizer"]!["type"] = "Metaspace"), "unsupported tokenizer 'BPE without a ByteLevel pre_tokenizer'; supported are"),
        ("no pre_tokenizer", With(json => json.Remove("pre_tokenizer")), "unsupported tokenizer 'BPE without a ByteLevel pre_tokenizer'"),
        ("a pre_tokenizer that is none", With(json => json["pre_tokenizer"] = 1), "pre_tokenizer must be an object with text in its type"),
        ("a pre_tokenizer more", With(json => Sequence(json, new() { ["type"] = "Digits" })), "unsupported tokenizer 'with a pre_tokenizer Digits'"),
        ("a Split that drops", With(json => Sequence(json, Split("a", "Removed"))), "unsupported tokenizer 'with a Split Removed'"),
        ("a Split without a pattern", With(json => Sequence(json, new() { ["type"] = "Split" })), "the pattern of a Split must have text as its Regex or String"),
        ("a Split by no regular expression", With(json => Sequence(json, Split("(", "Isolated"))), "the Regex '(' of a Split is none of .NET's"),
        ("a switch that is none", With(json => json["pre_tokenizer"]!["use_regex"] = 1), "use_regex must be true or false"),
        ("a normalizer", With(json => json["normalizer"] = new JsonObject { ["type"] = "NFC" }), "unsupported tokenizer 'with a normalizer'"),
        ("an end of words", With(json => json["model"]!["end_of_word_suffix"] = "</w>"), "unsupported tokenizer 'with a end_of_word_suffix'"),
        ("a post_processor of another kind", With(json => json["post_processor"]!["type"] = "RobertaProcessing"), "unsupported tokenizer 'with a post_processor RobertaProcessing'"),
        ("a text that is not there", With(json => json["post_processor"]!["single"] = new JsonArray()), "post_processor.single must have one Sequence, the text"),
        ("a piece of neither kind", With(json => json["post_processor"]!["single"] = new JsonArray(1)), "each of post_processor.single must be a SpecialToken with an id, or a Sequence"),
        ("a special token without ids", With(json => json["post_processor"]!["special_tokens"] = new JsonObject()), "post_processor.special_tokens must have ids of '</s>'"),
        ("a special token that no id is of", With(json => json["post_processor"]!["special_tokens"]!["</s>"]!["ids"] = new JsonArray(9999)), "post_processor: no token has id 9999, which '</s>' is to have"),
        ("no vocabulary", With(json => json["model"]!.AsObject().Remove("vocab")), "model.vocab must be an object of ids"),
        ("a negative id", With(json => json["model"]!["vocab"]!["a"] = -1), "the id of 'a' is -1, and must be a whole number from 0 to 16777215"),
        ("a broken id", With(json => json["model"]!["vocab"]!["a"] = 1.5), "the id of 'a' is 1.5, and must be"),
        ("an id that is text", With(json => json["model"]!["vocab"]!["a"] = "1"), "the id of 'a' is \"1\", and must be"),
        ("a huge id", With(json => json["model"]!["vocab"]!["a"] = 1L << 40), "the id of 'a' is 1099511627776, and must be"),
        ("a large id", With(json => json["model"]!["vocab"]!["a"] = 1 << 24), "the id of 'a' is 16777216, and must be"),
        ("two tokens of an id", With(json => json["model"]!["vocab"]!["new"] = 2), "'new' has id 2, but so has '</s>'; each token has one id"),
        ("a byte without a token", With(json => { json["model"]!["vocab"]!.AsObject().Remove("Ġ"); json["model"]!["merges"] = new JsonArray(); }), "byte 0x20 has no token 'Ġ'; a byte-level vocabulary has one for each of 256"),
        ("half a surrogate pair", folder => File.WriteAllText(Path.Combine(folder, Json), File.ReadAllText(Path.Combine(folder, Json)).Replace("\"<s>\":0", "\"\\ud800\":0", StringComparison.Ordinal)), "a key has half a surrogate pair"),
        ("no merges", With(json => json["model"]!.AsObject().Remove("merges")), "model.merges must be there, as an array"),
        ("a merge of a token that there is not", With(json => json["model"]!["merges"]![0] = "a none"), "the merge of 'a' and 'none' needs a token 'none', which the vocabulary lacks"),
        ("a merge into a token that there is not", With(json => json["model"]!["merges"]![0] = new JsonArray("x", "x")), "the merge of 'x' and 'x' needs a token 'xx'"),
        ("a merge of one", With(json => json["model"]!["merges"]![0] = "a"), "model.merges: \"a\" must be two tokens"),
        ("a merge of three", With(json => json["model"]!["merges"]![0] = new JsonArray("a", "b", "c")), "model.merges: [\"a\",\"b\",\"c\"] must be two tokens"),
        ("a merge that is a number", With(json => json["model"]!["merges"]![0] = 1), "model.merges: 1 must be two tokens"),
        ("added tokens that are none", With(json => json["added_tokens"] = 1), "added_tokens must be there, as an array"),
        ("an added token that is text", With(json => json["added_tokens"]![0] = "a"), "each of added_tokens must be an object, with text in its content"),
        ("an added token without text", With(json => json["added_tokens"]![0]!["content"] = ""), "each of added_tokens must be an object, with text in its content"),
        ("an added token without an id", With(json => json["added_tokens"]![0]!.AsObject().Remove("id")), "the id of an added token is missing, and must be"),
        ("an added token of another id", With(json => json["added_tokens"]![0]!["id"] = 600), "'<s>' has id 600, but id 0 too"),
        ("an added token of another's id", With(json => json["added_tokens"]![3]!["id"] = 50), "'<mask>' has id 50, but so has '"),
    ];

    /// <summary>What is written into a folder that holds SentencePiece's tokenizer.model, or nothing, and what the one line must say.</summary>
    private static readonly (string Name, Action<string> Write, string Says)[] _wrongFolders =
    [
        ("nothing", _ => { }, ": it has no tokenizer: neither tokenizer.json nor tokenizer.model nor vocab.json with merges.txt"),
        ("no merges.txt", folder => { FolderOfTokenizer.WriteVocabulary(folder); File.Delete(Path.Combine(folder, "merges.txt")); }, ": it has no tokenizer: neither"),
        ("a merge of one token", Vocabulary(("merges.txt", "#version: 0.2\na b c\n")), "merges.txt: line 2 is 'a b c', and must be two tokens with a space between"),
        ("a merge that cannot be", Vocabulary(("merges.txt", "x x\n")), "merges.txt: the merge of 'x' and 'x' needs a token 'xx', which the vocabulary lacks"),
        ("no merges", Vocabulary(("merges.txt", "")), "merges.txt: it is empty, or no plain file"),
        ("a vocabulary that is none", Vocabulary(("vocab.json", """{"a": true}""")), "vocab.json: the id of 'a' is true, and must be a whole number"),
        ("no token to begin with", Vocabulary((Config, """{"add_bos_token": true}""")), "vocab.json: tokenizer_config.json asks for a bos_token around each text, and names none"),
        ("an unknown token to begin with", Vocabulary((Config, """{"add_bos_token": true, "bos_token": "<b>"}""")), "asks for a bos_token around each text, and the vocabulary lacks '<b>'"),
        ("a bos_token that is none", Vocabulary((Config, """{"bos_token": 1}""")), $"{Config}: bos_token must be an object, with text in its content"),
        ("added tokens by no id", SentencePiece(Config, """{"added_tokens_decoder": {"x": {"content": "a"}}}"""), $"{Config}: added_tokens_decoder: 'x' must be an id"),
        ("an added token of a piece's id", SentencePiece(Config, """{"added_tokens_decoder": {"300": {"content": "[X]"}}}"""), $"{Model}: '[X]' has id 300, but so has '"),
        ("SentencePiece that is none", folder => File.WriteAllText(Path.Combine(folder, Model), "none"), $"{Model}: it is no SentencePiece model, or was cut short"),
        ("SentencePiece that is cut short", folder => File.WriteAllBytes(Path.Combine(folder, Model), Bytes()[..3000]), $"{Model}: it is no SentencePiece model, or was cut short"),
        ("SentencePiece with unigrams", folder => File.WriteAllBytes(Path.Combine(folder, Model), [.. Bytes(), 0x12, 2, 0x18, 1]), $"{Model}: unsupported tokenizer: SentencePiece of another kind than BPE; supported is"),
        ("SentencePiece that drops white space", folder => File.WriteAllBytes(Path.Combine(folder, Model), [.. Bytes(), 0x1A, 2, 0x20, 1]), $"{Model}: unsupported tokenizer: SentencePiece that rewrites texts"),
        ("SentencePiece with an unused piece", folder => File.WriteAllBytes(Path.Combine(folder, Model), [.. Bytes(), 0x0A, 5, 0x0A, 1, (byte)'~', 0x18, 5]), $"{Model}: unsupported tokenizer: SentencePiece with unused pieces"),
        ("a piece that comes twice", folder => File.WriteAllBytes(Path.Combine(folder, Model), [.. Bytes(), 0x0A, 3, 0x0A, 1, (byte)'a']), $"{Model}: 'a' has id 400, but id "),
        ("a byte that is none", folder => File.WriteAllBytes(Path.Combine(folder, Model), [.. Bytes(), 0x0A, 5, 0x0A, 1, (byte)'~', 0x18, 6]), $"{Model}: piece '~' is of a byte, and must be like <0x0A>"),
        ("SentencePiece without bytes", folder => File.WriteAllBytes(Path.Combine(folder, Model), [0x12, 2, 0x18, 2, 0x1A, 2, 0x20, 0]), $"{Model}: 0 of 256 bytes have a piece"),
    ];

    public static Test All => Suite.Group(
        "tokenizers that are refused",
        Suite.Group("what is wrong with tokenizer.json", [.. _wrongJson.Select(row => Suite.Test(row.Name, () => Refused(
            folder =>
            {
                FolderOfTokenizer.Copy("gpt2-like", folder);
                row.Break(folder);
            },
            $"{Json}: {row.Says}")))]),
        Suite.Group("what is wrong with other files", [.. _wrongFolders.Select(row => Suite.Test(row.Name, () => Refused(row.Write, row.Says)))]),
        Suite.Test("no folder", () =>
            Assert.Equal("none: there is no such folder; name one with a tokenizer.json", Assert.Throws<ModelFileException>(() => ModelTokenizer.Open("none"), "none").Message, "the line")));

    private static void Refused(Action<string> write, string says)
    {
        using TemporaryFolder folder = new();
        write(folder.Path);
        string line = Assert.Throws<ModelFileException>(() => ModelTokenizer.Open(folder.Path), says).Message;
        Assert.Contains(says, line, "the line");
        Assert.True(line.StartsWith(folder.Path, StringComparison.Ordinal) && !line.Any(char.IsControl), $"one line with the file's name: {line}");
    }

    private static Action<string> With(Action<JsonObject> change) => folder => SmallModel.Edit(folder, Json, change);

    private static Action<string> Vocabulary((string Name, string Text) file) => folder =>
    {
        FolderOfTokenizer.WriteVocabulary(folder);
        File.WriteAllText(Path.Combine(folder, file.Name), file.Text);
    };

    private static Action<string> SentencePiece(string name, string text) => folder =>
    {
        FolderOfTokenizer.Copy("sentencepiece", folder);
        File.WriteAllText(Path.Combine(folder, name), text);
    };

    private static byte[] Bytes() => File.ReadAllBytes(Path.Combine(FolderOfTokenizer.Kept("sentencepiece"), Model));

    private static void Sequence(JsonObject json, JsonObject step) =>
        json["pre_tokenizer"] = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(step, json["pre_tokenizer"]!.DeepClone()) };

    private static JsonObject Split(string pattern, string behaviour) =>
        new() { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = behaviour, ["invert"] = false };
}
