"""Mails, calls and logs, generated from the state of a run."""
