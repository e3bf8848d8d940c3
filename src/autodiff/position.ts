// Where in the user's program a call came from, read off the stack.

/** V8 lets a program say how many frames a stack has; other engines ignore it. */
const ENGINE: { stackTraceLimit: number } = Error as never;

/** How many frames are looked at: a composition may call operations from deep inside the library. */
const DEPTH = 100;

/** The innermost frame outside the library, as `file:line:column`. */
export function callerPosition(): string | undefined {
  const places = stackPlaces();
  const own = (places[0] ?? "").replace(/:\d+:\d+$/, "");
  const outside = (start: string): string | undefined =>
    places.find((place) => !place.startsWith(start) && !place.startsWith("node:"));
  return (outside(folderOf(own)) ?? outside(own))?.replace(/^file:\/\//, "");
}

/** The folder of the library, as source or as chunks of a bundle; any other file is all that is known of it. */
function folderOf(own: string): string {
  return own.replace(/(autodiff[\\/]position\.|(chunks[\\/])?chunk-)[^\\/]*$/, "");
}

/** The places of the frames, innermost first; native frames such as those of `map` have none. */
function stackPlaces(): string[] {
  const limit = ENGINE.stackTraceLimit;
  ENGINE.stackTraceLimit = DEPTH;
  const lines = new Error().stack?.split("\n") ?? [];
  ENGINE.stackTraceLimit = limit;
  return lines.map(placeIn).filter((place) => place !== undefined);
}

/** `at f (place)`, `at place` in V8; `f@place` in other engines. */
const FRAMES = [/^\s*at .*? \((.*)\)$/, /^\s*at (?:async )?(.*)$/, /^[^@]*@(.*)$/];

function placeIn(line: string): string | undefined {
  for (const frame of FRAMES) {
    // A frame of evaluated code also names who evaluated it, before a comma.
    const place = frame.exec(line)?.[1]?.split(", ").at(-1);
    if (place !== undefined) return /:\d+:\d+$/.test(place) ? place : undefined;
  }
  return undefined;
}
