"""Print `docs/guards.md`."""

import sys

from storage.guards.page import page

sys.stdout.write(page())
