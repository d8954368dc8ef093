#!/bin/sh
# Choose the newest packages that fit pyproject.toml, for every system and every Python we support, and write
# them down with their hashes. No address of a registry goes into the files: where to fetch from is the
# machine's own matter. `make lock` calls this; `make lock UPGRADE=` keeps what is chosen already.
set -eu
cd "$(dirname "$0")/.."

choose() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" "$@"
}

choose ${UPGRADE---upgrade} pyproject.toml --output-file requirements/run.txt
choose ${UPGRADE---upgrade} pyproject.toml --extra channels --constraints requirements/run.txt --output-file requirements/channels.txt
choose ${UPGRADE---upgrade} pyproject.toml --extra channels --group dev --constraints requirements/channels.txt --output-file requirements/dev.txt
