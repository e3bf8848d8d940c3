// NumPy and PyTorch as contenders: one Python process that does rounds when it is asked to, on one thread.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contender, Numbers } from "./contender.ts";

/** Which Python: PYTHON, else the system's. */
const executable = process.env["PYTHON"] ?? "/usr/bin/python3";
const server = fileURLToPath(new URL("python/server.py", import.meta.url));

interface Answer {
  readonly milliseconds?: number;
  readonly numbers?: readonly number[][];
  readonly versions?: Readonly<Record<string, string>>;
  readonly error?: string;
}

class Python {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor() {
    const one = Object.fromEntries(
      ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"].map((name) => [name, "1"]),
    );
    this.#child = spawn(executable, [server], { env: { ...process.env, ...one } });
    this.#child.stderr.pipe(process.stderr);
    this.#reader = createInterface(this.#child.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async ask(question: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${executable} ended`);
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  end(): void {
    this.#child.stdin.end();
    this.#reader.close();
  }
}

let python: Python | undefined;

function started(): Python {
  if (!existsSync(executable)) throw new Error(`there is no ${executable}; PYTHON names another`);
  python ??= new Python();
  return python;
}

/** A task of bench/python as a contender, such as `mlp torch`; sizes and types are its settings. */
export function pythonContender(
  name: string,
  task: string,
  tolerance: number,
  settings: Readonly<Record<string, number | string>> = {},
): Contender {
  const about = { task, settings };
  return {
    name,
    kind: "peer",
    tolerance,
    make: async () => {
      const process = started();
      await process.ask({ ...about, do: "make" });
      return {
        check: async () => (await process.ask({ ...about, do: "check" })).numbers as Numbers,
        time: async (calls) =>
          (await process.ask({ ...about, do: "time", calls })).milliseconds as number,
        dispose: () => void process.ask({ ...about, do: "dispose" }).catch(() => undefined),
      };
    },
  };
}

/** The versions of Python and of what it has, if it is there. */
export async function pythonVersions(): Promise<Readonly<Record<string, string>>> {
  try {
    return (await started().ask({ do: "versions" })).versions ?? {};
  } catch {
    return {};
  }
}

/** Lets the process end, if there is one. */
export function endPython(): void {
  python?.end();
  python = undefined;
}
