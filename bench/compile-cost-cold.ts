// Prints how many milliseconds a new process needs to compile a training step and take it.

import { compileOnce } from "./compile-cost.ts";

process.stdout.write(String(await compileOnce()));
