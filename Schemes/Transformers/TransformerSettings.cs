using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Schemes.Transformers;

/// <summary>What a model answers to a prompt.</summary>
public enum AnswerForm
{
    /// <summary>The law of the next token. <c>[V]</c></summary>
    Law,

    /// <summary>The tokens that it goes on with, the most likely one always. <c>[m]</c></summary>
    Greedy,
}

/// <summary>What TaylorMLP on a whole model is made of.</summary>
public sealed record TransformerSettings
{
    private const int UsualPrompt = 16;

    /// <summary>The model, in float64; whoever loaded it keeps it as long as it is played on.</summary>
    public required Transformer Model { get; init; }

    /// <summary>What the model is called, such as its folder.</summary>
    public required string Name { get; init; }

    /// <summary>N, the order of the Taylor expansion; at least 0.</summary>
    public int Order { get; init; } = 8;

    /// <summary>The MLPs' activation, by default the model's own.</summary>
    public Activation Activation { get => field ?? Model.Config.Activation; init; }

    /// <summary>What a release is rounded to.</summary>
    public StorageType Storage { get; init; } = StorageType.F64;

    /// <summary>As in the paper, or as in its public code.</summary>
    public Variant Variant { get; init; } = Variant.Paper;

    /// <summary>K, how many hidden units of each MLP are protected, those that vary least (Wang et al. 2024, App. D); null for all.</summary>
    public int? Protected { get; init; }

    /// <summary>What y is.</summary>
    public AnswerForm Answer { get; init; } = AnswerForm.Law;

    /// <summary>m, the tokens of a greedy answer; at least 1.</summary>
    public int Tokens { get; init; } = 8;

    /// <summary>Where prompts are from, those that z₀ is calibrated on included; by default the vocabulary, 16 tokens or as many as leave room for an answer.</summary>
    public Prompts Prompts { get => field ?? new(LongestPrompt(UsualPrompt), Model.Config.Vocabulary); init; }

    /// <summary>How far Train moves a protected entry, in parts of it.</summary>
    public double Deviation { get; init; } = 0.1;

    /// <summary>δ_W, of each entry of W, b and c that there is: the 1 % of Yang et al. 2025, Table 1.</summary>
    public double WeightThreshold { get; init; } = 0.01;

    /// <summary>δ_Y, of a law in total variation, and of greedy tokens the share that may differ; null for 0.05 and 0.</summary>
    public double? OutputThreshold { get; init; }

    /// <summary>The tokens that a prompt can have, but no more than so many.</summary>
    public int LongestPrompt(int most) => Math.Min(most, Model.Config.Positions - (Answer == AnswerForm.Greedy ? Tokens - 1 : 0));
}
