// The pictures of the documents, taken from the running product with its demo data: `make guide` (after
// `make build`). Server, database and browser are its own.
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { artist, chromiumPath, lastMonth, withDemo } from "./demo-server.mjs";

const images = "docs/images";

/** Opens a page and takes the screen, or one part of it, as an image. */
async function shoot(page, url, file, { part, before } = {}) {
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await before?.(page);
  const target = part ? page.locator(part).first() : page;
  await target.screenshot({ path: join(images, file) });
  console.log(`${images}/${file}`);
}

await withDemo(3117, async (base, session) => {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light", baseURL: base });
  await page.context().addCookies([session]);
  const month = lastMonth();
  const names = ["Glass Pelican", "Velvet Cartographer", "Motel Zanzara"];
  const [one, two, late] = await Promise.all(names.map((name) => artist(base, session, name)));
  await shoot(page, `/analytics?artist=${one}&artist=${two}&month=${month}`, "report.png", {
    before: (page) => page.locator("#results").scrollIntoViewIfNeeded(),
  });
  await shoot(page, "/analytics", "form.png", { part: "#query-form" });
  await shoot(page, `/analytics?artist=${late}&month=${month}`, "missing.png", { part: "#sync" });
  await shoot(page, `/analytics?artist=${one}&month=${month}&daily=true`, "days.png", { part: "#daily" });
  const { tracks } = await (await page.request.get(`/api/v1/report?artist=${one}&month=${month}`)).json();
  await shoot(page, `/tracks/${tracks[0].uuid}?month=${month}`, "track.png");
  await shoot(page, `/artists/${one}`, "artist.png");
  await shoot(page, "/artists?provider=glass", "artists.png");
  await shoot(page, "/platforms", "platforms.png");
  await page.goto(`/analytics?artist=${late}&month=${month}`);
  await page.getByRole("button", { name: "Fetch from Soundcharts" }).click();
  await page.locator("#sync").waitFor({ state: "detached", timeout: 60_000 });
  await shoot(page, "/syncs", "syncs.png");
  await browser.close();
});
