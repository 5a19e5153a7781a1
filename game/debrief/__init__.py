"""What is told when a run has ended: results, counterfactuals, tables, reports, replays."""
