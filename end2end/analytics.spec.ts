// The main job: choose an artist and a month, read the total over all platforms, and trust it.
import type { Page } from "@playwright/test";
import { artists, cellRows, change, figure, grouped, lastMonth, platformRows, report, rows, trackRows, units } from "./report";
import { expect, openHydrated, test } from "./test";

async function openReport(page: Page, query: string) {
  await openHydrated(page, `/analytics?${query}`);
  await expect(page.getByRole("heading", { level: 2 })).toBeVisible();
}

test("an artist by typing, a month, and every number is that of the API", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openHydrated(page, "/analytics");
  const picker = page.getByRole("combobox", { name: "Artists" });
  await picker.pressSequentially(artist.name.slice(0, 5), { delay: 20 });
  await expect(page.getByRole("option", { name: artist.name })).toBeVisible();
  await picker.press("ArrowDown");
  await picker.press("Enter");
  await expect(page.getByRole("list", { name: "Selected artists" })).toContainText(artist.name);
  await expect(picker).toHaveValue("");

  const [year, month] = lastMonth().split("-");
  await page.getByLabel("Month", { exact: true }).selectOption(String(Number(month)));
  await page.getByLabel("Year").selectOption(year);
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  const query = `artist=${artist.id}&month=${year}-${month}`;
  await expect(page).toHaveURL(`/analytics?${query}`);
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(artist.name);

  const expected = await report(request, query);
  expect(expected.summary.tracks_of).toBe(artist.tracks);
  expect(await rows(page.getByRole("table", { name: "Platforms", exact: true }))).toEqual(platformRows(expected));
  expect(await rows(page.getByRole("table", { name: "Tracks by platform" }))).toEqual(trackRows(expected));
  const total = page.locator(".stat", { hasText: "Total audience" });
  await expect(total).toContainText(`${figure(expected.summary.total)}`);
  await expect(total).toContainText(units(expected));
  await expect(total).toContainText(change(expected.growth!));
  const cards = page.locator(".stat");
  await expect(cards.filter({ has: page.getByRole("heading", { name: "Tracks" }) })).toContainText(
    `${expected.summary.tracks} of ${expected.summary.tracks_of}`,
  );

  await page.getByRole("button", { name: "Expand all" }).click();
  for (const track of expected.tracks) {
    const opened = await rows(page.getByRole("table", { name: `${track.name} by platform`, exact: true }).first());
    const same = expected.tracks.filter(({ name }) => name === track.name).length;
    if (same === 1) expect(opened.map((row) => row.slice(0, 5)), track.name).toEqual(cellRows(expected, track));
  }
});

test("days: every cell is that of the API, and gaps are no zeros", async ({ page, request }) => {
  const [, artist] = await artists(request);
  const query = `artist=${artist.id}&month=${lastMonth()}&group=date`;
  await openReport(page, query);
  const expected = await report(request, query);
  const days = await rows(page.getByRole("table", { name: "Days by platform" }));
  expect(days.slice(0, -1)).toEqual(
    expected.days!.map(({ day, platforms }) => [
      day,
      ...platforms.map(({ value, spread, covered, missing, corrected }) => {
        const exact = spread === 0 && missing === 0;
        const amount = covered === 0 ? "–" : figure({ estimate: value + spread, low: value, high: null, exact });
        return corrected > 0 ? `${amount} corrected` : amount;
      }),
    ]),
  );
  const known = expected.platforms.filter(({ state }) => state === "known");
  await expect(page.getByRole("img", { name: /from .* to / })).toHaveCount(known.length);
});

test("several artists: A + B - shared = total", async ({ page, request }) => {
  const all = await artists(request);
  const query = `${all.slice(0, 6).map(({ id }) => `artist=${id}`).join("&")}&month=${lastMonth()}`;
  await openReport(page, query);
  const expected = await report(request, query);
  const table = await rows(page.getByRole("table", { name: "Artists", exact: true }));
  const sum = expected.artists.reduce((sum, artist) => sum + (artist.total?.estimate ?? 0), 0);
  expect(sum - (expected.shared.total?.estimate ?? 0)).toBe(expected.summary.total!.estimate);
  expect(table).toEqual([
    ...expected.artists.map(({ name, tracks, total }) => [name, String(tracks), figure(total)]),
    ...(expected.shared.tracks.length
      ? [["− Shared, counted once", String(expected.shared.tracks.length), figure(expected.shared.total)]]
      : []),
    ["TOTAL", String(expected.summary.tracks_of), figure(expected.summary.total)],
  ]);
});

