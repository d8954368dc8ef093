"""Every sentence we say, in every language we say it."""
