"""How the time of hostile input grows when the input doubles: twice is linear, four times is not.

    python bench/scaling.py [--size 4000] [--only NAME]

CPU time of the scan and of the three reports, in one process.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable

from vvbscan import scan_files
from vvbscan.catalog.catalog import Catalog
from vvbscan.report import render
from vvbscan.report.options import ReportOptions

_POD = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
    "    spec:\n      containers:\n"
)
_PROPERTIES = "app/src/main/resources/application.properties"


def _containers(count: int) -> str:
    return _POD + "".join(f"      - {{name: c{index}, image: shop/web}}\n" for index in range(count))


def _lines(count: int, line: str) -> str:
    """A line for each number, which stands in it as `#`, and the number before as `~`."""
    return "".join(line.replace("#", str(index)).replace("~", str(index - 1)) for index in range(count))


def _json(count: int) -> str:
    containers = [{"name": f"c{index}", "image": "shop/web"} for index in range(count)]
    template = {"spec": {"containers": containers}}
    return json.dumps({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": template}})


def _applications(count: int) -> dict[str, str]:
    files = {f"a{index}/{_PROPERTIES}": "quarkus.http.port=1\n" for index in range(count // 10)}
    pods = {
        f"k/{index}.yaml": _containers(1).replace("shop/web", f"shop/a{index}")
        for index in range(count // 10)
    }
    return files | pods


INPUTS: dict[str, Callable[[int], dict[str, str]]] = {
    "containers": lambda n: {"a.yaml": _containers(n)},
    "containers, one line": lambda n: {"a.json": _json(n)},
    "variables": lambda n: {
        "a.yaml": _POD
        + "      - name: c\n        image: shop/web\n        env:\n"
        + _lines(n, "        - {name: V#, value: $(V~)}\n")
    },
    "documents": lambda n: {
        "a.yaml": _lines(
            n, "---\napiVersion: v1\nkind: Service\nmetadata: {name: s#}\nspec: {selector: {a: b}}\n"
        )
    },
    "suppressions": lambda n: {
        "a.yaml": "# vvbscan: ignore[VVB-IMAGE-001] -- hostile\n" * n + _containers(n)
    },
    "aliases": lambda n: {
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nx: &a {b: c}\ndata:\n" + _lines(n, "  k#: *a\n")
    },
    "instructions": lambda n: {"Dockerfile": "FROM shop/web:1.0.0\n" + _lines(n, "RUN echo #\n")},
    "stages": lambda n: {
        "Dockerfile": "FROM shop/web:1.0.0 AS s-1\n" + _lines(n, "FROM s~ AS s#\nRUN echo\n")
    },
    "arguments": lambda n: {"Dockerfile": _lines(n, "ARG A#=x\n") + "FROM a:${A1}\n" + _lines(n, "ARG A#\n")},
    "commands of a line": lambda n: {"Dockerfile": "FROM shop/web:1.0.0\nRUN " + "echo x; " * n},
    "open substitutions": lambda n: {"Dockerfile": "FROM shop/web:1.0.0\nRUN " + "$(\"`' " * n},
    "properties": lambda n: {_PROPERTIES: _lines(n, "quarkus.a.k#=v\n")},
    "expressions": lambda n: {_PROPERTIES: _lines(n, "a.k#=${a.k~:}x\n")},
    "profiles": lambda n: {_PROPERTIES: _lines(n, "%p#.quarkus.http.port=#\n")},
    "data sources": lambda n: {
        _PROPERTIES: _lines(n, "quarkus.datasource.d#.jdbc.url=jdbc:postgresql://h/d\n")
    },
    "compose services": lambda n: {
        "compose.yaml": "services:\n" + _lines(n, "  s#: {image: shop/web, ports: ['#:80']}\n")
    },
    "applications": _applications,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--only", choices=INPUTS)
    arguments = parser.parse_args()
    catalog = Catalog.load()
    sys.stdout.write(f"{'input':24}{'bytes':>10}{'scan s':>8}{'twice':>8}{'reports':>9}{'twice':>8}\n")
    for name, make in INPUTS.items():
        if arguments.only in (name, None):
            (scan, reports, _), (twice, reports_twice, size) = (
                measure(make(count), catalog) for count in (arguments.size, 2 * arguments.size)
            )
            sys.stdout.write(
                f"{name:24}{size:10,}{scan:8.2f}{twice:8.2f}{reports:9.2f}{reports_twice:8.2f}\n"
            )


def measure(files: dict[str, str], catalog: Catalog) -> tuple[float, float, int]:
    """Seconds of the scan and of the reports, and the bytes of the input."""
    begun = time.process_time()
    result = scan_files(files, catalog=catalog)
    scanned = time.process_time()
    for name in ("text", "sarif", "json"):
        render(name, result, ReportOptions(texts=catalog.text))
    return scanned - begun, time.process_time() - scanned, sum(map(len, files.values()))


if __name__ == "__main__":
    main()
