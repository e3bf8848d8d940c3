// Prints how many milliseconds one way to Rosenbrock's gradient takes in a new process, once all is imported.

import { ways } from "./rosenbrock-ways.ts";

const way = ways.find(({ name }) => name === process.argv[2]);
if (way === undefined) throw new Error(`there is no way ${process.argv[2]}`);
const build = await way.load();
const start = performance.now();
build().results();
process.stdout.write(String(performance.now() - start));
process.exit(0);
