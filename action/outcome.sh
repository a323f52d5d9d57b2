#!/usr/bin/env bash
# Ends the job with the exit code of the scan, after the report was uploaded.
set -euo pipefail

case "$VVBSCAN_ACTION_EXIT_CODE" in
  0) ;;
  1) echo "::error title=vvbscan::the scan has findings; they are listed in the step \"Scan\"" ;;
  *) echo "::error title=vvbscan::the scan is not complete; the step \"Scan\" says why" ;;
esac
exit "$VVBSCAN_ACTION_EXIT_CODE"
