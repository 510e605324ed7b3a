// Browser tests against the release build: its own server, its own demo database, a browser that is
// installed on the system. Run them with `make test`, or with `npm test` after `make build`.
import { defineConfig } from "@playwright/test";
import { chromiumPath } from "../scripts/demo-server.mjs";

const port = Number(process.env.E2E_PORT ?? "3107");
/** The servers of the tests: over the demo, and two over nothing: `emptyServer` and `checklistServer` in test.ts. */
export const servers = [0, 1, 2].map((next) => `http://127.0.0.1:${port + next}`);
const [baseURL] = servers;
/** The cookies of whoever has signed in. */
export const state = "end2end/results/signed-in.json";

/** A server of the tests' own, over the demo or over an empty database. */
function server(data: "demo" | "empty", port: number) {
  return {
    command: `./end2end/server.sh ${data}`,
    cwd: "..",
    env: { MUSIC_ANALYTICS_ADDR: `127.0.0.1:${port}`, RUST_LOG: "warn" },
    url: `http://127.0.0.1:${port}/readyz`,
    timeout: 120_000,
    gracefulShutdown: { signal: "SIGTERM" as const, timeout: 5_000 },
  };
}

export default defineConfig({
  testDir: ".",
  outputDir: "results",
  snapshotPathTemplate: "structure/{arg}{ext}",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  reporter: "list",
  // Screens are looked at before anybody changes what is on them.
  projects: [
    { name: "looks", testMatch: "looks.spec.ts" },
    { name: "flows", testIgnore: "looks.spec.ts", dependencies: ["looks"] },
  ],
  globalSetup: "./sign-in.ts",
  use: {
    baseURL,
    storageState: state,
    trace: "retain-on-failure",
    launchOptions: { executablePath: chromiumPath(), args: ["--no-sandbox"] },
  },
  webServer: [server("demo", port), server("empty", port + 1), server("empty", port + 2)],
});
