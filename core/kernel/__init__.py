"""The rules. Standard library only: values in, values or a refusal out."""
