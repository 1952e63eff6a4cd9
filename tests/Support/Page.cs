using System.Text.RegularExpressions;

namespace Wager.Tests;

/// <summary>
/// A page of docs/ to be followed literally: files to write, commands to type, and what they print. Comments in it say what a reader sees from the text: that a block is
/// a file (<c>file NAME</c>), that a command ends with another exit code (<c>exit N</c>), or is each reader's own (<c>by hand</c>).
/// </summary>
internal sealed partial class Page(string name)
{
    /// <summary>A line of printed text that stands for any others, at its end for the rest of the line.</summary>
    private const string Anything = "…";

    /// <summary>One block.</summary>
    /// <param name="Language">What it is written in.</param>
    /// <param name="Text">Its lines.</param>
    /// <param name="Remark">The comment before it; null where there is none.</param>
    public sealed record Block(string Language, string Text, string? Remark);

    /// <summary>The blocks, in order.</summary>
    public IReadOnlyList<Block> Blocks { get; } =
    [
        .. BlockPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", name)))
            .Select(match => new Block(match.Groups["language"].Value, match.Groups["text"].Value, match.Groups["remark"] is { Success: true } remark ? remark.Value : null)),
    ];

    /// <summary>Does in a folder what it says, block after block in one shell.</summary>
    /// <returns>What is wrong; nothing where all went as the page says.</returns>
    public string Follow(string folder, string tools)
    {
        string output = "";
        Directory.CreateDirectory(Path.Combine(folder, ".typed"));
        List<string> script = [$"cd '{folder}'", $"export WAGER='{Repository.Root}' PATH='{tools}':$PATH"];
        foreach ((int i, Block block) in Blocks.Index())
        {
            string typed = Path.Combine(folder, ".typed", $"{i}");
            if (block.Remark?.StartsWith("file ", StringComparison.Ordinal) == true)
            {
                File.WriteAllText(typed, block.Text);
                script.Add($"cp '{typed}' {block.Remark[5..]}");
            }
            else if (block is { Language: "sh", Remark: not "by hand" })
            {
                script.Add($"code=0; trap 'code=$?' ERR\n{{\n{block.Text}}} > '{typed}.out' 2>&1\ntrap - ERR; echo $code > '{typed}.exit'");
            }
        }

        Shell.Run(string.Join('\n', script));
        List<string> wrong = [];
        foreach ((int i, Block block) in Blocks.Index())
        {
            string typed = Path.Combine(folder, ".typed", $"{i}");
            if (File.Exists($"{typed}.exit"))
            {
                output = File.ReadAllText($"{typed}.out");
                string code = File.ReadAllText($"{typed}.exit").Trim();
                string expected = block.Remark?.StartsWith("exit ", StringComparison.Ordinal) == true ? block.Remark[5..] : "0";
                wrong.AddRange(code == expected ? [] : [$"{block.Text.Trim()}\nends with {code}, not {expected}:\n{output}"]);
            }
            else if (block.Language == "text")
            {
                wrong.AddRange(Missing(block.Text, output) is { } line ? [$"{name} shows '{line}', where there is\n{output}"] : []);
            }
            else if (block.Remark is not "by hand" && block.Remark?.StartsWith("file ", StringComparison.Ordinal) != true)
            {
                wrong.Add($"{name} has a block that nobody tries:\n{block.Text}");
            }
        }

        return string.Join('\n', wrong);
    }

    /// <summary>The first line that is shown and not printed, in this order; null where all are.</summary>
    internal static string? Missing(string shown, string printed)
    {
        string[] lines = printed.Split('\n');
        int next = 0;
        foreach (string line in shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Trim() != Anything))
        {
            bool isStart = line.EndsWith(Anything, StringComparison.Ordinal);
            string text = (isStart ? line[..^1] : line).Trim();
            int found = Array.FindIndex(lines, next, printedLine => isStart ? printedLine.Trim().StartsWith(text, StringComparison.Ordinal) : printedLine.Trim() == text);
            if (found < 0)
            {
                return line;
            }

            next = found + 1;
        }

        return null;
    }

    [GeneratedRegex(@"(?:^<!-- (?<remark>.*?) -->\n)?^```(?<language>\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex BlockPattern();
}
