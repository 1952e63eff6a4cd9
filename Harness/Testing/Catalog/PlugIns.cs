using System.Reflection;
using System.Runtime.Loader;
using Wager.Games;

namespace Wager.Testing.Catalog;

/// <summary>
/// Schemes and adversaries from assemblies that others wrote: every public type with a public constructor that takes nothing, or, of
/// an adversary, the scheme that it attacks.
/// </summary>
public sealed class PlugIns
{
    private readonly List<(string File, Type Type)> _adversaries = [];
    private readonly Dictionary<string, (string File, Type Type, Subject Subject)> _schemes = [];

    /// <summary>Loads assemblies.</summary>
    /// <param name="files">Their paths.</param>
    /// <exception cref="UsageException">One of them cannot be used; the message says why.</exception>
    public PlugIns(IEnumerable<string> files)
    {
        foreach (string file in files.Select(file => File.Exists(file) ? file : throw new UsageException($"--plugin {file}: there is no such file; name the DLL of a plug-in")).DistinctBy(Path.GetFullPath))
        {
            Load(file);
        }
    }

    /// <summary>The names of the schemes found.</summary>
    public IReadOnlyCollection<string> Schemes => _schemes.Keys;

    /// <summary>The names of the schemes of one file.</summary>
    /// <exception cref="UsageException">It has none.</exception>
    public IReadOnlyCollection<string> SchemesOf(string file) =>
        _schemes.Where(scheme => Path.GetFullPath(scheme.Value.File) == Path.GetFullPath(file)).Select(scheme => scheme.Key).ToArray() is { Length: > 0 } names
        ? names
        : throw new UsageException($"{file}: no scheme in it, only adversaries; use --plugin {file} and name the scheme that they attack");

    /// <summary>A scheme of a plug-in; null where none has the name.</summary>
    public Subject? Find(string name) => _schemes.GetValueOrDefault(name).Subject;

    /// <summary>The scheme of a plug-in for another value of its parameter, which is the only one of a second constructor; null where it has none.</summary>
    public Subject? Find(string name, string parameter, int value) =>
        _schemes.TryGetValue(name, out (string File, Type Type, Subject Subject) found)
        && found.Type.GetConstructor([typeof(int)]) is { } constructor && constructor.GetParameters()[0].Name == parameter
            ? SubjectOf(found.File, found.Type, constructor, value)
            : null;

    /// <summary>The adversaries of a kind that fit a scheme.</summary>
    internal IReadOnlyCollection<T> AdversariesOf<T>(Scheme scheme)
        where T : Adversary =>
    [
        .. from adversary in _adversaries
           where adversary.Type.IsAssignableTo(typeof(T))
           let made = AdversaryOf(adversary.File, adversary.Type, scheme)
           where made is not null
           select (T)made,
    ];

