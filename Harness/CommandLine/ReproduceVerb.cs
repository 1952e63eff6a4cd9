using System.CommandLine;
using Wager.Harness.CommandLine.Reproductions;
using Wager.Testing;
using Wager.Testing.Catalog;

namespace Wager.Harness.CommandLine;

/// <summary><c>reproduce ITEM</c>: a table or figure of the papers, and beside it ours.</summary>
internal static class ReproduceVerb
{
    private static readonly Argument<string> _item = new("ITEM") { Description = string.Join("\n", Reproduction.All.Select(item => $"{item.Name}: {item.Summary}")) };

    public static Command Command() => Arguments.Verb(
        "reproduce",
        "regenerate a table or a figure of the papers",
        Run,
        [_item, .. Reproduction.All.SelectMany(item => item.Options).Distinct()]);

    private static int Run(ParseResult parse)
    {
        string name = parse.GetRequiredValue(_item);
        Reproduction item = Reproduction.All.FirstOrDefault(item => item.Name == name)
            ?? throw new UsageException(Nearest.Unknown("table or figure", name, Reproduction.All.Select(item => item.Name)));
        item.RequireOwn(parse);
        using Session session = new(parse, item.Trials, item.Trials);
        return item.Run(parse, session);
    }
}
