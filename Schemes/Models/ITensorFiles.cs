namespace Wager.Schemes.Models;

/// <summary>Where tensors are found by their names: a model's folder, or the file of a release.</summary>
public interface ITensorFiles
{
    /// <summary>The folder or file, as it was named.</summary>
    string Path { get; }

    /// <summary>The tensor of a name; null where there is none.</summary>
    TensorEntry? Find(string name);

    /// <summary>Maps a tensor's bytes into memory, until the result is disposed of.</summary>
    /// <exception cref="ArgumentException">There is no tensor of this name.</exception>
    /// <exception cref="ModelFileException">Its file was cut short since it was opened, or cannot be mapped.</exception>
    MappedTensor Map(string name);
}
