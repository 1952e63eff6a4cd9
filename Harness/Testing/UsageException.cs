namespace Wager.Testing;

/// <summary>Wrong use: one line for the user, naming the option, file or value and what would be right. Exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);
