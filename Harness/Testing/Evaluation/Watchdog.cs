using System.Diagnostics;
using System.Runtime;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>
/// Runs work on threads of its own, and takes a trial away from an adversary that does not answer in time. The thread is then stopped
/// if the runtime can stop it, and else left behind; whatever it still does, nothing of it counts.
/// </summary>
/// <param name="timeout">How long an adversary may work, from one query to the next or to its answer; null for as long as it likes.</param>
/// <param name="stop">Once all are to stop, nobody is waited for longer than a second.</param>
internal sealed class Watchdog(TimeSpan? timeout, CancellationToken stop) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>So long a thread that holds tensors has to end by itself, as it does when it next charges, before it is stopped wherever it is.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Post> _posts = [];
    private readonly CancellationTokenSource _closed = new();
    private Thread? _patrol;

    /// <summary>Runs work on a thread of its own.</summary>
    /// <param name="guard">Tells when the adversary is at work.</param>
    /// <param name="work">What to do. It must not throw, but for what ends a thread that was taken over.</param>
    /// <param name="takenOver">Called, once, in place of the end of a work whose adversary hangs.</param>
    public void Start(Guard guard, Action work, Action takenOver)
    {
        if (timeout is null)
        {
            Begin(work);
            return;
        }

        Post post = new(guard, takenOver);
        lock (_gate)
        {
            _posts.Add(post);
            _patrol ??= Begin(Patrol);
        }

        Begin(() => Stoppable(work, post));
    }

    public void Dispose() => _closed.Cancel();

    /// <summary>Does work, and returns before its end where its adversary hangs.</summary>
    /// <exception cref="TimeoutException">It hangs.</exception>
    public T Run<T>(Guard guard, Func<T> work)
    {
        if (timeout is null)
        {
            return work();
        }

        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Work()
        {
            try
            {
                done.TrySetResult(work());
            }
            catch (Exception e) when (e is not (TakenOverException or ThreadAbortException))
            {
                done.TrySetException(e);
            }
        }

        Start(guard, Work, () => done.TrySetException(new TimeoutException()));
        return done.Task.GetAwaiter().GetResult();
    }

    private static Thread Begin(Action work)
    {
        Thread thread = new(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Stoppable(Action work, Post post)
    {
        try
        {
#pragma warning disable SYSLIB0046 // nothing else stops a loop that asks nobody; the thread's state is thrown away with it
            ControlledExecution.Run(work, post.Stop.Token);
#pragma warning restore SYSLIB0046
        }
        catch (Exception e) when (e is TakenOverException || post.Stop.IsCancellationRequested)
        {
            return; // another thread goes on in its place
        }
        finally
        {
            post.Ended.Set();
        }

        lock (_gate)
        {
            _posts.Remove(post);
        }
    }

    private void Patrol()
    {
        TimeSpan step = TimeSpan.FromMilliseconds(Math.Clamp(timeout!.Value.TotalMilliseconds / 8, 2, 250));
        long last = Stopwatch.GetTimestamp();
        while (!_closed.Token.WaitHandle.WaitOne(step))
        {
            // A machine that slept does not count against the adversary; one that is busy does.
            TimeSpan passed = Stopwatch.GetElapsedTime(last);
            last = Stopwatch.GetTimestamp();
            passed = passed < 2 * step ? passed : 2 * step;
            Post[] posts;
            lock (_gate)
            {
                posts = [.. _posts];
            }

            foreach (Post post in posts.Where(post => post.HangsAfter(passed, stop.IsCancellationRequested && timeout > _patience ? _patience : timeout.Value)))
            {
                lock (_gate)
                {
                    _posts.Remove(post);
                }

                Begin(() =>
                {
                    if (!post.Ended.Wait(post.HoldsNatives ? _grace : TimeSpan.Zero))
                    {
                        post.Stop.Cancel(); // which waits until the thread has stopped, and that may be never
                    }
                });
                post.TakenOver();
            }
        }
    }

    private sealed class Post(Guard guard, Action takenOver)
    {
        private long _call;
        private TimeSpan _lasting;

        public CancellationTokenSource Stop { get; } = new();

        public ManualResetEventSlim Ended { get; } = new();

        public bool HoldsNatives => guard.HoldsNatives;

        public Action TakenOver { get; } = takenOver;

        public bool HangsAfter(TimeSpan passed, TimeSpan timeout)
        {
            long call = guard.Call;
            _lasting = call != 0 && call == _call ? _lasting + passed : TimeSpan.Zero;
            _call = call;
            return _lasting >= (guard.IsPair ? 2 * timeout : timeout) && guard.TryTake(call);
        }
    }
}
