#!/usr/bin/env bash
# Makes the Python environments that hold real zenoh.
#   interop/setup.sh           .venv in the clone, with what requirements.txt pins
#   interop/setup.sh 1.7.2     interop/venv-1.7.2, with that older release
# An environment that holds the wanted release already is left alone.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

make() { # folder, pip arguments...
  local folder=$1
  shift
  local stamp="$folder/.holds" want="$*"
  if [[ -f $stamp && $(<"$stamp") == "$want" ]]; then return; fi
  "${PYTHON:-python3}" -m venv --clear "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$@"
  printf '%s' "$want" >"$stamp"
}

if [[ $# -eq 0 ]]; then
  make "$here/../.venv" $(grep -v '^#' "$here/requirements.txt")
else
  for version in "$@"; do make "$here/venv-$version" "eclipse-zenoh==$version"; done
fi
