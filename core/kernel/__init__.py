"""The rules: values in, values or a refusal out. Standard library only; no clock, no chance, no I/O."""