test("the arrangement lives in the address: reload and back keep it", async ({ page, request }) => {
  const [artist] = await artists(request);
  const query = `artist=${artist.id}&month=${lastMonth()}`;
  const { tracks } = await report(request, query);
  await openReport(page, query);
  const table = page.getByRole("table", { name: "Tracks by platform" });
  const first = page.getByRole("button", { name: tracks[0].name, exact: true }).first();
  await expect(first).toHaveAttribute("aria-expanded", "false");
  await first.click();
  await expect(first).toHaveAttribute("aria-expanded", "true");
  await expect(first).toBeFocused();
  await expect(page).toHaveURL(`/analytics?${query}&open=${tracks[0].uuid}`);
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await expect(first).toHaveAttribute("aria-expanded", "true");

  await table.getByRole("button", { name: "Track" }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(table.getByRole("columnheader", { name: /^Track/ })).toHaveAttribute("aria-sort", "ascending");
  const byName = [...tracks].map(({ name }) => name.toLowerCase()).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const shown = (await rows(table)).map(([name]) => name.toLowerCase());
  shown.forEach((name, place) => expect(name.startsWith(byName[place])).toBe(true));

  await page.getByRole("searchbox", { name: "Find tracks" }).pressSequentially(tracks[2].name.toLowerCase());
  await expect(page.getByText(/^\d+ of \d+ tracks$/)).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/sort=name/);
  await expect(first).toHaveAttribute("aria-expanded", "true");
  await page.goBack();
  await expect(first).toHaveAttribute("aria-expanded", "false");
  await page.goForward();
  await expect(first).toHaveAttribute("aria-expanded", "true");
});

test("sorting by any column, both ways, unknown last", async ({ page, request }) => {
  const [artist] = await artists(request);
  const query = `artist=${artist.id}&month=${lastMonth()}`;
  const expected = await report(request, query);
  await openReport(page, `${query}&open=${expected.tracks[1].uuid}`);
  const table = page.getByRole("table", { name: "Tracks by platform" });
  const closed = trackRows(expected);
  const amount = (row: string[], column: number) => Number(row[column].replace(/[^0-9]/g, "") || NaN);
  for (const [place, { name }] of expected.platforms.entries()) {
    // After name, total and change.
    const column = place + 3;
    const known = closed.filter((row) => !Number.isNaN(amount(row, column)));
    const unknown = closed.filter((row) => Number.isNaN(amount(row, column)));
    for (const sign of [-1, 1]) {
      await table.getByRole("columnheader", { name }).getByRole("button").click();
      const sorted = [...known].sort((a, b) => sign * (amount(a, column) - amount(b, column)));
      await expect(table.getByRole("columnheader", { name })).toHaveAttribute("aria-sort", /./);
      await expect.poll(() => rows(table), { message: `${name} ${sign}` }).toEqual([...sorted, ...unknown]);
    }
  }
  await expect(table.getByRole("table")).toHaveCount(1);
});

