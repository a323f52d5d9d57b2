"""Measures start-up and throughput in processor time, which other work on the machine changes least.

    python bench/measure.py startup
    python bench/measure.py manifests --megabytes 5
    python bench/measure.py cluster --megabytes 5

Run it with the Python of an environment that has vvbscan installed (or with PYTHONPATH=src after
`python -m compileall src`: without compiled modules every start pays for compiling them).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile

from corpus import SETS

_HERE = os.path.dirname(os.path.abspath(__file__))
_DOCKERFILE = """\
FROM eclipse-temurin:21.0.9_10-jre
RUN apt-get update && apt-get install -y curl
COPY app.jar /app.jar
CMD ["java", "-jar", "/app.jar"]
"""
_MANIFEST = """\
apiVersion: v1
kind: Pod
metadata: {name: tools}
spec:
  containers:
    - name: api
      image: registry.example.com/vvb/tools:1.4.2
"""
_MODULE = """\
resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  instance_class          = "db.m6g.large"
  backup_retention_period = 0
}
"""


def seconds(code: str, runs: int, folder: str) -> tuple[float, float]:
    """Least and median processor time of a Python program, over some runs after one that does not count."""
    taken = []
    for _ in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, cwd=folder, stdout=subprocess.DEVNULL
        )
        if done.returncode not in (0, 1):
            raise SystemExit(f"the measured command ended with {done.returncode}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    taken = sorted(taken[1:])
    return taken[0], taken[len(taken) // 2]


def command(*words: str) -> str:
    """A program that runs a command line as the installed command does."""
    return f"import sys; sys.argv[1:] = {list(words)!r}; from vvbscan.cli import command_line; command_line()"


def startup() -> None:
    """What the smallest scans cost over a bare interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("Dockerfile", _DOCKERFILE), ("pod.yaml", _MANIFEST), ("main.tf", _MODULE)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as stream:
                stream.write(text)
        bare = seconds("pass", 15, folder)
        for name, words in (
            ("--version", ["--version"]),
            ("one Dockerfile", ["scan", "Dockerfile"]),
            ("one manifest, schema check included", ["scan", "pod.yaml"]),
            ("one file of Terraform", ["scan", "main.tf"]),
        ):
            least, median = seconds(command(*words), 15, folder)
            over = f"{(least - bare[0]) * 1e3:.0f} ms least, {(median - bare[1]) * 1e3:.0f} ms median"
            sys.stdout.write(f"{name}: {over} over a bare interpreter\n")


def throughput(name: str, megabytes: int) -> None:
    """How much of a set of the corpus one process analyses in a second, all rules and the report included."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = os.path.join(_HERE, "corpus.py")
        subprocess.run([sys.executable, corpus, name, folder, "--megabytes", str(megabytes)], check=True)
        sizes = [
            os.path.getsize(os.path.join(path, file)) for path, _, files in os.walk(folder) for file in files
        ]
        size = sum(sizes)
        words = ["scan", ".", "--jobs", "1", "--quiet", "--format", "json", "--output", os.devnull]
        least, median = seconds(command(*words), 7, folder)
        sys.stdout.write(
            f"{size / 1e6:.1f} MB: {least:.2f} s least, {median:.2f} s median of processor time\n"
        )
        sys.stdout.write(f"{size / 1e6 / median:.2f} MB/s, {len(sizes) / median:.0f} files/s\n")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(f"{peak:.0f} MiB of memory at most\n")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("startup", *SETS))
    parser.add_argument("--megabytes", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.what == "startup":
        startup()
    else:
        throughput(arguments.what, arguments.megabytes)


if __name__ == "__main__":
    main()
