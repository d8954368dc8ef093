"""Short stand-ins for what the world does. Modules are never patched; these are handed in instead."""
