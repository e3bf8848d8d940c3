import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Examples import the package by its name, as its users do. */
const alias = {
  "symtape/compile": new URL("./src/compile/index.ts", import.meta.url).pathname,
  "symtape/autodiff": new URL("./src/autodiff/index.ts", import.meta.url).pathname,
  symtape: new URL("./src/index.ts", import.meta.url).pathname,
};

const config: ViteUserConfig = defineConfig({
  resolve: { alias },
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
  },
});

export default config;
