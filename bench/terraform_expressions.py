"""Record what Terraform makes of expressions: the oracle of `tests/views/test_terraform_recorded.py`.

    python bench/terraform_expressions.py tests/data/expressions/terraform.json

Needs `terraform` on the PATH, and no provider or network. The file holds pairs of an expression and its value as
JSON, null where Terraform refuses it. To add an expression, add a pair with any value and record again.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory


def outcomes(expressions: list[str]) -> dict[str, str | None]:
    """The values of expressions as JSON texts."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        pending = dict(enumerate(expressions))
        while True:
            (folder / "main.tf").write_text("".join(map(output, pending, pending.values())))
            applied = run(folder, "apply", "-auto-approve", "-no-color")
            if applied.returncode == 0:
                break
            refused = {int(number) for number in re.findall(r'in output "x(\d+)"', applied.stderr)}
            if not refused:
                raise SystemExit(applied.stderr)
            pending = {number: text for number, text in pending.items() if number not in refused}
        found = json.loads(run(folder, "output", "-json").stdout)
    values = {text: found[f"x{number}"]["value"] for number, text in pending.items()}
    return {text: None if values.get(text) == "refused" else values.get(text) for text in expressions}


def output(number: int, text: str) -> str:
    """A block that gives an expression as JSON, or `refused`."""
    value = f'try(jsonencode({text}), "refused")'
    return f'output "x{number}" {{\n  value = {value}\n  sensitive = true\n}}\n'


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Terraform in a folder."""
    command = ["terraform", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def main(path: str) -> None:
    """Record the expressions of a file anew."""
    file = Path(path)
    expressions = list(dict.fromkeys(text for text, _ in json.loads(file.read_text())))
    rows = [json.dumps(pair, ensure_ascii=False) for pair in outcomes(expressions).items()]
    file.write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1])
