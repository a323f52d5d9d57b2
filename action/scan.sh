#!/usr/bin/env bash
# Scans, writes the SARIF report whatever is found, and leaves it to the last step to fail the job.
set -euo pipefail

programs="$RUNNER_TEMP/vvbscan-venv/bin"
if [[ ! -d "$programs" ]]; then
  programs="$RUNNER_TEMP/vvbscan-venv/Scripts" # Windows
fi
# Isolated (-I): without it, Python would import a module of the workspace, which is what is scanned.
token="$("$programs/python" -I -c 'import secrets; print(secrets.token_hex(16))')"

# Reads the lines of the first argument into the array `lines`, without empty ones.
read_lines() {
  lines=()
  local line
  while IFS= read -r line || [[ -n "$line" ]]; do
    line="${line%$'\r'}"
    if [[ -n "$line" ]]; then
      lines+=("$line")
    fi
  done <<<"$1"
}

# The token makes one file for each use of the action in a job.
sarif="${VVBSCAN_ACTION_SARIF_FILE:-$RUNNER_TEMP/vvbscan-$token.sarif}"
rm -f -- "$sarif"

arguments=(--format text --output - --format sarif --output "$sarif")
arguments+=(--category "${VVBSCAN_ACTION_CATEGORY:-vvbscan}")
if [[ -n "${VVBSCAN_ACTION_CONFIG:-}" ]]; then
  arguments+=(--config "$VVBSCAN_ACTION_CONFIG")
fi
if [[ -n "${VVBSCAN_ACTION_FAIL_ON:-}" ]]; then
  arguments+=(--fail-on "$VVBSCAN_ACTION_FAIL_ON")
fi
read_lines "${VVBSCAN_ACTION_ARGS:-}"
arguments+=(${lines[@]+"${lines[@]}"}) # bash 3.2 of macOS takes an empty array for an unset one
read_lines "${VVBSCAN_ACTION_PATHS:-.}"
arguments+=(-- ${lines[@]+"${lines[@]}"})

# The report quotes the scanned files. Without this, a line of theirs could be read as a workflow command.
echo "::stop-commands::$token"
exit_code=0
"$programs/vvbscan" scan "${arguments[@]}" || exit_code=$?
echo "::$token::"

if [[ ! -s "$sarif" ]]; then
  sarif=""
fi
{
  printf 'sarif-file<<%s\n%s\n%s\n' "$token" "$sarif" "$token"
  printf 'exit-code=%s\n' "$exit_code"
} >>"$GITHUB_OUTPUT"
