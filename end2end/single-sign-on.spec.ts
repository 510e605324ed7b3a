// Single sign-on in a browser, which holds the pages to their policies, with a certified provider.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, openHydrated, test } from "./test";

const port = Number(process.env.E2E_PORT ?? "3107") + 3;
const base = `http://127.0.0.1:${port}`;
const root = resolve(import.meta.dirname, "..");
const program = resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "release/music-analytics");

let data: string;
let provider: ChildProcess;
let server: ChildProcess;

test.beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "music-analytics-"));
  const redirect = `${base}/sign-in/single-sign-on/callback`;
  provider = spawn("node", ["tests/it/accounts/oidc-provider.mjs", "product", "a secret of the tests", redirect], {
    cwd: root,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const issuer = await new Promise<string>((done) => provider.stdout!.once("data", (line) => done(String(line).trim())));
  server = spawn(program, ["serve"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      DATABASE_URL: `sqlite://${data}/test.db`,
      MUSIC_ANALYTICS_ADDR: `127.0.0.1:${port}`,
      MUSIC_ANALYTICS_PUBLIC_URL: base,
      MUSIC_ANALYTICS_ADMIN_EMAIL: "admin@example.com",
      MUSIC_ANALYTICS_ADMIN_PASSWORD: "a plain kettle of tea",
      MUSIC_ANALYTICS_OIDC_ISSUER: issuer,
      MUSIC_ANALYTICS_OIDC_CLIENT_ID: "product",
      MUSIC_ANALYTICS_OIDC_CLIENT_SECRET: "a secret of the tests",
      MUSIC_ANALYTICS_OIDC_NAME: "Label ID",
      MUSIC_ANALYTICS_OIDC_ANALYST_GROUPS: "analysts",
      RUST_LOG: "error",
    },
  });
  await expect(async () => expect((await fetch(`${base}/readyz`)).ok).toBe(true)).toPass();
});

test.afterAll(() => {
  server?.kill("SIGTERM");
  provider?.kill();
  rmSync(data, { recursive: true, force: true });
});

test("an analyst signs in with the label's account, and somebody in no group does not", async ({ browser }) => {
  const enter = async (name: string) => {
    const page = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
    await page.goto(`${base}/syncs`);
    await page.getByRole("button", { name: "Continue with Label ID" }).click();
    await page.getByPlaceholder("Enter any login").fill(name);
    await page.getByPlaceholder("and password").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    return page;
  };
  const analyst = await enter("alice");
  await expect(analyst).toHaveURL(`${base}/syncs`);
  await openHydrated(analyst, `${base}/artists`);
  await expect(analyst.getByRole("link", { name: "Users" })).toBeHidden();
  await analyst.goto(`${base}/account`);
  await expect(analyst.getByText("alice@example.com · Analyst")).toBeVisible();
  const other = await enter("bob");
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(other.getByRole("button", { name: "Continue with Label ID" })).toBeVisible();
});
