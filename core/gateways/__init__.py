"""Payment providers, each behind the ports `Gateway` and `Paymaster`: they translate and decide nothing."""
