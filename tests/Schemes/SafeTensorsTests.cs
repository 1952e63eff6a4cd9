using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>Files that the format allows, to the byte.</summary>
internal static class SafeTensorsTests
{
    private const string Six = SafeTensorsRefusalTests.Six;

    public static Test All => Suite.Group(
        "safetensors",
        Suite.Test("the published examples, to the byte, written and read", () =>
        {
            byte[] floats = [.. Enumerable.Range(0, 6).SelectMany(i => BitConverter.GetBytes((float)i))];
            Written("{}      ", [], [], []);
            Written("""{"__metadata__":{"framework":"pt"}}     """, [], new() { ["framework"] = "pt" }, []);
            Written("""{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""", [("attn.0", "F32", [1, 2, 3])], [], floats);
            Written("""{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """, [("attn0", "F32", [1, 1, 2, 3])], [], floats);
        }),
        Suite.Test("tensors of every type, empty ones and scalars, are read as they were written", () =>
        {
            (string Name, string Type, long[] Shape)[] tensors =
            [
                .. TensorEntry.Types.Select(type => ($"of {type}", type, new long[] { 2, 4 })),
                ("a scalar", "F64", []), ("empty", "BF16", [0]), ("empty, with sides", "I64", [3, 0, 1L << 40]), ("größe \"✓\" \\ 𝄞", "F16", [5, 1]),
            ];
            using TemporaryFolder folder = new();
            Dictionary<string, string> metadata = new() { ["format"] = "pt", ["é\n"] = "\u0001" };
            byte[] data = Write(folder.File("a.safetensors"), tensors, metadata);
            RequireFormat(File.ReadAllBytes(folder.File("a.safetensors")), tensors);
            using SafeTensorsFile file = SafeTensorsFile.Open(folder.File("a.safetensors"));
            Assert.True(file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(metadata), "metadata");
            Assert.Equal(string.Join('|', tensors.Select(tensor => tensor.Name)), string.Join('|', file.Tensors.Select(tensor => tensor.Name)), "order");
            int position = 0;
            foreach ((string name, string type, long[] shape) in tensors)
            {
                TensorEntry entry = file.Find(name)!;
                Assert.Equal($"{type} {string.Join(' ', shape)} {shape.Aggregate(1L, (a, b) => a * b)}", $"{entry.Type} {string.Join(' ', entry.Shape)} {entry.Count}", name);
                Assert.Equal(StorageType.All.FirstOrDefault(storage => storage.Code == type), entry.Storage, $"the storage type of {name}");
                using MappedTensor tensor = file.Map(entry);
                Assert.True(tensor.Bytes(0, (int)tensor.Length).SequenceEqual(data.AsSpan(position, (int)entry.Length)), $"the bytes of {name}");
                position += (int)entry.Length;
            }

            Assert.Equal(data.Length, position, "bytes");
            Assert.True(file.Find("of U9") is null, "a tensor that there is not");
        }),
        Suite.Test("a header in any order, with spaces in it, is read in the order of the bytes", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("a", Bytes(
                """{ "b" : {"data_offsets":[2,5], "shape":[3], "dtype":"I8"}, "e":{"dtype":"F64","shape":[0],"data_offsets":[2,2]}, "a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]} }  """, 5));
            using SafeTensorsFile file = SafeTensorsFile.Open(path);
            Assert.Equal("a e b", string.Join(' ', file.Tensors.Select(tensor => tensor.Name)), "order");
            using MappedTensor b = file.Map(file.Find("b")!);
            Assert.True(b.Bytes(0, 3).SequenceEqual<byte>([3, 4, 5]), "the bytes of b");
        }),
        Suite.Test("a mapped tensor gives its own bytes only, and none after disposal", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("a", Bytes(Six, 6));
            using SafeTensorsFile file = SafeTensorsFile.Open(path);
            MappedTensor tensor = file.Map(file.Tensors[0]);
            Assert.True(tensor.Bytes(4, 2).SequenceEqual<byte>([5, 6]) && tensor.Bytes(6, 0).IsEmpty, "the last bytes");
            foreach ((long offset, int length) in new[] { (5L, 2), (7L, 0), (-1L, 1), (0L, -1), (long.MaxValue, 1) })
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Bytes(offset, length), $"{length} bytes from {offset}");
            }

            tensor.Dispose();
            tensor.Dispose();
            Assert.Throws<ObjectDisposedException>(() => tensor.Bytes(0, 1), "after disposal");
            Assert.Throws<ArgumentException>(() => file.Map(file.Tensors[0] with { Length = 100 }), "an entry of no file");
            File.WriteAllBytes(path, Bytes(Six, 5));
            Assert.Contains("tensor 'a' is gone: the file was cut short since", Assert.Throws<ModelFileException>(() => file.Map(file.Tensors[0]), "cut short").Message, "the line");
        }),
        Suite.Test("a tensor is in memory from its mapping to its disposal, and no longer", () =>
        {
            if (!OperatingSystem.IsLinux())
            {
                Suite.Skip("only Linux lists what is mapped");
            }

            using TemporaryFolder folder = new();
            using SafeTensorsFile file = SafeTensorsFile.Open(folder.File("a", Bytes(Six[..^1] + ""","e":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 6)));
            bool IsMapped() => File.ReadAllText("/proc/self/maps").Contains(file.Path, StringComparison.Ordinal);
            Assert.True(!IsMapped(), "none before");
            using (file.Map(file.Find("a")!))
            {
                Assert.True(IsMapped(), "one within");
            }

            using (file.Map(file.Find("e")!))
            {
                Assert.True(!IsMapped(), "none for an empty tensor");
            }

            Assert.True(!IsMapped(), "none after");
        }),
        Suite.Test("what is not committed is not there, and a commit replaces the file whole", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("a", "old"u8);
            using (SafeTensorsWriter writer = new(path, [("a", "U8", [3])], new Dictionary<string, string>()))
            {
                writer.Write([1]);
                writer.Write([]);
                Assert.Throws<InvalidOperationException>(writer.Commit, "2 bytes missing");
                Assert.Throws<InvalidOperationException>(() => writer.Write([2, 3, 4]), "a byte too many");
                Assert.Equal("old", File.ReadAllText(path), "the file until then");
            }

            Assert.Equal("a", folder.Names(), "files after a half one");
            using (SafeTensorsWriter writer = new(path, [("a", "U8", [3])], new Dictionary<string, string>()))
            {
                writer.Write([1, 2]);
                writer.Write([3]);
                writer.Commit();
            }

            Assert.Equal("a", folder.Names(), "files after a whole one");
            using SafeTensorsFile file = SafeTensorsFile.Open(path);
            using MappedTensor tensor = file.Map(file.Tensors[0]);
            Assert.True(tensor.Bytes(0, 3).SequenceEqual<byte>([1, 2, 3]), "its bytes");
        }),
        Suite.Test("the writer refuses what no reader would take", () =>
        {
            using TemporaryFolder folder = new();
            (string Name, string Type, long[] Shape)[][] wrong =
            [
                [("a", "U8", [1]), ("a", "U8", [1])], [("__metadata__", "U8", [1])], [("a", "U9", [1])], [("a", "U8", [-1])], [("a", "F4", [1])],
                [("a", "U8", [long.MaxValue, 2])], [("\ud800", "U8", [1])],
            ];
            foreach ((string, string, long[])[] tensors in wrong)
            {
                Assert.Throws<ArgumentException>(() => new SafeTensorsWriter(folder.File("a"), tensors, new Dictionary<string, string>()).Dispose(), $"{tensors[^1]}");
            }

            foreach (string path in new[] { folder.Path, folder.File("none/a"), "" })
            {
                string line = Assert.Throws<ModelFileException>(() => new SafeTensorsWriter(path, [], new Dictionary<string, string>()).Dispose(), path).Message;
                Assert.Contains($"{path}: it cannot be written (", line, "the line");
            }

            Assert.Equal("", folder.Names(), "files");
        }));

    /// <summary>A file with this header, and the bytes 1, 2, … behind it.</summary>
    public static byte[] Bytes(string header, int data)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)bytes.Length), .. bytes, .. Enumerable.Range(1, data).Select(i => (byte)i)];
    }

    private static void Written(string header, (string, string, long[])[] tensors, Dictionary<string, string> metadata, byte[] data)
    {
        using TemporaryFolder folder = new();
        using (SafeTensorsWriter writer = new(folder.File("a"), tensors, metadata))
        {
            writer.Write(data);
            writer.Commit();
        }

        byte[] bytes = [.. Bytes(header, 0), .. data];
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(File.ReadAllBytes(folder.File("a"))), header);
        using SafeTensorsFile file = SafeTensorsFile.Open(folder.File("a"));
        Assert.Equal(tensors.Length, file.Tensors.Count, "tensors");
    }

    /// <summary>Writes data 0, 1, … in pieces of uneven sizes.</summary>
    private static byte[] Write(string path, (string Name, string Type, long[] Shape)[] tensors, Dictionary<string, string> metadata)
    {
        byte[] data = [.. Enumerable.Range(0, (int)tensors.Sum(tensor => tensor.Shape.Aggregate((long)Bits(tensor.Type), (a, b) => a * b) / 8)).Select(i => (byte)i)];
        using SafeTensorsWriter writer = new(path, tensors, metadata);
        for (int from = 0, size = 0; from < data.Length; from += size, size++)
        {
            writer.Write(data.AsSpan(from, Math.Min(size, data.Length - from)));
        }

        writer.Commit();
        return data;
    }

    /// <summary>Holds a written file against the published rules, by another parser.</summary>
    private static void RequireFormat(ReadOnlySpan<byte> file, (string Name, string Type, long[] Shape)[] tensors)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        string header = Encoding.UTF8.GetString(file.Slice(8, length));
        Assert.True(length % 8 == 0 && header[0] == '{', "the data begin at a multiple of 8, the header with its object");
        using JsonDocument json = JsonDocument.Parse(header);
        long end = 0;
        foreach ((string name, string type, long[] shape) in tensors)
        {
            JsonElement tensor = json.RootElement.GetProperty(name);
            long[] offsets = [.. tensor.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            Assert.Equal(type, tensor.GetProperty("dtype").GetString(), $"dtype of {name}");
            Assert.True(tensor.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64()).SequenceEqual(shape), $"shape of {name}");
            Assert.True(offsets.Length == 2 && offsets[0] == end && offsets[1] == end + (shape.Aggregate((long)Bits(type), (a, b) => a * b) / 8), $"offsets of {name}");
            end = offsets[1];
        }

        Assert.Equal(file.Length, 8 + length + end, "the file's length");
        Assert.Equal(tensors.Length + 1, json.RootElement.EnumerateObject().Count(), "keys");
    }

    /// <summary>The bits of an entry, as the name of its type tells them.</summary>
    public static ulong Bits(string type) => type == "BOOL" ? 8 : ulong.Parse(string.Concat(type.SkipWhile(char.IsLetter).TakeWhile(char.IsDigit)), System.Globalization.CultureInfo.InvariantCulture);
}
