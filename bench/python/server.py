"""Does rounds of work for bench/python.ts: a question in JSON a line, an answer in JSON a line."""

import importlib
import json
import platform
import sys
import time
import warnings

warnings.filterwarnings("ignore")


def make(task, settings):
    """`task` is the name of a module beside this one and of a function in it, such as `mlp torch`."""
    module, function = task.split(" ")
    return getattr(importlib.import_module(module), "with_" + function)(**settings)


def timed(run, calls):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) * 1000


def versions():
    found = {"python": platform.python_version()}
    for name in ["numpy", "torch"]:
        try:
            found[name] = importlib.import_module(name).__version__
        except ImportError:
            pass
    return found


def answer(question, made):
    kind = question["do"]
    if kind == "versions":
        return {"versions": versions()}
    key = json.dumps([question["task"], question["settings"]], sort_keys=True)
    if kind == "make":
        made[key] = make(question["task"], question["settings"])
        return {}
    if kind == "dispose":
        made.pop(key, None)
        return {}
    check, run = made[key]
    if kind == "check":
        return {"numbers": [list(map(float, numbers)) for numbers in check()]}
    return {"milliseconds": timed(run, question["calls"])}


def main():
    made = {}
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), made)
        except Exception as error:  # told to the other side, which leaves the contender out
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
