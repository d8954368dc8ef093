"""Jobs: objects, what is said of them, and which of them are one."""
