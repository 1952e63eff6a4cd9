using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>
/// Valid files, broken in seeded ways: the reader takes one exactly if a second reader of the published rules does, gives the
/// tensors that this one gives, and refuses the others in one line, without an allocation that the file's size does not justify.
/// WAGER_FUZZ=N feeds it N files.
/// </summary>
internal static class SafeTensorsFuzzTests
{
    private const int DefaultCount = 20_000;
    private const int OneOnDisk = 50;
    private const string InMemoryName = "fuzzed";
    private const long MostAllocated = 100_000;
    private const long MostAllocatedPerByte = 500;

    private static readonly string[] _types =
        "BOOL F4 F6_E2M3 F6_E3M2 U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ I16 U16 F16 BF16 I32 U32 F32 C64 F64 I64 U64".Split(' ');

    public static Test All => Suite.Group("safetensors", Suite.Test("broken files are read as their header says, or refused in one line", () =>
    {
        long count = Environment.GetEnvironmentVariable("WAGER_FUZZ") is { } asked ? long.Parse(asked, CultureInfo.InvariantCulture) : DefaultCount;
        using TemporaryFolder folder = new();
        string path = folder.File("fuzzed.safetensors");
        long taken = 0;
        for (long i = 0; i < count; i++)
        {
            byte[] bytes = new Breaker((ulong)i).Break();
            try
            {
                taken += IsTakenRightly(bytes, i % OneOnDisk == 0 ? path : null) ? 1 : 0;
            }
            catch (Exception e)
            {
                Suite.Fail($"file {i}, {Convert.ToHexString(bytes)}: {e}");
            }
        }

        Assert.True(taken > count / 50 && taken < count / 2, $"{taken} of {count} broken files were valid still: the breaking is too coarse, or too fine");
    }));

    /// <summary>Whether the reader takes a file, in memory or from the disk; it throws where that is wrong, or done wrongly.</summary>
    private static bool IsTakenRightly(byte[] bytes, string? path)
    {
        List<Row>? expected = Reference(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            IReadOnlyList<TensorEntry> tensors = path is null ? InMemory(bytes) : OnDisk(bytes, path);
            Assert.True(tensors.Select(Row.Of).SequenceEqual(expected ?? throw new FailedException("taken, and the rules refuse it")), "the tensors are those of the header");
        }
        catch (ModelFileException e)
        {
            Assert.True(expected is null, $"refused, and the rules allow it: {e.Message}");
            Assert.True(e.Message.StartsWith($"{path ?? InMemoryName}: ", StringComparison.Ordinal) && e.Message.Length < 1000 && !e.Message.Any(char.IsControl), $"one line: {e.Message}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MostAllocated + (MostAllocatedPerByte * bytes.Length), $"{allocated} bytes allocated for {bytes.Length}");
        return expected is not null;
    }

    private static TensorEntry[] InMemory(byte[] bytes)
    {
        int length = SafeTensorsHeader.LengthOf(InMemoryName, bytes.AsSpan(0, Math.Min(8, bytes.Length)), bytes.Length);
        return SafeTensorsHeader.Parse(InMemoryName, bytes.AsSpan(8, length), bytes.Length).Tensors;
    }

    private static IReadOnlyList<TensorEntry> OnDisk(byte[] bytes, string path)
    {
        File.WriteAllBytes(path, bytes);
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        foreach (TensorEntry entry in file.Tensors)
        {
            using MappedTensor tensor = file.Map(entry);
            Assert.True(tensor.Bytes(0, (int)tensor.Length).SequenceEqual(bytes.AsSpan((int)entry.Offset, (int)entry.Length)), $"the bytes of {entry.Name}");
        }

        return file.Tensors;
    }

    /// <summary>The tensors of a file by the published rules; null where they forbid it.</summary>
    private static List<Row>? Reference(byte[] file)
    {
        ulong length = file.Length < 8 ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (length > 100_000_000 || length > (ulong)file.Length - 8)
        {
            return null;
        }

        try
        {
            string header = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file, 8, (int)length);
            if (!header.StartsWith('{') || !header.TrimEnd(' ').EndsWith('}'))
            {
                return null;
            }

            using JsonDocument json = JsonDocument.Parse(header, new() { AllowDuplicateProperties = false });
            List<Row> rows = [];
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    _ = property.Value.EnumerateObject().Sum(pair => pair.Name.Length + (pair.Value.GetString() ?? throw new FormatException()).Length);
                }
                else
                {
                    rows.Add(Row.Of(property, 8 + (long)length));
                }
            }

            rows.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
            long[] ends = [8 + (long)length, .. rows.Select(row => row.End)];
            return rows.Select(row => row.Begin).Append(file.Length).SequenceEqual(ends) ? rows : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or OverflowException)
        {
            return null;
        }
    }

    private sealed record Row(string Name, string Type, string Shape, long Begin, long End)
    {
        public static Row Of(TensorEntry entry) => new(entry.Name, entry.Type, string.Join(' ', entry.Shape), entry.Offset, entry.Offset + entry.Length);

        public static Row Of(JsonProperty tensor, long dataBegin)
        {
            Dictionary<string, JsonElement> keys = tensor.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value);
            string type = keys.Count == 3 ? keys["dtype"].GetString()! : throw new FormatException();
            long[] shape = Numbers(keys["shape"]);
            long[] offsets = Numbers(keys["data_offsets"]);
            ulong count = shape.Aggregate(1UL, (product, side) => checked(product * (ulong)side));
            ulong bits = checked(count * SafeTensorsTests.Bits(type));
            return _types.Contains(type) && offsets.Length == 2 && offsets[0] <= offsets[1] && bits % 8 == 0 && (ulong)(offsets[1] - offsets[0]) == bits / 8
                ? new(tensor.Name, type, string.Join(' ', shape), checked(dataBegin + offsets[0]), checked(dataBegin + offsets[1]))
                : throw new FormatException();
        }

        private static long[] Numbers(JsonElement array) =>
            [.. array.EnumerateArray().Select(number => long.Parse(number.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture))];
    }
}
