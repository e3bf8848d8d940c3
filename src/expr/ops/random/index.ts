// Random numbers from an explicit key, the same on every platform.

export {};
