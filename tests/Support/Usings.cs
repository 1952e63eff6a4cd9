global using Interval = Wager.Harness.Evaluation.Interval; // FsCheck has one too
global using Result = Wager.Harness.Evaluation.Result;
