namespace Wager.Schemes.Tokenizers;

/// <summary>How text that holds no added token becomes tokens, and what each of them stands for.</summary>
internal interface ISubwords
{
    /// <summary>What it is, for a description.</summary>
    string Kind { get; }

    /// <summary>The ids of a piece of text.</summary>
    /// <param name="text">The piece, not empty, and without half surrogate pairs.</param>
    /// <param name="isSpaced">Whether the space is put before it that such a piece has.</param>
    IEnumerable<int> Encode(string text, bool isSpaced);

    /// <summary>Whether a space is put before a piece that <see cref="BytesOf"/> gives back.</summary>
    /// <param name="isFirst">Whether it begins the whole text, rather than following an added token.</param>
    bool HasSpaceBefore(bool isFirst);

    /// <summary>The bytes that a token stands for; null where there is none of this id.</summary>
    byte[]? BytesOf(int id);
}