    private void Load(string file)
    {
        Type[] types = Guarded(file, "its assembly", () => new Context(file).LoadFromAssemblyPath(Path.GetFullPath(file)).GetExportedTypes());
        Type[] usable = [.. types.Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false })];
        Type[] schemes = [.. usable.Where(type => type.IsAssignableTo(typeof(Scheme)) && type.GetConstructor([]) is not null)];
        Type[] adversaries = [.. usable.Where(type => type.IsAssignableTo(typeof(Adversary)) && ConstructorOf(type, null) is not null)];
        if (schemes.Length == 0 && adversaries.Length == 0)
        {
            throw new UsageException(
                $"{file}: no scheme and no adversary in it; one is a public class, not generic, with a public constructor that takes nothing (an adversary's may take its scheme)");
        }

        _adversaries.AddRange(adversaries.Select(type => (file, type)));
        foreach (Type type in schemes)
        {
            Subject subject = SubjectOf(file, type, type.GetConstructor([])!, null);
            if (SchemeCatalog.Knows(subject.Name) || !_schemes.TryAdd(subject.Name, (file, type, subject)))
            {
                throw new UsageException($"{file}: two schemes are called {subject.Name}; give {type.FullName} another Name");
            }
        }
    }

    /// <summary>Makes a scheme, and asks it once for what every game will ask it.</summary>
    private static Subject SubjectOf(string file, Type type, ConstructorInfo constructor, object? argument)
    {
        Scheme scheme = (Scheme)Make(file, type, constructor, argument);
        return Guarded(file, type.FullName!, () =>
        {
            Type? typed = type;
            while (typed is not null && !(typed.IsGenericType && typed.GetGenericTypeDefinition() == typeof(Scheme<,,,,,>)))
            {
                typed = typed.BaseType;
            }

            return typed is null ? throw new UsageException($"{file}: {type.FullName} derives from Scheme without types; derive from Scheme<W, R, X, Y, Sk, Pk>")
                : !IsName(scheme.Name) || scheme.Dataset is null ? throw new UsageException($"{file}: {type.FullName} has no Name that can be typed, or no Dataset")
                : (Subject)typeof(PlugIns).GetMethod(nameof(Typed), BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(typed.GenericTypeArguments)
                    .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [scheme, $"{type.FullName} of {Path.GetFileName(file)}"], null)!;
        });
    }

    private static Subject<W, R, X, Y, Sk, Pk> Typed<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, string summary) =>
        scheme.WeightTolerance is null || scheme.OutputTolerance is null
            ? throw new UsageException($"{summary} has no WeightTolerance or no OutputTolerance")
            : new(scheme, [], [], []) { Summary = summary };

    /// <summary>The constructor to make a type with: one that takes the scheme comes first. Of which scheme does not matter where none is given.</summary>
    private static ConstructorInfo? ConstructorOf(Type type, Scheme? scheme) =>
        type.GetConstructors().FirstOrDefault(c => c.GetParameters() is [var only] && (scheme is null
            ? only.ParameterType.IsAssignableTo(typeof(Scheme))
            : only.ParameterType.IsInstanceOfType(scheme)))
        ?? type.GetConstructor([]);

    /// <summary>Makes an adversary for a scheme; null where it does not fit.</summary>
    private static Adversary? AdversaryOf(string file, Type type, Scheme scheme)
    {
        if (ConstructorOf(type, scheme) is not { } constructor)
        {
            return null;
        }

        Adversary adversary = (Adversary)Make(file, type, constructor, scheme);
        return Guarded(file, type.FullName!, () => IsName(adversary.Name) ? adversary : throw new UsageException($"{file}: {type.FullName} has no Name that can be typed"));
    }

    private static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl);

    private static object Make(string file, Type type, ConstructorInfo constructor, object? argument) => Guarded(
        file, $"the constructor of {type.FullName}", () => constructor.Invoke(constructor.GetParameters().Length == 0 ? [] : [argument]));

    /// <summary>Does what runs another's code, or loads it.</summary>
    private static T Guarded<T>(string file, string what, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is not UsageException)
        {
            Exception cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            throw new UsageException(cause switch
            {
                BadImageFormatException => $"{file}: this is no .NET assembly; name the DLL of a plug-in",
                FileNotFoundException { FileName: { } missing } => $"{file}: it needs {missing.Split(',')[0]}, which is not there; put it beside the plug-in",
                TypeLoadException or MissingMemberException => $"{file}: it does not fit this version of Wager, build it anew ({cause.Message})",
                _ => $"{file}: {what} threw {cause.GetType().Name}: {cause.Message}",
            });
        }
    }

    /// <summary>Finds what a plug-in needs beside it, but what Wager has itself is Wager's.</summary>
    private sealed class Context(string file) : AssemblyLoadContext(Path.GetFileName(file))
    {
        private readonly AssemblyDependencyResolver _resolver = new(Path.GetFullPath(file));

        protected override Assembly? Load(AssemblyName name)
        {
            try
            {
                return Default.LoadFromAssemblyName(name);
            }
            catch (Exception e) when (e is FileNotFoundException or FileLoadException) // not Wager's, or of another version
            {
                string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, $"{name.Name}.dll");
                return (_resolver.ResolveAssemblyToPath(name) ?? (File.Exists(beside) ? beside : null)) is { } path ? LoadFromAssemblyPath(path) : null;
            }
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
