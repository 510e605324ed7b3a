// The pictures of the documents, taken from the running product with its demo data: `make guide` (after
// `make build`). Server, database and browser are its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";

const program = join(process.env.CARGO_TARGET_DIR ?? "target", "release/music-analytics");
const images = "docs/images";
const base = "http://127.0.0.1:3117";
const data = mkdtempSync(join(tmpdir(), "guide-"));
const env = { ...process.env, DATABASE_URL: `sqlite://${data}/guide.db`, MUSIC_ANALYTICS_ADDR: "127.0.0.1:3117", RUST_LOG: "warn" };

/** The last whole month before today, as YYYY-MM. */
function lastMonth() {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}

async function get(path) {
  return (await fetch(base + path)).json();
}

async function ready() {
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server does not answer");
}

async function artist(name) {
  const { items } = await get(`/api/v1/artists?q=${encodeURIComponent(name)}`);
  return items[0].id;
}

/** Opens a path and takes the screen, or one part of it, as an image. */
async function shoot(page, path, file, { part, before } = {}) {
  await page.goto(base + path);
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await before?.(page);
  const target = part ? page.locator(part).first() : page;
  await target.screenshot({ path: join(images, file) });
  console.log(`${images}/${file}`);
}

execFileSync(program, ["demo"], { env, stdio: "inherit" });
const server = spawn(program, ["serve"], { env, stdio: "inherit" });
try {
  await ready();
  const browser = await chromium.launch({
    executablePath: execFileSync("sh", ["-c", "command -v chromium || command -v google-chrome"], { encoding: "utf8" }).trim(),
    args: ["--no-sandbox"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  const month = lastMonth();
  const [one, two, late] = [await artist("Glass Pelican"), await artist("Velvet Cartographer"), await artist("Motel Zanzara")];
  await shoot(page, `/analytics?artist=${one}&artist=${two}&month=${month}`, "report.png", {
    before: (page) => page.locator("#results").scrollIntoViewIfNeeded(),
  });
  await shoot(page, "/analytics", "form.png", { part: "#query-form" });
  await shoot(page, `/analytics?artist=${late}&month=${month}`, "missing.png", { part: "#sync" });
  await shoot(page, `/analytics?artist=${one}&month=${month}&daily=true`, "days.png", { part: "#daily" });
  const { tracks } = await get(`/api/v1/report?artist=${one}&month=${month}`);
  await shoot(page, `/tracks/${tracks[0].uuid}?month=${month}`, "track.png");
  await shoot(page, `/artists/${one}`, "artist.png");
  await shoot(page, "/artists?provider=glass", "artists.png");
  await shoot(page, "/platforms", "platforms.png");
  await page.goto(`${base}/analytics?artist=${late}&month=${month}`);
  await page.getByRole("button", { name: "Fetch from Soundcharts" }).click();
  await page.locator("#sync").waitFor({ state: "detached", timeout: 60_000 });
  await shoot(page, "/syncs", "syncs.png");
  await browser.close();
} finally {
  server.kill("SIGTERM");
  rmSync(data, { recursive: true, force: true });
}
