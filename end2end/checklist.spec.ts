// What is tried by hand before a release, line by line, and the whole of it by keyboard alone.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { artists, figure, lastMonth, platformRows, report, rows } from "./report";
import { checklistServer, expect, openHydrated, test } from "./test";

const month = lastMonth();
const total = (page: Page) => page.locator(".stat", { hasText: "Total audience" });

test("search with existing data: immediate results", async ({ page, request }) => {
  const [artist] = await artists(request);
  const expected = await report(request, `artist=${artist.id}&month=${month}`);
  await openHydrated(page, `/analytics?month=${month}`);
  await page.getByRole("combobox", { name: "Artists" }).pressSequentially(artist.name);
  await page.getByRole("option", { name: artist.name }).click();
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(total(page)).toContainText(figure(expected.summary.total), { timeout: 2_000 });
  await expect(page.getByRole("progressbar")).toHaveCount(0);
});

test("search with missing data triggers a sync, and its end shows the results", async ({ page, request }) => {
  const [artist] = await artists(request, "Glass Pelican");
  const answer = await request.post(`${checklistServer}/api/v1/artists`, { data: { uuid: artist.id } });
  expect(answer.ok(), await answer.text()).toBe(true);
  await openHydrated(page, `${checklistServer}/analytics?artist=${artist.id}&month=${month}&compare=none`);
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page.getByRole("progressbar", { name: "Progress of fetching" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Platforms" })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/^Report updated: /)).toBeVisible();
  const found = await report(request, `artist=${artist.id}&month=${month}&compare=none`, checklistServer);
  expect(found.summary.total).not.toBeNull();
  await expect(total(page)).toContainText(figure(found.summary.total));
});

test("export to Excel downloads a workbook with the filters in its name", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openHydrated(page, `/analytics?artist=${artist.id}&month=${month}`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download Excel report" }).click(),
  ]);
  expect(download.suggestedFilename()).toContain(month);
  expect(readFileSync((await download.path())!).subarray(0, 2).toString()).toBe("PK");
});

test("multiple artists selected: one report, shared tracks once", async ({ page, request }) => {
  const chosen = (await artists(request)).filter(({ selectable }) => selectable).slice(0, 3);
  const query = `${chosen.map(({ id }) => `artist=${id}`).join("&")}&month=${month}`;
  await openHydrated(page, `/analytics?${query}`);
  const expected = await report(request, query);
  await expect(page.getByRole("list", { name: "Selected artists" }).getByRole("listitem")).toHaveCount(3);
  const artistRows = await rows(page.getByRole("table", { name: "Artists", exact: true }));
  expect(artistRows.at(-1)).toEqual(["TOTAL", String(expected.summary.tracks_of), figure(expected.summary.total)]);
});

test("all platforms, and specific ones", async ({ page, request }) => {
  const [artist] = await artists(request);
  const query = `artist=${artist.id}&month=${month}`;
  const table = page.getByRole("table", { name: "Platforms", exact: true });
  await openHydrated(page, `/analytics?${query}`);
  expect(await rows(table)).toEqual(platformRows(await report(request, query)));
  for (const name of ["YouTube", "TikTok", "SoundCloud"]) await page.getByRole("checkbox", { name }).uncheck();
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  const narrowed = platformRows(await report(request, `${query}&platform=spotify&platform=shazam`));
  expect(narrowed).toHaveLength(3);
  await expect.poll(() => rows(table)).toEqual(narrowed);
});

test("a range of more than 12 months is refused beside its fields", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openHydrated(page, `/analytics?artist=${artist.id}&month=${month}`);
  await page.getByText("Exact days instead").click();
  await page.getByLabel("First day").fill("2025-01-01");
  await page.getByLabel("Last day").fill("2026-01-02");
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page.locator("#period-error")).toContainText("at most 12 months");
  await page.getByLabel("Last day").fill("2025-12-31");
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page.locator("#period-error")).toBeEmpty();
  await expect(page).toHaveURL(/from=2025-01-01&to=2025-12-31/);
});

test("nothing to show is told in words", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openHydrated(page, `/analytics?artist=${artist.id}&month=2010-01`);
  await expect(page.getByRole("heading", { name: "Never fetched" })).toBeVisible();
  await expect(page.getByText("not the same as zero")).toBeVisible();
  await openHydrated(page, "/artists?q=nobody");
  await expect(page.locator("main")).toContainText("nobody");
});

test("the whole way by keyboard alone", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openHydrated(page, `/analytics?month=${month}`);
  /** Presses Tab until this has the focus, as somebody without a mouse does. */
  const tabTo = async (name: RegExp) => {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const here = document.activeElement as HTMLElement;
        const labels = (here as HTMLInputElement).labels;
        return here.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? here.textContent ?? "";
      });
      if (name.test(label.trim())) return;
    }
    throw new Error(`Tab never comes to ${name}`);
  };
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(/^Artists/);
  await page.keyboard.type(artist.name);
  await expect(page.getByRole("option", { name: artist.name })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await tabTo(/^Daily breakdown/);
  await page.keyboard.press("Space");
  await tabTo(/^Analyze metrics/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2, name: artist.name })).toBeVisible();
  await tabTo(/^Download Excel report/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/);
  await tabTo(/^Stacked/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/chart=stacked/);
  await tabTo(/^Day on the chart/);
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("slider")).toHaveAttribute("aria-valuetext", /-02: /);
  await tabTo(/^Expand all/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Collapse all" })).toBeFocused();
  await tabTo(/^Every step and observation/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tracks\//);
});
