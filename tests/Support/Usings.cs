global using Interval = Wager.Testing.Evaluation.Interval; // FsCheck has one too
global using Result = Wager.Testing.Evaluation.Result;
