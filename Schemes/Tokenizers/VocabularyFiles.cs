using System.Text;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>vocab.json with merges.txt, as GPT-2 and OPT were published: byte-level BPE.</summary>
internal static class VocabularyFiles
{
    /// <summary>What OPT's tokenizer begins texts with where its folder does not say.</summary>
    private const string OptBegin = "</s>";

    /// <summary>Reads them.</summary>
    /// <exception cref="ModelFileException">One is not what it should be.</exception>
    public static TokenizerParts Read(string vocabularyPath, string mergesPath, TokenizerConfig config)
    {
        JsonFile file = new(vocabularyPath);
        Vocabulary vocabulary = Vocabulary.Of(file, "it", file.Root);
        bool isOpt = config.ModelType == "opt";
        string? begin = config.Begin ?? (isOpt ? OptBegin : null);
        AddedToken[] added = TokenizerParts.Join(vocabulary, config.Added.Concat(
            from token in config.Named.Append(begin).OfType<string>().Distinct()
            where vocabulary.Ids.ContainsKey(token) && config.Added.All(given => given.Content != token)
            select new AddedToken(vocabulary.Ids[token], token, IsSpecial: true)));
        ByteLevelBpe subwords = new(
            vocabulary, Merges(mergesPath), problem => new(mergesPath, problem), [.. TokenizerJson.ByteLevelCuts(config.AddsSpace, cuts: true)], ignoresMerges: false);
        return new(
            subwords, vocabulary, added,
            TokenizerParts.Ends(config.AddsBegin ?? isOpt, vocabulary, "bos_token", begin), TokenizerParts.Ends(config.AddsEnd, vocabulary, "eos_token", config.End));
    }

    private static IEnumerable<(string, string)> Merges(string path)
    {
        byte[] bytes = PlainFile.ReadAll(path);
        foreach ((int index, string line) in new UTF8Encoding(false).GetString(bytes).Split('\n').Index())
        {
            string merge = line.TrimEnd('\r');
            if (merge.Length == 0 || (index == 0 && merge.StartsWith("#version", StringComparison.Ordinal)))
            {
                continue;
            }

            yield return merge.Split(' ') is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right)
                : throw new ModelFileException(path, $"line {index + 1} is {ModelFileException.Quoted(merge)}, and must be two tokens with a space between");
        }
    }
}
