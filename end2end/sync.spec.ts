// Missing data: said, fetched in the background with its progress, and shown when they are there.
import type { APIRequestContext } from "@playwright/test";
import { artists, figure, lastMonth, platformRows, report } from "./report";
import { checklistServer, emptyServer, expect, openHydrated, test } from "./test";

const month = lastMonth();

/** Artists of the demo of whose songs nothing was fetched since the beginning of last month. */
const notFetchedLately = ["Motel Zanzara", "Paper Lighthouse Club"];

async function named(request: APIRequestContext, name: string) {
  const found = (await artists(request, name)).find((artist) => artist.name === name);
  if (!found) throw new Error(`no artist ${name}`);
  return found;
}

async function syncs(request: APIRequestContext): Promise<{ artists: string[]; state: string }[]> {
  return (await (await request.get("/api/v1/syncs?limit=100")).json()).items;
}

test("an empty database: add an artist, ask for a month, watch the progress, read the provider's truth", async ({
  page,
  request,
  expectAccessible,
}) => {
  // The demo's database has fetched everything of most artists: there the truth can be read.
  let truth;
  for (const artist of (await artists(request)).filter((artist) => artist.selectable)) {
    // The period before was fetched in part only by the sync that follows.
    const found = await report(request, `artist=${artist.id}&month=${month}&compare=none`);
    if (found.summary.total?.exact && artist.tracks > 10) {
      truth = { artist, report: found };
      break;
    }
  }
  if (!truth) throw new Error("no artist is known exactly");
  const { artist } = truth;

  await openHydrated(page, `${emptyServer}/artists`);
  await expect(page.getByText("No artist is here yet")).toBeVisible();
  const search = page.getByRole("searchbox", { name: "Find artists at Soundcharts" });
  await search.fill(artist.name);
  await search.press("Enter");
  await page.getByRole("button", { name: `Add ${artist.name}` }).first().click();
  await expect(page.getByText(`${artist.name} was added`)).toBeVisible();
  await expectAccessible();
  await page.getByRole("link", { name: "Report" }).click();
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await expect(page.getByRole("heading", { name: "No tracks yet" })).toBeVisible();

  const progress: number[] = [];
  await page.exposeFunction("sawProgress", (value: number) => progress.push(value));
  await page.evaluate(() =>
    new MutationObserver(() => {
      const bar = document.querySelector("#sync progress");
      if (bar) (window as unknown as { sawProgress(value: number): void }).sawProgress(Number(bar.getAttribute("value")));
    }).observe(document.body, { subtree: true, childList: true, attributes: true }),
  );
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page.getByRole("progressbar", { name: "Progress of fetching" })).toBeVisible();
  await expectAccessible();
  await expect(page.getByRole("heading", { name: "Platforms" })).toBeVisible({ timeout: 30_000 });
  expect(progress.length).toBeGreaterThan(2);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));

  const found = await report(request, `artist=${artist.id}&month=${month}&compare=none`, emptyServer);
  expect(found.summary.total).toEqual(truth.report.summary.total);
  expect(platformRows(found)).toEqual(platformRows(truth.report));
  await expect(page.locator(".stat", { hasText: "Total audience" })).toContainText(figure(found.summary.total));
  await expect(page.locator("#sync")).toHaveCount(0);

  await page.getByRole("link", { name: "Syncs" }).click();
  await expect(page.getByRole("heading", { name: new RegExp(artist.name) })).toBeVisible();
  await expect(page.getByText("Complete", { exact: true })).toBeVisible();
  await expectAccessible();
});

test("opening an address fetches nothing; the button does, and leaves the focus where it is", async ({
  page,
  request,
}) => {
  const artist = await named(request, notFetchedLately[0]);
  await openHydrated(page, `/analytics?artist=${artist.id}&month=${month}`);
  await expect(page.getByRole("button", { name: "Fetch from Soundcharts" })).toBeVisible();
  await page.reload();
  await expect(page.getByText(/\d+ requests/)).toBeVisible();
  expect((await syncs(request)).filter((sync) => sync.artists.includes(artist.name))).toEqual([]);

  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await page.getByRole("button", { name: "Fetch from Soundcharts" }).click();
  await expect(page).toHaveTitle(/^\(\d+ %\)/);
  const find = page.getByRole("searchbox", { name: "Find tracks" });
  await find.focus();
  await expect(page.locator("#sync")).toHaveCount(0, { timeout: 30_000 });
  await expect(find).toBeFocused();
  await expect(page).not.toHaveTitle(/^\(\d+ %\)/);
  const found = await report(request, `artist=${artist.id}&month=${month}`);
  expect(found.summary.coverage).toBe("1.0000");
  await expect(page.locator(".stat", { hasText: "Total audience" })).toContainText(figure(found.summary.total));
});

test("a proxy that answers 502 for a while: the page says so, asks again, and ends with the truth", async ({
  page,
  request,
  complaints,
}) => {
  const artist = await named(request, notFetchedLately[1]);
  const added = await request.post(`${checklistServer}/api/v1/artists`, { data: { uuid: artist.id } });
  expect(added.ok(), await added.text()).toBe(true);
  let isBroken = true;
  for (const path of ["**/api/v1/syncs/*/events", "**/api/sync-status"]) {
    await page.route(path, (route) => (isBroken ? route.fulfill({ status: 502, body: "Bad Gateway" }) : route.continue()));
  }
  await openHydrated(page, `${checklistServer}/analytics?artist=${artist.id}&month=${month}&compare=none`);
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page.getByText("The connection to the server is lost. Trying again…")).toBeVisible();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  await page.waitForTimeout(10_000);
  isBroken = false;
  await expect(page.locator("#sync")).toHaveCount(0, { timeout: 30_000 });
  const found = await report(request, `artist=${artist.id}&month=${month}&compare=none`, checklistServer);
  expect(found.summary.total).not.toBeNull();
  await expect(page.locator(".stat", { hasText: "Total audience" })).toContainText(figure(found.summary.total));
  expect(complaints.splice(0).filter((line) => !line.includes("502"))).toEqual([]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a button fetches, and the page comes again until it is done", async ({ page, request }) => {
    const artist = await named(request, notFetchedLately[1]);
    await page.goto(`/analytics?artist=${artist.id}&month=${month}`);
    await page.getByRole("button", { name: "Fetch from Soundcharts" }).click();
    await expect(page).toHaveURL(`/analytics?artist=${artist.id}&month=${month}`);
    await expect(page.locator("#sync")).toHaveCount(0, { timeout: 30_000 });
    const found = await report(request, `artist=${artist.id}&month=${month}`);
    expect(found.summary.coverage).toBe("1.0000");
    await expect(page.locator(".stat", { hasText: "Total audience" })).toContainText(figure(found.summary.total));
  });

  test("an artist without UUID is linked by hand", async ({ page, request }) => {
    await page.goto("/artists?q=Unbekannte");
    await page.getByText("Link…").click();
    await page.getByLabel("ISRC of a recording").fill("nothing");
    await page.getByRole("button", { name: "Link" }).click();
    await expect(page.getByText(/expected an ISRC/)).toBeVisible();
    await page.getByText("Link…").click();
    await page.getByRole("link", { name: /Find Unbekannte/ }).click();
    await page.getByRole("button", { name: /^Link Unbekannte Frequenz 7 to/ }).first().click();
    await expect(page.getByText(/is linked now/)).toBeVisible();
    const [artist] = await artists(request, "Unbekannte");
    expect(artist.selectable).toBe(true);
  });
});
