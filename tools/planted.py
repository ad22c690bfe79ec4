"""Plants each bug of tests/planted into a copy of the code and shows what catches it. `make planted`; minutes, not part of `make test`.

A bug is a patch with two lines before it: what is wrong, in a sentence, and who must catch it: `histories`, or `tests of <crate>`
where no history can see it. `--check` only sees whether every patch still applies.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLANTED = ROOT / "tests" / "planted"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
COPY = TARGET / "planted" / "tree"
BUILT = TARGET / "planted" / "target"
HISTORIES = 60_000

# Ours is built anew for every bug: quickly built is better here than quickly run. What it stands on stays as it is.
OURS = [
    "heatpay-channels", "heatpay-domain", "heatpay-histories", "heatpay-ports", "heatpay-runtime", "heatpay-store",
    "counter", "payment-callback", "payment-create", "payment-settle", "payment-watch", "prepayment-draw", "reconcile", "refund-admin", "refund-execute",
]
QUICKLY = [part for name in OURS for part in ("--config", f"profile.dev.package.{name}.opt-level=0")]


class Bug:
    def __init__(self, path):
        self.path = path
        self.name = path.stem
        lines = path.read_text(encoding="utf-8").splitlines()
        self.sentence = lines[0]
        self.caught_by = lines[1].removeprefix("Caught by: ")


def bugs(only):
    found = [Bug(path) for path in sorted(PLANTED.glob("*.patch"))]
    return [bug for bug in found if not only or any(part in bug.name for part in only)]


def apply(bug, tree, *flags):
    command = ["git", "apply", "-C1", "--whitespace=nowarn", *flags, str(bug.path)]
    # Outside of any repository, git applies a patch to plain files.
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, env=os.environ | {"GIT_DIR": "/dev/null"})


def check(found):
    failed = 0
    for bug in found:
        answer = apply(bug, ROOT, "--check")
        if answer.returncode:
            failed += 1
            print(f"{bug.name} does not apply: {answer.stderr.strip()}")
    print(f"{len(found) - failed} of {len(found)} planted bugs apply")
    return failed == 0


def copy():
    """The tree as it stands; files that did not change keep their times, so that cargo builds only what did."""
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = {name for name in files.stdout.splitlines() if not name.startswith("clients/") and (ROOT / name).is_file()}
    for name in wanted:
        source, copied = ROOT / name, COPY / name
        if not copied.exists() or copied.read_bytes() != source.read_bytes():
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copied)
    for copied in COPY.rglob("*"):
        if copied.is_file() and str(copied.relative_to(COPY)) not in wanted:
            copied.unlink()


def seed():
    """What others wrote is not built once more: it is linked from where it was built."""
    built, here = TARGET / "debug", BUILT / "debug"
    if here.exists() or not built.exists():
        return
    for part, copy_file in (("build", os.link), ("deps", os.link), (".fingerprint", shutil.copy2)):
        shutil.copytree(built / part, here / part, copy_function=copy_file, symlinks=True)


def cargo(*arguments):
    environment = os.environ | {"CARGO_TARGET_DIR": str(BUILT)}
    return subprocess.run(["cargo", arguments[0], *QUICKLY, *arguments[1:]], cwd=COPY, capture_output=True, text=True, env=environment)


def histories():
    # Of the whole workspace: what others wrote has the same features as where it was linked from.
    built = cargo("build", "--quiet", "--workspace", "--bin", "histories")
    if built.returncode:
        return None, built.stderr
    ran = subprocess.run([BUILT / "debug" / "histories", "run", "--count", str(HISTORIES)], capture_output=True, text=True)
    wrong = re.search(r"^Wrong: (.*)$", ran.stdout, re.MULTILINE)
    number = re.search(r"HISTORY=(\d+)$", ran.stdout, re.MULTILINE)
    if ran.returncode == 0:
        return "", ""
    where = f"history {int(number[1]) + 1}: {wrong[1]}" if wrong and number else (ran.stdout + ran.stderr)[-300:]
    return where, ran.stdout + ran.stderr


def tests(crate):
    built = cargo("test", "--quiet", "--package", crate, "--no-run")
    if built.returncode:
        return None, built.stderr
    ran = cargo("test", "--package", crate, "--no-fail-fast")
    failed = re.search(r"^test (\S+) \.\.\. FAILED$", ran.stdout, re.MULTILINE)
    if ran.returncode == 0:
        return "", ""
    return (f"{crate}: {failed[1]}" if failed else (ran.stdout + ran.stderr)[-300:]), ran.stdout + ran.stderr


def plant(bug):
    """What caught it; empty if nothing did, none if it does not build."""
    copy()
    planted = apply(bug, COPY)
    if planted.returncode:
        return None, planted.stderr
    by = bug.caught_by
    return histories() if by == "histories" else tests(by.removeprefix("tests of "))


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="only see whether every patch applies")
    arguments.add_argument("--verbose", action="store_true", help="show the whole history")
    arguments.add_argument("only", nargs="*", help="parts of names")
    chosen = arguments.parse_args()
    found = bugs(chosen.only)
    if chosen.check:
        return check(found)
    COPY.mkdir(parents=True, exist_ok=True)
    seed()
    caught = 0
    print("| bug | what is wrong | caught by | s |\n|---|---|---|---|", flush=True)
    for bug in found:
        started = time.monotonic()
        what, more = plant(bug)
        took = round(time.monotonic() - started)
        if what:
            caught += 1
            print(f"| {bug.name} | {bug.sentence} | {what} | {took} |", flush=True)
        else:
            why = "**does not build**" if what is None else "**not caught**"
            print(f"| {bug.name} | {bug.sentence} | {why} | {took} |", flush=True)
        if chosen.verbose or what is None:
            print(more)
    print(f"\n{caught} of {len(found)} planted bugs are caught.")
    return caught == len(found)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
