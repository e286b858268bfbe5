#!/usr/bin/env bash
# Create or update the virtual environment that every make target uses.
#
# usage: scripts/setup.sh VENV
#   PYTHON       interpreter to use; default: the first of python3.11, python3.12, python3 that fits
#   TORCH_INDEX  package index to take torch from, e.g. https://download.pytorch.org/whl/cpu
set -euo pipefail

venv=$1
extras=train,hw,sim,explain,test,lint

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; }

if [ ! -x "$venv/bin/pip" ]; then
  python=
  without_venv=
  for candidate in ${PYTHON:-python3.11 python3.12 python3}; do
    fits "$candidate" || continue
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      python=$candidate
      break
    fi
    without_venv=$candidate
  done
  if [ -z "$python" ] && [ -n "$without_venv" ]; then
    fail "$without_venv has no ensurepip, so it cannot create an environment;" \
      "on Debian and Ubuntu: sudo apt install $(basename "$without_venv")-venv"
  fi
  [ -n "$python" ] || fail "no Python 3.11 or 3.12 among: ${PYTHON:-python3.11 python3.12 python3};" \
    "install one, or name it: make setup PYTHON=/path/to/python3.11"
  echo "setup: creating $venv with $("$python" --version)"
  "$python" -m venv "$venv"
  touch "$venv/.created-by-setup"
fi

pip() { "$venv/bin/python" -m pip --disable-pip-version-check "$@"; }

pip install --quiet 'pip==26.3'
if [ -n "${TORCH_INDEX:-}" ]; then
  torch=$(grep -i '^torch==' constraints.txt)
  echo "setup: installing $torch from $TORCH_INDEX"
  pip install --quiet --index-url "$TORCH_INDEX" --no-deps "$torch"
  echo "setup: installing the pinned packages"
else
  echo "setup: installing the pinned packages (the default torch wheel brings CUDA, about 6 GB)"
fi
# setuptools warns of editable installations as such
PYTHONWARNINGS=ignore pip install --quiet --constraint constraints.txt --editable ".[$extras]"
touch "$venv/.setup-done"
echo "setup: $venv is ready"
