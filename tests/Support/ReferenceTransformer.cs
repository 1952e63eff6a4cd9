using System.Text.Json.Nodes;
using MathNet.Numerics;

namespace Wager.Tests;

/// <summary>
/// The forward passes of OPT, Llama, Mistral and Phi-2 from their definitions: loops over positions, heads and entries in float64, with
/// neither a batch nor a cache, and without what the product computes with. Tests hold the product's logits against these.
/// </summary>
internal static class ReferenceTransformer
{
    /// <summary>The logits of each position, [T][vocabulary], of a model in a folder as published ones have.</summary>
    public static double[][] Logits(string folder, IReadOnlyList<int> tokens, Action<string, double[]>? seen = null)
    {
        ReferenceModel model = new(folder, seen);
        return model.Text("model_type") switch
        {
            "opt" => Opt(model, tokens),
            "llama" or "mistral" => Llama(model, tokens),
            "phi" => Phi(model, tokens),
            string other => throw new NotSupportedException($"no reference for {other}"),
        };
    }

    /// <summary>Positions are learned, and norms come first.</summary>
    private static double[][] Opt(ReferenceModel model, IReadOnlyList<int> tokens)
    {
        const int PositionsAhead = 2; // rows of the table of positions that no token has
        const double Epsilon = 1e-5;
        Func<double, double> activation = Activation(model.Text("activation_function"));
        bool biased = model.Flag("enable_bias", true);
        int heads = model.Count("num_attention_heads");
        double[][] embeddings = model.Matrix("model.decoder.embed_tokens.weight");
        double[][] positions = model.Matrix("model.decoder.embed_positions.weight");
        double[][] x = [.. tokens.Select((token, i) => Add(embeddings[token], positions[i + PositionsAhead]))];
        for (int layer = 0; layer < model.Count("num_hidden_layers"); layer++)
        {
            string path = $"model.decoder.layers.{layer}";
            double[][] normed = Each(x, model.LayerNorm($"{path}.self_attn_layer_norm", Epsilon));
            double[][] attended = Attend(
                Each(normed, model.Linear($"{path}.self_attn.q_proj", biased)),
                Each(normed, model.Linear($"{path}.self_attn.k_proj", biased)),
                Each(normed, model.Linear($"{path}.self_attn.v_proj", biased)),
                heads,
                heads,
                window: int.MaxValue);
            x = Add(x, Each(attended, model.Linear($"{path}.self_attn.out_proj", biased)));
            normed = Each(x, model.LayerNorm($"{path}.final_layer_norm", Epsilon));
            double[][] hidden = Each(normed, model.Linear($"{path}.fc1", biased));
            x = Add(x, Each(Map(hidden, activation), model.Linear($"{path}.fc2", biased)));
        }

        x = Each(x, model.LayerNorm("model.decoder.final_layer_norm", Epsilon));
        return Each(x, model.Linear(model.Flag("tie_word_embeddings", true) ? "model.decoder.embed_tokens" : "lm_head", biased: false));
    }

