using System.Reflection;
using System.Runtime.Loader;
using Wager.Games;

namespace Wager.Testing.Catalog;

/// <summary>
/// Schemes and adversaries from assemblies that others wrote: every public type with a public constructor that takes nothing, or, of
/// an adversary, the scheme that it attacks. Where adversaries are no types of their own, as in F#, a public static method that returns one stands for its constructor.
/// </summary>
public sealed class PlugIns
{
    private readonly List<(string File, Type Type, MethodBase[] Makers)> _adversaries = [];
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
           let made = AdversaryOf(adversary.File, adversary.Makers, scheme)
           where made is not null
           select (T)made,
    ];

    private void Load(string file)
    {
        Type[] types = Guarded(file, "its assembly", () => new Context(file).LoadFromAssemblyPath(Path.GetFullPath(file)).GetExportedTypes());
        Type[] usable = [.. types.Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false })];
        Type[] schemes = [.. usable.Where(type => type.IsAssignableTo(typeof(Scheme)) && type.GetConstructor([]) is not null)];
        (Type Type, MethodBase[] Makers)[] adversaries =
        [
            .. usable.Where(type => type.IsAssignableTo(typeof(Adversary))).Select(type => (type, (MethodBase[])type.GetConstructors())),
            .. types.Where(type => type is { IsAbstract: true, IsSealed: true, ContainsGenericParameters: false }) // static classes, and modules of F#
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
                .Where(method => method.ReturnType.IsAssignableTo(typeof(Adversary)) && method is { ContainsGenericParameters: false, IsSpecialName: false })
                .Select(method => (method.ReturnType, new MethodBase[] { method })),
        ];
        adversaries = [.. adversaries.Where(adversary => MakerOf(adversary.Makers, null) is not null)];
        if (schemes.Length == 0 && adversaries.Length == 0)
        {
            throw new UsageException(
                $"{file}: no scheme and no adversary in it; one is a public class, not generic, with a public constructor that takes nothing (an adversary's may take its scheme)");
        }

        _adversaries.AddRange(adversaries.Select(adversary => (file, adversary.Type, adversary.Makers)));
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
        Scheme scheme = (Scheme)Make(file, constructor, argument)!;
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

    /// <summary>What makes an adversary: one that takes the scheme comes first. Of which scheme does not matter where none is given.</summary>
    private static MethodBase? MakerOf(MethodBase[] makers, Scheme? scheme) =>
        makers.FirstOrDefault(maker => maker.GetParameters() is [var only] && (scheme is null
            ? only.ParameterType.IsAssignableTo(typeof(Scheme))
            : only.ParameterType.IsInstanceOfType(scheme)))
        ?? makers.FirstOrDefault(maker => maker.GetParameters().Length == 0);

    /// <summary>Makes an adversary for a scheme; null where it does not fit.</summary>
    private static Adversary? AdversaryOf(string file, MethodBase[] makers, Scheme scheme)
    {
        if (MakerOf(makers, scheme) is not { } maker)
        {
            return null;
        }

        Adversary? adversary = (Adversary?)Make(file, maker, scheme);
        return Guarded(file, $"{maker.DeclaringType!.FullName}", () => IsName(adversary?.Name) ? adversary : throw new UsageException($"{file}: {maker.DeclaringType.FullName} has no Name that can be typed"));
    }

    private static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl);

    private static object? Make(string file, MethodBase maker, object? argument)
    {
        object?[] arguments = maker.GetParameters().Length == 0 ? [] : [argument];
        return maker is ConstructorInfo constructor
            ? Guarded(file, $"the constructor of {maker.DeclaringType!.FullName}", () => constructor.Invoke(arguments))
            : Guarded(file, $"{maker.DeclaringType!.FullName}.{maker.Name}", () => maker.Invoke(null, arguments));
    }

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
