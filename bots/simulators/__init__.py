"""Payment providers played on this machine, each from its published description. No real money moves."""
