using System.Diagnostics;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>Files that the format does not allow, and what are no files, each with its line.</summary>
internal static class SafeTensorsRefusalTests
{
    /// <summary>The header of a tensor of six bytes.</summary>
    public const string Six = """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}}""";

    private static readonly string _long = new('n', 300);

    /// <summary>Headers with the bytes of data behind them, and what the one line must say.</summary>
    private static readonly (string Name, string Header, int Data, string Says)[] _wrong =
    [
        ("no object", "[]", 0, "the header is not one JSON object with nothing before it"),
        ("nothing", "", 0, "the header is not one JSON object with nothing before it"),
        ("a space before", " {}", 0, "the header is not one JSON object with nothing before it"),
        ("a line's end after", "{}\n", 0, "only spaces after it"),
        ("a zero after", "{}\0", 0, "only spaces after it"),
        ("two objects", "{}{}", 0, "the header is not JSON"),
        ("no JSON", "{a}", 0, "the header is not JSON"),
        ("a comma too many", Six[..^1] + ",}", 6, "the header is not JSON"),
        ("a comment", "{/**/}", 0, "the header is not JSON"),
        ("text with a line's end", "{\"a\n\":{}}", 0, "the header is not JSON"),
        ("half a surrogate pair", """{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "half a surrogate pair"),
        ("deep nesting", new string('[', 5000), 0, "the header is not one JSON object"),
        ("deep nesting inside", $$"""{"a":{"dtype":"U8","shape":{{new string('[', 5000)}}}""", 0, "tensor 'a', shape must be an array of whole numbers"),
        ("deep objects", string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "}", 0, "tensor 'a': key 'a' is none of dtype, shape and data_offsets"),
        ("a tensor twice", Six[..^1] + "," + Six[1..], 6, "tensor 'a' stands there twice"),
        ("a tensor twice, once in other letters", Six[..^1] + "," + Six[1..].Replace("\"a\"", "\"\\u0061\"", StringComparison.Ordinal), 6, "tensor 'a' stands there twice"),
        ("a key twice", """{"a":{"dtype":"U8","dtype":"U8","shape":[6],"data_offsets":[0,6]}}""", 6, "tensor 'a': key 'dtype' stands there twice"),
        ("a shape twice", """{"a":{"dtype":"U8","shape":[6],"shape":[6],"data_offsets":[0,6]}}""", 6, "tensor 'a': key 'shape' stands there twice"),
        ("offsets twice", """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6],"data_offsets":[0,6]}}""", 6, "tensor 'a': key 'data_offsets' stands there twice"),
        ("metadata twice", """{"__metadata__":{},"__metadata__":{}}""", 0, "__metadata__ stands there twice"),
        ("a key of metadata twice", """{"__metadata__":{"k":"1","k":"1"}}""", 0, "__metadata__: key 'k' stands there twice"),
        ("metadata that are no text", """{"__metadata__":{"k":1}}""", 0, "__metadata__, key 'k' must be text"),
        ("metadata that are no object", """{"__metadata__":null}""", 0, "__metadata__ must be an object of text"),
        ("a tensor that is none", """{"a":[]}""", 0, "tensor 'a' must be an object with dtype, shape and data_offsets"),
        ("another key", """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6],"more":1}}""", 6, "tensor 'a': key 'more' is none of dtype, shape and data_offsets"),
        ("no type", """{"a":{"shape":[6],"data_offsets":[0,6]}}""", 6, "tensor 'a' lacks one of dtype, shape and data_offsets"),
        ("no shape", """{"a":{"dtype":"U8","data_offsets":[0,6]}}""", 6, "tensor 'a' lacks one of dtype, shape and data_offsets"),
        ("no offsets", """{"a":{"dtype":"U8","shape":[6]}}""", 6, "tensor 'a' lacks one of dtype, shape and data_offsets"),
        ("an unknown type", Six.Replace("U8", "U9", StringComparison.Ordinal), 6, "tensor 'a': unknown dtype 'U9'; there are BOOL, F4"),
        ("a type in small letters", Six.Replace("U8", "u8", StringComparison.Ordinal), 6, "tensor 'a': unknown dtype 'u8'"),
        ("a type that is no text", Six.Replace("\"U8\"", "8", StringComparison.Ordinal), 6, "tensor 'a', dtype must be text"),
        ("another type", Six.Replace("U8", "F32", StringComparison.Ordinal), 6, "data_offsets give it 6 bytes, which is not what shape [6] of F32 takes"),
        ("a negative side", Six.Replace("[6]", "[-6]", StringComparison.Ordinal), 6, "tensor 'a', shape must be an array of whole numbers from 0"),
        ("a side of minus zero", Six.Replace("[6]", "[-0]", StringComparison.Ordinal), 6, "tensor 'a', shape must be an array of whole numbers from 0"),
        ("a broken side", Six.Replace("[6]", "[6.0]", StringComparison.Ordinal), 6, "tensor 'a', shape must be an array of whole numbers from 0"),
        ("a side with an exponent", Six.Replace("[6]", "[6e0]", StringComparison.Ordinal), 6, "tensor 'a', shape must be an array of whole numbers from 0"),
        ("a side that is text", Six.Replace("[6]", "[\"6\"]", StringComparison.Ordinal), 6, "tensor 'a', shape must be an array of whole numbers from 0"),
        ("a side beyond 64 bits", Six.Replace("[6]", "[18446744073709551622]", StringComparison.Ordinal), 6, "tensor 'a', shape must be an array of whole numbers from 0"),
        ("sides whose product wraps around to what is there", Six.Replace("[6]", "[4294967296,4294967296,6]", StringComparison.Ordinal), 6, "is not what shape [4294967296, 4294967296, 6] of U8 takes"),
        ("sides whose product wraps around at 128 bits", Six.Replace("[6]", "[4294967296,4294967296,4294967296,4294967296]", StringComparison.Ordinal).Replace("[0,6]", "[0,0]", StringComparison.Ordinal), 0, "data_offsets give it 0 bytes, which is not what shape"),
        ("bytes that wrap around to what is there", Six.Replace("U8\",\"shape\":[6]", "F64\",\"shape\":[2305843009213693952]", StringComparison.Ordinal).Replace("[0,6]", "[0,0]", StringComparison.Ordinal), 0, "is not what shape [2305843009213693952] of F64 takes"),
        ("half a byte", """{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}""", 1, "is not what shape [3] of F4 takes"),
        ("one offset", Six.Replace("[0,6]", "[6]", StringComparison.Ordinal), 6, "data_offsets [6] must be a begin and an end"),
        ("three offsets", Six.Replace("[0,6]", "[0,6,6]", StringComparison.Ordinal), 6, "data_offsets must be an array of two whole numbers"),
        ("offsets backwards", Six.Replace("[0,6]", "[6,0]", StringComparison.Ordinal), 6, "data_offsets [6, 0] must be a begin and an end within the 6 bytes of data"),
        ("a negative offset", Six.Replace("[0,6]", "[-1,5]", StringComparison.Ordinal), 6, "data_offsets must be an array of two whole numbers"),
        ("data cut short", Six, 5, "data_offsets [0, 6] must be a begin and an end within the 5 bytes of data; the file may have been cut short"),
        ("data left over", Six, 7, "the tensors take 6 bytes, and 7 follow the header"),
        ("data of no tensor", "{}", 1, "the tensors take 0 bytes, and 1 follow the header"),
        ("a hole before", Six.Replace("[0,6]", "[1,7]", StringComparison.Ordinal), 7, "tensor 'a' begins at byte 1 of the data, where the one before it ends at 0"),
        ("a hole between", Six[..^1] + ""","b":{"dtype":"U8","shape":[1],"data_offsets":[7,8]}}""", 8, "tensor 'b' begins at byte 7 of the data, where the one before it ends at 6"),
        ("an overlap", Six[..^1] + ""","b":{"dtype":"U8","shape":[6],"data_offsets":[5,11]}}""", 11, "tensor 'b' begins at byte 5 of the data, where the one before it ends at 6"),
        ("two tensors in one place", Six[..^1] + ""","b":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}}""", 6, "tensor 'b' begins at byte 0 of the data, where the one before it ends at 6"),
        ("an empty tensor within another", Six[..^1] + ""","b":{"dtype":"U8","shape":[0],"data_offsets":[3,3]}}""", 6, "tensor 'b' begins at byte 3 of the data, where the one before it ends at 6"),
        ("a long name", $$"""{"{{_long}}":1}""", 0, $"tensor '{_long[..100]}…' must be an object"),
        ("a name that ends the line", """{"a\n\u001b\u2028b":1}""", 0, "tensor 'a   b' must be an object"),
    ];

    public static Test All => Suite.Group(
        "safetensors",
        Suite.Group("a wrong header is one line that names the file", [.. _wrong.Select(row => Suite.Test(row.Name, () => Refused(SafeTensorsTests.Bytes(row.Header, row.Data), row.Says)))]),
        Suite.Group("what is no such file", [.. NoFiles()]));

    private static IEnumerable<Test> NoFiles()
    {
        Test Of(string name, byte[] bytes, string says) => Suite.Test(name, () => Refused(bytes, says));
        yield return Of("fewer bytes than the header's length takes", [1, 2, 3], "3 bytes are no safetensors file");
        yield return Of("a header longer than the file", [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'], "a header of 3 bytes cannot be in a file of 10");
        yield return Of("a header longer than any", [.. Enumerable.Repeat((byte)255, 16)], "a header of 18446744073709551615 bytes cannot be in a file of 16");
        yield return Of("no UTF-8", [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 0xC0, (byte)'}'], "the header is not UTF-8");
        yield return Of("no UTF-8 in a name", [.. SafeTensorsTests.Bytes("{\"\u00FF\":1}", 0).Select(b => b == 0xBF ? (byte)'x' : b)], "the header is not UTF-8");
        yield return Suite.Test("a header of just more than 100,000,000 bytes", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("a", [1, 225, 245, 5, 0, 0, 0, 0, (byte)'{', (byte)'}']);
            using (FileStream stream = new(path, FileMode.Open))
            {
                stream.SetLength(100_000_009);
            }

            Refused(path, "a header of 100000001 bytes cannot be in a file of 100000009, nor be longer than 100000000");
        });
        yield return Suite.Test("an empty file, a folder, none, a name that is none, and a file taken for a folder", () =>
        {
            using TemporaryFolder folder = new();
            File.WriteAllText(folder.File("empty"), "");
            Refused(folder.File("empty"), "it is empty, or no plain file");
            Refused(folder.Path, "this is a folder, where a file is needed");
            Refused(folder.File("none"), "there is no such file");
            Refused(folder.File("empty/none"), "there is no such file");
            Refused("", "it cannot be read (");
            Refused("a\0b", "it cannot be read (");
        });
        yield return Suite.Test("links are followed, and neither a pipe nor a device is waited for", () =>
        {
            if (OperatingSystem.IsWindows())
            {
                Suite.Skip("pipes and links are Unix's");
                return;
            }

            using TemporaryFolder folder = new();
            File.CreateSymbolicLink(folder.File("link"), folder.File("a", SafeTensorsTests.Bytes(Six, 6)));
            SafeTensorsFile.Open(folder.File("link")).Dispose();
            Process.Start("mkfifo", [folder.File("pipe")])!.WaitForExit();
            File.CreateSymbolicLink(folder.File("link to a pipe"), folder.File("pipe"));
            File.CreateSymbolicLink(folder.File("link to nothing"), folder.File("nothing"));
            Refused(folder.File("pipe"), "no plain file");
            Refused(folder.File("link to a pipe"), "no plain file");
            Refused(folder.File("link to nothing"), "there is no such file");
            Refused("/dev/zero", "no plain file");
        });
    }

    private static void Refused(byte[] bytes, string says)
    {
        using TemporaryFolder folder = new();
        Refused(folder.File("a.safetensors", bytes), says);
    }

    private static void Refused(string path, string says)
    {
        string line = Assert.Throws<ModelFileException>(() => SafeTensorsFile.Open(path).Dispose(), says).Message;
        Assert.Contains(says, line, "the line");
        Assert.Contains(path.Replace('\0', ' '), line, "the file's name");
        Assert.True(!line.Any(char.IsControl), $"one line: {line}");
    }
}
