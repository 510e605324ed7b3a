// Every screen beside the report: its buttons and keys do what they say.
import { artists, lastMonth, report } from "./report";
import { emptyServer, expect, openHydrated, test } from "./test";

test("an artist's page leads to tracks, months and the report", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openHydrated(page, `/artists?q=${encodeURIComponent(artist.name)}`);
  await page.getByRole("link", { name: artist.name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: artist.name })).toBeVisible();
  const expected = await report(request, `artist=${artist.id}&month=${lastMonth()}`);
  const rows = page.getByRole("region", { name: "Table: Tracks" }).locator("tbody tr");
  await expect(rows).toHaveCount(expected.tracks.length);
  await page.getByRole("link", { name: "Full report" }).click();
  await expect(page.getByRole("heading", { level: 2, name: artist.name })).toBeVisible();
});

test("what a platform's values mean is said before it is enabled", async ({ page }) => {
  await openHydrated(page, `${emptyServer}/platforms`);
  const row = page.getByRole("form", { name: "Deezer, Artists: followers" });
  await row.getByLabel("Unit").fill("");
  await row.getByLabel("Enabled").check();
  await row.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Say what the values mean first" })).toBeVisible();
  await expect(row.getByText("Disabled")).toBeVisible();
  await row.getByLabel("Unit").fill("fans");
  await row.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Deezer was changed.")).toBeVisible();
  await expect(row.getByLabel("Unit")).toHaveValue("fans");
});

test("keys search, step through the months, and can be switched off", async ({ page, request, expectAccessible }) => {
  const [artist] = await artists(request);
  await openHydrated(page, `/analytics?artist=${artist.id}&month=${lastMonth()}`);
  const address = page.url();
  const period = await page.locator(".report-header .period").innerText();
  await page.keyboard.press("ArrowLeft");
  await expect(page).not.toHaveURL(address);
  // The way back is beside the month that is shown, once it is.
  await expect(page.locator(".report-header .period")).not.toHaveText(period);
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(address.replace(/month=[^&]*/, `month=${lastMonth()}`));
  await page.keyboard.press("/");
  const search = page.getByRole("combobox", { name: "Artists" });
  await expect(search).toBeFocused();
  await page.keyboard.press("?");
  await expect(search).toHaveValue("?");
  await search.fill("");
  await search.blur();

  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toBeVisible();
  await expectAccessible();
  await list.getByLabel("Use keyboard shortcuts").uncheck();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await page.keyboard.press("?");
  await expect(list).toBeHidden();
  await page.getByRole("button", { name: "Shortcuts" }).click();
  await list.getByLabel("Use keyboard shortcuts").check();
});

test("on paper a report is its numbers", async ({ page, request }) => {
  const [artist] = await artists(request);
  const query = `artist=${artist.id}&month=${lastMonth()}`;
  const [track] = (await report(request, query)).tracks;
  await openHydrated(page, `/analytics?${query}`);
  await expect(page.locator(".print-only").filter({ visible: true })).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Find tracks" }).fill(track.name);
  await expect(page.getByText(/^\d+ of \d+ tracks$/)).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText(/^Only tracks that the search finds: \d+ of \d+ tracks\.$/)).toBeVisible();
  await expect(page.locator(".pill, .sort .arrow, input").filter({ visible: true })).toHaveCount(0);
  const heads = page.getByRole("table", { name: "Tracks by platform" }).locator("thead th");
  for (const head of await heads.all()) await expect(head).toHaveCSS("position", "static");
  await expect(page.getByRole("heading", { level: 2, name: artist.name })).toBeVisible();
  await expect(page.getByRole("button", { name: "Analyze metrics" })).toBeHidden();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeHidden();
});
