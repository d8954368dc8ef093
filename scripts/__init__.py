"""The `naryad` command: one file per sub-command."""
