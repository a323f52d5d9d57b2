#!/usr/bin/env bash
# Installs the action's own checkout of vvbscan into an environment of its own, dependencies pinned by hash.
# Isolated (-I): without it, Python would import modules of the workspace, which is what is scanned.
set -euo pipefail

python="${VVBSCAN_ACTION_PYTHON:-python3}"
environment="$RUNNER_TEMP/vvbscan-venv"

if ! "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "::error title=vvbscan::the input \"python\" must name a Python 3.11 or newer; actions/setup-python provides one"
  exit 2
fi

# A job that uses the action twice installs it once.
if [[ -e "$environment/complete" ]]; then
  exit 0
fi

"$python" -I -m venv "$environment"
if [[ -d "$environment/Scripts" ]]; then # Windows
  pip=("$environment/Scripts/python" -I -m pip)
else
  pip=("$environment/bin/python" -I -m pip)
fi
"${pip[@]}" install --quiet --disable-pip-version-check --require-hashes \
  --requirement "$GITHUB_ACTION_PATH/requirements/runtime.txt"
"${pip[@]}" install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
  "$GITHUB_ACTION_PATH"
touch "$environment/complete"