test("the link can be copied", async ({ page, request, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const [artist] = await artists(request);
  await openReport(page, `artist=${artist.id}&month=2026-03`);
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByText("Link copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
});

test("months are one press away, and back returns to the last one", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openReport(page, `artist=${artist.id}&month=2026-03`);
  await page.getByRole("navigation", { name: "Periods beside this one" }).getByRole("link").first().click();
  await expect(page).toHaveURL(`/analytics?artist=${artist.id}&month=2026-02`);
  await expect(page.locator(".period")).toContainText("February 2026");
  await expect(page.getByLabel("Month", { exact: true })).toHaveValue("2");
  await page.getByRole("link", { name: "Last 3 months" }).click();
  await expect(page.getByLabel("First day")).not.toHaveValue("");
  await expect(page).toHaveURL(/from=.*&to=/);
  await page.goBack();
  await expect(page.getByLabel("Month", { exact: true })).toHaveValue("2");
  await expect(page.getByLabel("First day")).toHaveValue("");
});

test("platforms: all, some, none", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openReport(page, `artist=${artist.id}&month=${lastMonth()}`);
  const all = page.getByRole("checkbox", { name: /^All platforms/ });
  await expect(all).toBeChecked();
  await page.getByRole("checkbox", { name: "Spotify" }).uncheck();
  expect(await all.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
  await expect(page.getByText("4 of 5")).toBeVisible();
  await all.check();
  await expect(page.getByText("5 of 5")).toBeVisible();
  await all.uncheck();
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  const summary = page.getByRole("region", { name: "The question cannot be answered yet" });
  await expect(summary).toBeFocused();
  await expect(summary).toContainText("Choose at least one platform.");
  await expect(page.locator("#platform-error")).toHaveText("Choose at least one platform.");
  await page.getByRole("checkbox", { name: "YouTube" }).check();
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page).toHaveURL(`/analytics?artist=${artist.id}&month=${lastMonth()}&platform=youtube`);
  await expect(page.getByRole("table", { name: "Platforms", exact: true })).toContainText("YouTube");
});

test("what is wrong is said beside the field", async ({ page, request }) => {
  const [artist] = await artists(request);
  for (const [query, field, text] of [
    ["month=2026-03&picked=1&platform=spotify", "artist", "Choose at least one artist."],
    [`artist=${artist.id}&from=2026-03-09&to=2026-03-01`, "period", "swap the two days"],
    [`artist=${artist.id}&from=2024-03-09&to=2026-03-01`, "period", "at most 12 months"],
    [`artist=${artist.id}&month=2026-03&country=Italy`, "country", "two capital letters"],
    [`artist=${artist.id}&month=2026-03&platform=instagram`, "platform", "Instagram"],
    ["artist=11111111-1111-1111-1111-111111111111&month=2026-03", "artist", "no artist"],
  ]) {
    const response = await openHydrated(page, `/analytics?${query}`);
    expect(response?.ok()).toBe(true);
    await expect(page.locator(`#${field}-error`)).toContainText(text);
  }
});

test("unknown parts of the address are ignored with a notice", async ({ page }) => {
  await openHydrated(page, "/analytics?utm_source=mail&month=2026-03");
  await expect(page.getByText("“utm_source” is not known here and is ignored.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing asked yet" })).toBeVisible();
});

test("a country keeps charted tracks and says what that means", async ({ page, request }) => {
  const [artist] = await artists(request);
  const countries = (await (await request.get("/api/v1/countries")).json()).items;
  await openReport(page, `artist=${artist.id}&month=${lastMonth()}`);
  await page.getByLabel("Country").selectOption(countries[0].code);
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page).toHaveURL(new RegExp(`country=${countries[0].code}`));
  await expect(page.locator("#country-note")).toHaveText(
    `Shows tracks that appeared in charts of ${countries[0].name}. Audience metrics are platform-wide, not country-specific.`,
  );
});

test("a chart is read out by keyboard and by mouse", async ({ page, request, expectAccessible }) => {
  const [artist] = await artists(request);
  const query = `artist=${artist.id}&month=${lastMonth()}&daily=true`;
  await openReport(page, query);
  const expected = await report(request, query);
  const [platform] = expected.platforms;
  const [first, second] = expected.days!;
  const amount = (day: typeof first) => grouped(day.platforms[0].value + day.platforms[0].spread);
  const slider = page.getByRole("slider", { name: `Day on the chart of ${platform.name}` });
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuetext", new RegExp(`^${second.day}: .*${amount(second)}`));
  await expectAccessible();
  const chart = page.locator(".chart svg").first();
  await chart.hover({ position: { x: 1, y: 10 } });
  await expect(page.locator(".chart").first()).toContainText(`${first.day}: `);
  await expect(slider).toHaveValue("0");
});
