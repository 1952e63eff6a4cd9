using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;
using Wager.Testing.Catalog;

namespace Wager.Harness.CommandLine;

/// <summary><c>--sweep P=A..B</c>: the same question for each value of a parameter of the scheme (n, N, h, d, D) or of the form (q, m).</summary>
internal sealed partial class Sweep
{
    private const int MostValues = 256;

    private Sweep(string parameter, IReadOnlyList<int> values, Func<int, (Subject, Form)> at)
    {
        Parameter = parameter;
        Points = [.. from value in values
                      let point = at(value)
                      select (value, point.Item1, point.Item2)]; // all of them before any is played, so that none is missing late
    }

    /// <summary>The parameter's name.</summary>
    public string Parameter { get; }

    /// <summary>Its values, ascending, with the scheme and the form at each.</summary>
    public IReadOnlyList<(int Value, Subject Subject, Form Form)> Points { get; }

    /// <summary>The sweep that was asked for; null where none was.</summary>
    /// <exception cref="UsageException">It is no sweep, or the scheme has no such parameter.</exception>
    public static Sweep? Of(ParseResult parse, PlugIns plugIns, Form form)
    {
        if (parse.GetValue(Arguments.Sweep) is not { } text)
        {
            return null;
        }

        (string parameter, int[] values) = Read(text);
        string scheme = Arguments.SchemeOf(parse, plugIns);
        if (parameter is "q" or "m")
        {
            Option option = parameter == "q" ? Arguments.Queries : Arguments.Inputs;
            Subject subject = Arguments.Has(parse, option)
                ? throw new UsageException($"{option.Name} and --sweep {text} both say what {parameter} is: give one")
                : Arguments.SubjectOf(parse, plugIns, scheme);
            return new(parameter, values, value => (subject, parameter == "q" ? form with { Queries = value } : form with { Inputs = value }));
        }

        Func<int, Subject> member = SchemeCatalog.TaylorMlpVariant(scheme) is not null ? TaylorMlp(parse, plugIns, scheme, parameter, text)
            : scheme.EndsWith($"-{parameter}", StringComparison.Ordinal) && SchemeCatalog.Families.Contains(scheme) && parameter == "n"
                ? value => SchemeCatalog.Find($"{scheme[..^1]}{value}", plugIns: plugIns)
            : plugIns.Find(scheme, parameter, values[0]) is not null
                ? value => plugIns.Find(scheme, parameter, value)!.With(plugIns)
            : throw new UsageException(
                $"--sweep {text}: {scheme} has no parameter {parameter}; there are q, m, N, h, d, D and K of taylor-mlp, n of {string.Join(", ", SchemeCatalog.Families.Where(family => family.EndsWith('n')))},"
                + " and what the constructor of a plug-in's scheme takes as its only argument, an int");
        return new(parameter, values, value => (member(value), form));
    }

    private static Func<int, Subject> TaylorMlp(ParseResult parse, PlugIns plugIns, string scheme, string parameter, string text)
    {
        TaylorMlpSettings settings = Arguments.TaylorMlpSettingsOf(parse, scheme)!;
        TaylorMlpSettings With(Func<TrainedMlps, TrainedMlps> change) => settings with { Source = change((TrainedMlps)settings.Source) };
        (Option option, Func<int, TaylorMlpSettings> at) = parameter switch
        {
            "N" => ((Option)Arguments.Order, (Func<int, TaylorMlpSettings>)(value => settings with { Order = value })),
            "h" => (Arguments.Hidden, value => settings.Protected > value
                ? throw new UsageException($"--sweep {text}: {Arguments.Protect.Name} {settings.Protected} is above h = {value}")
                : With(source => source with { Hidden = value })),
            "d" => (Arguments.Data, value => With(source => source with { Data = DataSet.Generate(value, source.Data.OutputCount) })),
            "D" => (Arguments.Data, value => With(source => source with { Data = DataSet.Generate(source.Data.InputCount, value) })),
            "K" => (Arguments.Protect, value => settings with
            {
                Protected = value <= settings.Source.Shape.Hidden ? value
                    : throw new UsageException($"--sweep {text}: K is at most {settings.Source.Shape.Hidden}, the hidden width"),
            }),
            _ => throw new UsageException($"--sweep {text}: taylor-mlp has no parameter {parameter}; there are N, h, d, D, K, q and m"),
        };
        return Arguments.Has(parse, option)
            ? throw new UsageException($"{option.Name} and --sweep {text} both say what {parameter} is: give one")
            : value => SchemeCatalog.Find(scheme, at(value), plugIns);
    }

    private static (string Parameter, int[] Values) Read(string text)
    {
        Match match = Pattern().Match(text);
        if (match.Success
            && int.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(match.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            && first >= 1 && last > first && last <= 1_000_000)
        {
            int factor = match.Groups[4].Success ? int.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture) : 1;
            List<int> values = [];
            for (long value = first; value <= last && values.Count <= MostValues; value = factor > 1 ? value * factor : value + 1)
            {
                values.Add((int)value);
            }

            if (values.Count is >= 2 and <= MostValues)
            {
                return (match.Groups[1].Value, [.. values]);
            }
        }

        throw new UsageException($"--sweep {text}: must be a parameter with 2 to {MostValues} values from 1 to 1000000, such as N=1..16, or h=8..512*2, which doubles");
    }

    [GeneratedRegex(@"^(\w+)=(\d{1,7})\.\.(\d{1,7})(?:\*([2-9]|[1-9]\d{1,2}))?$")]
    private static partial Regex Pattern();
}
