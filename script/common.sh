# Sourced by the other scripts: where things are, and how to speak.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VAR=${SEOULCCTV_VAR_DIR:-$ROOT/var}
VENV=$ROOT/.venv
PGBIN=/usr/lib/postgresql/15/bin
cd "$ROOT"

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() {
  printf '\033[31mCannot go on:\033[0m %s\n' "$*" >&2
  exit 1
}

# A short name of this clone, so that two clones on one machine do not meet.
clone_id() { printf '%s' "$VAR" | sha256sum | cut -c1-12; }

# Whether nobody listens on a port of this machine.
port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