    /// <summary>Positions turn queries and keys, several queries' heads may share a head of keys and values, and the MLP is gated. Mistral's is the same but for its window.</summary>
    private static double[][] Llama(ReferenceModel model, IReadOnlyList<int> tokens)
    {
        Func<double, double> activation = Activation(model.Text("hidden_act"));
        bool biased = model.Flag("attention_bias", false);
        double epsilon = model.Number("rms_norm_eps", 1e-6);
        int heads = model.Count("num_attention_heads");
        int keyValueHeads = model.Count("num_key_value_heads", heads);
        int headWidth = model.Count("head_dim", model.Count("hidden_size") / heads);
        int window = model.Text("model_type") == "mistral" ? model.Count("sliding_window", int.MaxValue) : int.MaxValue;
        double[] frequencies = Frequencies(model, headWidth);
        double[][] embeddings = model.Matrix("model.embed_tokens.weight");
        double[][] x = [.. tokens.Select(token => embeddings[token])];
        for (int layer = 0; layer < model.Count("num_hidden_layers"); layer++)
        {
            string path = $"model.layers.{layer}";
            double[][] normed = Each(x, model.RmsNorm($"{path}.input_layernorm", epsilon));
            double[][] attended = Attend(
                Rotate(Each(normed, model.Linear($"{path}.self_attn.q_proj", biased)), headWidth, frequencies),
                Rotate(Each(normed, model.Linear($"{path}.self_attn.k_proj", biased)), headWidth, frequencies),
                Each(normed, model.Linear($"{path}.self_attn.v_proj", biased)),
                heads,
                keyValueHeads,
                window);
            x = Add(x, Each(attended, model.Linear($"{path}.self_attn.o_proj", biased)));
            normed = Each(x, model.RmsNorm($"{path}.post_attention_layernorm", epsilon));
            double[][] gate = Map(Each(normed, model.Linear($"{path}.mlp.gate_proj", biased: false)), activation);
            double[][] up = Each(normed, model.Linear($"{path}.mlp.up_proj", biased: false));
            double[][] gated = [.. gate.Zip(up, (g, u) => g.Zip(u, (a, b) => a * b).ToArray())];
            x = Add(x, Each(gated, model.Linear($"{path}.mlp.down_proj", biased: false)));
        }

        x = Each(x, model.RmsNorm("model.norm", epsilon));
        return Each(x, model.Linear(model.Flag("tie_word_embeddings", false) ? "model.embed_tokens" : "lm_head", biased: false));
    }

    /// <summary>Attention and MLP read the same normed row, side by side, and positions turn only the first part of each head.</summary>
    private static double[][] Phi(ReferenceModel model, IReadOnlyList<int> tokens)
    {
        Func<double, double> activation = Activation(model.Text("hidden_act"));
        double epsilon = model.Number("layer_norm_eps", 1e-5);
        int heads = model.Count("num_attention_heads");
        int keyValueHeads = model.Count("num_key_value_heads", heads);
        int headWidth = model.Count("hidden_size") / heads;
        double[] frequencies = Frequencies(model, (int)(headWidth * model.Number("partial_rotary_factor", 0.5)));
        double[][] embeddings = model.Matrix("model.embed_tokens.weight");
        double[][] x = [.. tokens.Select(token => embeddings[token])];
        for (int layer = 0; layer < model.Count("num_hidden_layers"); layer++)
        {
            string path = $"model.layers.{layer}";
            double[][] normed = Each(x, model.LayerNorm($"{path}.input_layernorm", epsilon));
            double[][] attended = Attend(
                Rotate(Each(normed, model.Linear($"{path}.self_attn.q_proj", biased: true)), headWidth, frequencies),
                Rotate(Each(normed, model.Linear($"{path}.self_attn.k_proj", biased: true)), headWidth, frequencies),
                Each(normed, model.Linear($"{path}.self_attn.v_proj", biased: true)),
                heads,
                keyValueHeads,
                window: int.MaxValue);
            double[][] hidden = Map(Each(normed, model.Linear($"{path}.mlp.fc1", biased: true)), activation);
            x = Add(x, Add(Each(attended, model.Linear($"{path}.self_attn.dense", biased: true)), Each(hidden, model.Linear($"{path}.mlp.fc2", biased: true))));
        }

        return Each(Each(x, model.LayerNorm("model.final_layernorm", epsilon)), model.Linear("lm_head", biased: true));
    }

