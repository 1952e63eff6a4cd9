using Wager.Schemes.Tokenizers;

namespace Wager.Schemes.Models;

/// <summary>
/// Models of a published shape with seeded weights, for where no published weights are at hand. Matrices are initialised as the
/// architecture's are, normal with its range for a deviation, and norms with 1. Biases are not: they would begin at 0 and be
/// no secret, where those of a trained model are; so they are drawn like the matrices. Each entry depends on the seed, its
/// tensor's name and its place alone, whatever else is made, and in which pieces. (Where the system's exp or log differs in a last
/// digit, so may a few entries.)
/// </summary>
public static class SyntheticModel
{
    /// <summary>The bytes of tensors in a file beyond which a model is cut into shards.</summary>
    public const long ShardLength = 5_000_000_000;

    private const int ChunkEntries = 1 << 14;
    private const int BlockEntries = 1 << 22;
    private const int HeadersLength = 1 << 20;

    /// <summary>Makes entries of a tensor, on all cores.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="storage">What to round to.</param>
    /// <param name="bytes">Filled: as many entries as fit, which must be whole.</param>
    /// <param name="firstEntry">The place of the first.</param>
    /// <exception cref="ArgumentException">The bytes are no whole number of entries.</exception>
    public static void Fill(ulong seed, SyntheticTensor tensor, StorageType storage, Span<byte> bytes, long firstEntry = 0)
    {
        if (tensor.Deviation is { } deviation)
        {
            Fill(seed, tensor.Name, deviation, storage, bytes, firstEntry);
            return;
        }

        for (int i = 0; i < bytes.Length; i += storage.Size)
        {
            storage.Write(1, bytes.Slice(i, storage.Size));
        }
    }

    /// <summary>Makes normal entries of a tensor, on all cores.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="tensorName">The tensor's name.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="storage">What to round to.</param>
    /// <param name="bytes">Filled: as many entries as fit, which must be whole.</param>
    /// <param name="firstEntry">The place of the first.</param>
    /// <exception cref="ArgumentException">The bytes are no whole number of entries.</exception>
    public static unsafe void Fill(ulong seed, string tensorName, double deviation, StorageType storage, Span<byte> bytes, long firstEntry = 0)
    {
        if (bytes.Length % storage.Size != 0)
        {
            throw new ArgumentException($"{bytes.Length} bytes are no whole number of entries of {storage.Size}", nameof(bytes));
        }

        ulong key = NormalCoins.Key(seed, tensorName);
        int count = bytes.Length / storage.Size;
        fixed (byte* start = bytes)
        {
            nint address = (nint)start;
            Parallel.For(0, (count + ChunkEntries - 1) / ChunkEntries, chunk =>
            {
                int from = chunk * ChunkEntries;
                int length = Math.Min(ChunkEntries, count - from);
                Span<double> values = stackalloc double[ChunkEntries / 16];
                for (int done = 0; done < length; done += values.Length)
                {
                    Span<double> piece = values[..Math.Min(values.Length, length - done)];
                    NormalCoins.Fill(key, (ulong)(firstEntry + from + done), deviation, piece);
                    storage.Write(piece, new Span<byte>((byte*)address + ((long)(from + done) * storage.Size), piece.Length * storage.Size));
                }
            });
        }
    }

    /// <summary>Writes a model with its tokenizer into a folder: aside, and renamed at the end. One of too few ids for a token of each byte gets no tokenizer.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="layers">Its layers, which may be others than the published one's.</param>
    /// <param name="storage">The type of all its tensors.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="folder">The folder, which must not exist, or be empty.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="shardLength">The bytes of tensors in a file beyond which they are cut into shards.</param>
    /// <param name="stop">Ends it, with nothing written.</param>
    /// <returns>The files that hold tensors, the tensors, and their bytes.</returns>
    /// <exception cref="ModelFileException">The folder is there and not empty, cannot be written, or its disk has too little room.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static (int Files, int Tensors, long Bytes) Write(
        ModelShape shape,
        int layers,
        StorageType storage,
        ulong seed,
        string folder,
        Action<double>? progress = null,
        long shardLength = ShardLength,
        CancellationToken stop = default)
    {
        SyntheticTensor[] tensors = [.. SyntheticTensor.Of(shape, layers)];
        long length = tensors.Sum(tensor => tensor.Count * storage.Size);
        (string Name, string Text)[] tokenizer = [.. SyntheticTokenizer.Of(shape)];
        using NewFolder target = new(folder, length + HeadersLength + tokenizer.Sum(file => 2L * file.Text.Length));
        List<List<SyntheticTensor>> shards = Shards(tensors, storage, shardLength);
        byte[] block = new byte[BlockEntries * storage.Size];
        long done = 0;
        List<(string, string)> map = [];
        for (int i = 0; i < shards.Count; i++)
        {
            string name = shards.Count == 1 ? "model.safetensors" : $"model-{i + 1:00000}-of-{shards.Count:00000}.safetensors";
            using SafeTensorsWriter writer = new(
                target.File(name), [.. shards[i].Select(tensor => (tensor.Name, storage.Code, tensor.Shape.ToArray()))], new Dictionary<string, string> { ["format"] = "pt" }, stop);
            foreach (SyntheticTensor tensor in shards[i])
            {
                map.Add((tensor.Name, name));
                for (long first = 0; first < tensor.Count; first += BlockEntries)
                {
                    Span<byte> bytes = block.AsSpan(0, (int)Math.Min(BlockEntries, tensor.Count - first) * storage.Size);
                    Fill(seed, tensor, storage, bytes, first);
                    writer.Write(bytes);
                    done += bytes.Length;
                    progress?.Invoke((double)done / length);
                }
            }

            writer.Commit();
        }

        if (shards.Count > 1)
        {
            target.Write("model.safetensors.index.json", SyntheticConfig.Index(length, map));
        }

        foreach ((string name, string text) in tokenizer)
        {
            target.Write(name, text);
        }

        target.Write("config.json", SyntheticConfig.Of(shape, layers, storage));
        target.Commit();
        return (shards.Count, tensors.Length, length);
    }

    /// <summary>The tensors file by file: each takes those that follow, as long as they fit, but at least one.</summary>
    private static List<List<SyntheticTensor>> Shards(IEnumerable<SyntheticTensor> tensors, StorageType storage, long shardLength)
    {
        List<List<SyntheticTensor>> shards = [[]];
        long room = shardLength;
        foreach (SyntheticTensor tensor in tensors)
        {
            long length = tensor.Count * storage.Size;
            if (length > room && shards[^1].Count > 0)
            {
                shards.Add([]);
                room = shardLength;
            }

            shards[^1].Add(tensor);
            room -= length;
        }

        return shards;
    }
}
