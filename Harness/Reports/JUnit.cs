using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Wager.Testing;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>A test case of a report in JUnit's form.</summary>
/// <param name="Scheme">What it is about.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Finding">What was found; null where it was stopped before that.</param>
/// <param name="Passes">Whether that is what was to be found.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record JUnitCase(string Scheme, string Name, Finding? Finding, bool Passes, double Seconds);

/// <summary>What was found as JUnit XML, which services for continuous integration show. What is undefined is an error; all else that does not pass is a failure.</summary>
internal static class JUnit
{
    /// <summary>The text of a report.</summary>
    /// <param name="name">What was judged.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="properties">What the numbers depend on; versions and machine come by themselves.</param>
    public static string Text(string name, IReadOnlyCollection<JUnitCase> cases, params (string Name, string Value)[] properties)
    {
        XElement suite = new(
            "testsuite",
            Attribute("name", name),
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", cases.Count(each => Problem(each) == "failure")),
            new XAttribute("errors", cases.Count(each => Problem(each) == "error")),
            new XAttribute("skipped", cases.Count(each => each.Finding is null)),
            Time(cases.Sum(each => each.Seconds)),
            new XElement("properties", properties.Concat(Json.VersionsAndMachine().Select(version => (version.Key, version.Value!.ToString()))).Select(property =>
                new XElement("property", Attribute("name", property.Item1), Attribute("value", property.Item2)))),
            cases.Select(each => new XElement("testcase", Attribute("classname", each.Scheme), Attribute("name", each.Name), Time(each.Seconds), Outcome(each))));
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{suite}\n";
    }

    private static string? Problem(JUnitCase each) => each.Passes || each.Finding is null ? null : each.Finding.Verdict == Verdict.Undefined ? "error" : "failure";

    private static XElement Outcome(JUnitCase each) => each.Finding is not { } finding ? new("skipped", Attribute("message", "stopped before it was judged"))
        : Problem(each) is { } problem
            ? new(problem, Attribute("message", $"{(problem == "error" ? "" : $"{finding.Verdict.InWords()}: ")}{finding.Evidence.Split('\n')[0]}"), Attribute("type", finding.Verdict.InWords()), Written(finding.ToString()))
            : new("system-out", Written($"{finding.Verdict.InWords()}: {finding.Evidence}"));

    private static XAttribute Time(double seconds) => new("time", seconds.ToString("0.000", CultureInfo.InvariantCulture));

    private static XAttribute Attribute(string name, string value) => new(name, Written(value));

    /// <summary>A text without what XML cannot say, such as most control characters, which what a plug-in throws may have in it.</summary>
    private static string Written(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString()));
}