    /// <summary>Position i attends to the <paramref name="window"/> positions up to itself; consecutive heads of queries share one of keys and values.</summary>
    private static double[][] Attend(double[][] queries, double[][] keys, double[][] values, int heads, int keyValueHeads, int window)
    {
        int width = queries[0].Length / heads;
        double[][] mixed = [.. queries.Select(row => new double[row.Length])];
        for (int i = 0; i < queries.Length; i++)
        {
            for (int head = 0; head < heads; head++)
            {
                int shared = head / (heads / keyValueHeads) * width;
                int first = (int)Math.Max(0, i - (long)window + 1);
                ReadOnlySpan<double> query = queries[i].AsSpan(head * width, width);
                double[] scores = new double[i - first + 1];
                for (int j = first; j <= i; j++)
                {
                    scores[j - first] = ReferenceModel.Dot(query, keys[j].AsSpan(shared, width)) / Math.Sqrt(width);
                }

                double greatest = scores.Max();
                double total = scores.Sum(score => Math.Exp(score - greatest));
                for (int j = first; j <= i; j++)
                {
                    double share = Math.Exp(scores[j - first] - greatest) / total;
                    for (int k = 0; k < width; k++)
                    {
                        mixed[i][(head * width) + k] += share * values[j][shared + k];
                    }
                }
            }
        }

        return mixed;
    }

    /// <summary>Turns, in each head of the row at position i, entry k and the one half the rotary width beyond by the angle i times the k-th frequency.</summary>
    private static double[][] Rotate(double[][] rows, int headWidth, double[] frequencies)
    {
        double[][] turned = [.. rows.Select(row => row.ToArray())];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int head = 0; head < rows[i].Length; head += headWidth)
            {
                for (int k = 0; k < frequencies.Length; k++)
                {
                    (int near, int far) = (head + k, head + k + frequencies.Length);
                    (double sine, double cosine) = Math.SinCos(i * frequencies[k]);
                    turned[i][near] = (rows[i][near] * cosine) - (rows[i][far] * sine);
                    turned[i][far] = (rows[i][far] * cosine) + (rows[i][near] * sine);
                }
            }
        }

        return turned;
    }

    /// <summary>base^(−2k / width), scaled as the model asks.</summary>
    private static double[] Frequencies(ReferenceModel model, int rotaryWidth)
    {
        double rotaryBase = model.Number("rope_theta", 10_000);
        JsonObject? scaling = model.Object("rope_scaling");
        string type = (scaling?["rope_type"] ?? scaling?["type"])?.GetValue<string>() ?? "default";
        double Scaling(string key) => scaling![key]!.GetValue<double>();
        return [.. Enumerable.Range(0, rotaryWidth / 2).Select(k => Math.Pow(rotaryBase, -2.0 * k / rotaryWidth)).Select(frequency => type switch
        {
            "default" => frequency,
            "linear" => frequency / Scaling("factor"),
            "llama3" => Llama3(frequency, Scaling("factor"), Scaling("low_freq_factor"), Scaling("high_freq_factor"), Scaling("original_max_position_embeddings")),
            _ => throw new NotSupportedException($"no reference for the scaling {type}"),
        })];
    }

    /// <summary>Waves that fit often enough into the original context stay, those that hardly fit are stretched, and in between it goes over from one to the other.</summary>
    private static double Llama3(double frequency, double factor, double low, double high, double context)
    {
        double waves = context * frequency / (2 * Math.PI);
        double kept = Math.Clamp((waves - low) / (high - low), 0, 1);
        return frequency * (kept + ((1 - kept) / factor));
    }

    private static Func<double, double> Activation(string name) => name switch
    {
        "relu" => x => Math.Max(x, 0),
        "gelu" => x => x / 2 * (1 + SpecialFunctions.Erf(x / Math.Sqrt(2))),
        "gelu_new" => x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        "silu" => x => x / (1 + Math.Exp(-x)),
        _ => throw new NotSupportedException($"no reference for the activation {name}"),
    };

    private static double[][] Each(double[][] rows, Func<double[], double[]> function) => [.. rows.Select(function)];

    private static double[][] Map(double[][] rows, Func<double, double> function) => Each(rows, row => [.. row.Select(function)]);

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, Add)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
