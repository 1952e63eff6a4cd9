using System.Text;

namespace Wager.Games;

/// <summary>How a type is called on the command line.</summary>
internal static class Names
{
    /// <summary><c>OneBitPad</c> is <c>one-bit-pad</c>; generic arity is left out.</summary>
    public static string Of(Type type)
    {
        StringBuilder name = new();
        foreach (char c in type.Name.Split('`')[0])
        {
            if (char.IsUpper(c) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }
}
