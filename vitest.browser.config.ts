import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Examples import the package by its name, as its users do. */
const alias = {
  "symtape/compile": new URL("./src/compile/index.ts", import.meta.url).pathname,
  "symtape/autodiff": new URL("./src/autodiff/index.ts", import.meta.url).pathname,
  symtape: new URL("./src/index.ts", import.meta.url).pathname,
};

const config: ViteUserConfig = defineConfig({
  resolve: { alias },
  optimizeDeps: { include: ["fast-check", "mathjs"] },
  test: {
    include: [
      "test/contract/**/*.test.ts",
      "test/expr/random.test.ts",
      "test/expr/portable.test.ts",
      "test/compile/{matmul,loop,loop-folds,special,special-windows,compile,objectives,vector-*,js-operations}.test.ts",
    ],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
          args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
          ],
        },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
});

export default config;
