// The product with its demo data, for scripts that look at it: a server, a database and a browser of their own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = join(process.env.CARGO_TARGET_DIR ?? "target", "release/music-analytics");

/** The last whole month before today, as YYYY-MM. */
export function lastMonth() {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}

/** The first browser of the Chromium family on PATH. */
export function chromiumPath() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return execFileSync("sh", ["-c", names.map((name) => `command -v ${name}`).join(" || ")], { encoding: "utf8" }).trim();
}

/** Runs `work` with the address of a server at this port, over a demo of its own that goes with it, and the cookie of
 *  whoever has signed in there. */
export async function withDemo(port, work) {
  const base = `http://127.0.0.1:${port}`;
  const data = mkdtempSync(join(tmpdir(), "music-analytics-"));
  const env = {
    ...process.env,
    DATABASE_URL: `sqlite://${data}/demo.db`,
    MUSIC_ANALYTICS_ADDR: `127.0.0.1:${port}`,
    RUST_LOG: "warn",
  };
  execFileSync(program, ["demo"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const server = spawn(program, ["serve"], { env, stdio: "inherit" });
  try {
    await ready(base);
    await work(base, await signIn(base));
  } finally {
    server.kill("SIGTERM");
    rmSync(data, { recursive: true, force: true });
  }
}

/** The UUID of the first artist that a text finds. */
export async function artist(base, { name, value }, text) {
  const headers = { cookie: `${name}=${value}` };
  const answer = await fetch(`${base}/api/v1/artists?q=${encodeURIComponent(text)}`, { headers });
  return (await answer.json()).items[0].id;
}

/** Continues with demo data; answers with the session's cookie. */
async function signIn(base) {
  const answer = await fetch(`${base}/sign-in/demo`, { method: "POST", body: new URLSearchParams(), redirect: "manual" });
  const [name, value] = answer.headers.get("set-cookie").split(";")[0].split("=");
  return { name, value, url: base };
}

async function ready(base) {
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server does not answer");
}
