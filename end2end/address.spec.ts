// The address is the state: whatever was clicked, the address alone restores it, and so do back and forward.
import type { Page } from "@playwright/test";
import { artists, lastMonth, report } from "./report";
import { expect, openHydrated, test } from "./test";

/** What the page shows and what its fields hold, but for the time at which it was made. */
async function state(page: Page): Promise<string> {
  await expect(page.locator(".pending")).toHaveCount(0);
  // Regions that say something now and then are empty in between, or not there.
  return (await page.locator("main").ariaSnapshot()).replace(/Made \S+/, "Made").replace(/^ *- status\n/gm, "");
}

const analyze = (page: Page) => page.getByRole("button", { name: "Analyze metrics" }).click();
const button = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

/** Ways to change the state. Those that only narrow what is shown leave no step to come back to. */
const walks: Record<string, [string, (page: Page) => Promise<unknown>][]> = {
  "sorting, opening, finding": [
    ["sort by name", button(/^Track/)],
    ["sort by a platform", (page) => page.getByRole("columnheader", { name: "YouTube" }).getByRole("button").click()],
    ["the other way", (page) => page.getByRole("columnheader", { name: "YouTube" }).getByRole("button").click()],
    ["open a track", (page) => page.locator(".toggle").nth(2).click()],
    ["expand all", button("Expand all")],
    ["close a track", (page) => page.locator(".toggle").nth(1).click()],
    ["find", (page) => page.getByRole("searchbox", { name: "Find tracks" }).pressSequentially("a")],
    ["collapse", button("Expand all")],
  ],
  "months, charts, groups": [
    ["daily", (page) => page.getByLabel("Daily breakdown").check().then(() => analyze(page))],
    ["one scale", button("One scale")],
    ["stacked", button("Stacked")],
    ["the month before", (page) => page.getByRole("navigation", { name: "Periods" }).getByRole("link").first().click()],
    ["by date", (page) => page.getByRole("radio", { name: "Date" }).check().then(() => analyze(page))],
    ["days backwards", button(/^Day/)],
    ["by platform", (page) => page.getByRole("radio", { name: "Platform" }).check().then(() => analyze(page))],
    ["open a platform", (page) => page.locator(".toggle").first().click()],
    ["no comparison", (page) => page.getByLabel("Compare with").selectOption("none").then(() => analyze(page))],
  ],
  "artists, platforms, roles": [
    ["one platform less", (page) => page.getByRole("checkbox", { name: "TikTok" }).uncheck().then(() => analyze(page))],
    ["main credits", (page) => page.getByLabel("Credits").selectOption("main").then(() => analyze(page))],
    ["all platforms", (page) => page.getByRole("checkbox", { name: /^All platforms/ }).check().then(() => analyze(page))],
    ["no artist", (page) => page.getByRole("button", { name: /^Remove/ }).click().then(() => analyze(page))],
  ],
};

for (const [name, steps] of Object.entries(walks)) {
  test(`${name}: the address restores it`, async ({ page, context, request }) => {
    test.slow(); // every state is opened twice
    let query = "";
    for (const artist of (await artists(request)).filter(({ selectable, tracks }) => selectable && tracks > 10)) {
      query = `artist=${artist.id}&month=${lastMonth()}`;
      // Nothing is missing, so that no sync begins.
      if ((await report(request, query)).summary.coverage === "1.0000") break;
    }
    await openHydrated(page, `/analytics?${query}`);
    const seen = [{ step: "the beginning", address: page.url(), state: await state(page) }];
    for (const [step, act] of steps) {
      const { address } = seen[seen.length - 1];
      await act(page);
      await expect.poll(() => page.url(), step).not.toBe(address);
      const now = { step, address: page.url(), state: await state(page) };
      if (step === "find") seen.pop();
      seen.push(now);
    }

    const fresh = await context.newPage();
    for (const { step, address, state: expected } of seen) {
      await openHydrated(fresh, address);
      expect(await state(fresh), `${step}, opened anew`).toBe(expected);
    }
    await fresh.close();
    const past = seen.slice(0, -1).reverse();
    for (const { step, address, state: expected } of past) {
      await page.goBack();
      await expect(page, `back to ${step}`).toHaveURL(address);
      await expect.poll(() => state(page), `back to ${step}`).toBe(expected);
    }
    for (const { step, address, state: expected } of seen.slice(1)) {
      await page.goForward();
      await expect(page, `forward to ${step}`).toHaveURL(address);
      await expect.poll(() => state(page), `forward to ${step}`).toBe(expected);
    }
  });
}
