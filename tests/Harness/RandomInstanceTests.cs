using Expecto;
using Wager.Adversaries.Tables;
using Wager.Harness.Search;

namespace Wager.Tests;

internal static class RandomInstanceTests
{
    public static Test All => Suite.Group(
        "random instances",
        Suite.Property("an instance is valid", RandomInstances.Arbitrary, instance => Assert.Equal(null, instance.Flaw, "flaw"), 2000),
        Suite.Property("every shrink is valid and smaller", RandomInstances.Arbitrary, instance =>
        {
            InstanceSize size = InstanceSize.Of(instance);
            foreach (TableInstance smaller in RandomInstances.Shrinks(instance))
            {
                Assert.Equal(null, smaller.Flaw, "flaw");
                Assert.True(InstanceSize.Of(smaller) < size, "smaller");
            }
        }, 100));
}
