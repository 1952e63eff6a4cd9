using Expecto;

namespace Wager.Tests;

/// <summary>release and attack never write over what they read, by whatever name it goes.</summary>
internal static class OverwritingTests
{
    /// <summary>What is refused, and what the line says. M is a model in shards, Z a range of z, R the release; LINK is a link to R, FOLDER one to M.</summary>
    private static readonly (string Arguments, string Says)[] _refused =
    [
        ("release M -o M/config.json", "-o M/config.json: this is M/config.json, which is read; name another file"),
        ("release M -o M/model.safetensors", "-o M/model.safetensors: this is M/model.safetensors, which is read"),
        ("release M -o M/model.safetensors.index.json", "which is read"),
        ("release M -o M/model-00002-of-00003.safetensors", "this is M/model-00002-of-00003.safetensors, which is read"),
        ("release M -o FOLDER/../M/./config.json", "this is M/config.json, which is read"),
        ("release FOLDER -o M/config.json", "this is FOLDER/config.json, which is read"),
        ("release M -o FOLDER/config.json", "this is M/config.json, which is read"),
        ("release M --z-range Z -o Z", "-o Z: this is Z, which is read"),
        ("release M -o OUT --json M/config.json", "--json M/config.json: this is M/config.json, which is read"),
        ("release M -o OUT --json OUT", "--json OUT: this is OUT, which -o writes; name another file"),
        ("attack R -o R", "-o R: this is R, which is read"),
        ("attack LINK -o R", "-o R: this is LINK, which is read"),
        ("attack R -o LINK", "-o LINK: this is R, which is read"),
        ("attack R -o M/model-00001-of-00003.safetensors --truth M", "this is M/model-00001-of-00003.safetensors, which is read"),
        ("attack R -o OUT --json R", "--json R: this is R, which is read"),
        ("attack R -o OUT --json OUT", "--json OUT: this is OUT, which -o writes"),
        ("release '' -o OUT", "MODEL is empty; release --help says more"),
        ("release M -o ''", "-o is empty; release --help says more"),
        ("attack '' -o OUT", "RELEASE is empty; attack --help says more"),
        ("attack R -o ''", "-o is empty; attack --help says more"),
        ("attack R -o OUT --truth ''", "--truth is empty; attack --help says more"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "overwriting",
        Suite.Group("what is read is not written over", [.. _refused.Select(row => Suite.Test(row.Arguments, () => Refused(row.Arguments, row.Says)))]),
        Suite.Test("what is beside it is written, and so is a file whose links go in a circle", () =>
        {
            using TemporaryFolder folder = Inputs();
            File.CreateSymbolicLink(folder.File("circle"), folder.File("circle"));
            foreach (string output in new[] { "M/released.safetensors", "circle" })
            {
                CommandLine.Outcome outcome = CommandLine.Run("release", folder.File("M"), "-o", folder.File(output), "--json", folder.File("M/released.json"));
                Assert.Equal(0, outcome.Code, $"exit code with {output}, after {outcome.Error}");
            }
        })));

    private static TemporaryFolder Inputs()
    {
        TemporaryFolder folder = new();
        SmallModel.Write("opt", folder.File("M"), shardLength: 1500);
        CommandLine.Run("release", folder.File("M"), "-o", folder.File("R"), "--order", "3", "--activation", "gelu");
        File.Copy(folder.File("R"), folder.File("Z"));
        File.CreateSymbolicLink(folder.File("LINK"), "R");
        File.CreateSymbolicLink(folder.File("FOLDER"), folder.File("M"));
        return folder;
    }

    private static void Refused(string arguments, string says)
    {
        using TemporaryFolder folder = Inputs();
        string[] names = ["M", "FOLDER", "Z", "R", "LINK", "OUT"];
        string Named(string word) => word == "''" ? "" : names.Contains(word.Split('/')[0]) ? folder.Path + "/" + word : word;
        CommandLine.Outcome outcome = CommandLine.Run([.. arguments.Split(' ').Select(Named)]);
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}{outcome.Output}");
        Assert.Contains(says, outcome.Error.Replace(folder.Path + "/", "", StringComparison.Ordinal), "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
        Assert.Equal("FOLDER LINK M R Z", folder.Names(), "files");
    }
}
