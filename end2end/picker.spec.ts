// The artist picker by keyboard, and without any script.
import { artists, lastMonth } from "./report";
import { expect, openHydrated, test } from "./test";

test("chips are added, said and removed by keyboard", async ({ page, request, expectAccessible }) => {
  const [one, two] = await artists(request);
  await openHydrated(page, "/analytics");
  const picker = page.getByRole("combobox", { name: "Artists" });
  const status = page.locator("#artist-status");
  for (const [place, artist] of [one, two].entries()) {
    await picker.pressSequentially(artist.name, { delay: 5 });
    await expect(status).toHaveText(/artists? found$/);
    await expect(picker).toHaveAttribute("aria-expanded", "true");
    await picker.press("ArrowDown");
    await expect(picker).toHaveAttribute("aria-activedescendant", "artist-option-0");
    await expectAccessible();
    await picker.press("Enter");
    await expect(status).toHaveText(`Added ${artist.name}, ${place + 1} selected`);
  }
  await page.getByRole("button", { name: `Remove ${one.name}` }).click();
  await expect(page.getByRole("button", { name: `Remove ${two.name}` })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(picker).toBeFocused();
  await expect(status).toHaveText(`Removed ${two.name}, 0 selected`);
});

test("a pasted list becomes chips, and what was not found is named", async ({ page, request }) => {
  const [one, two, three] = await artists(request);
  await openHydrated(page, "/analytics");
  const picker = page.getByRole("combobox", { name: "Artists" });
  await picker.evaluate((input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, `${one.name.toUpperCase()}\n${two.id}\nNobody At All\n`);
  await expect(page.locator("#artist-status")).toHaveText(/^2 artists found; not found: Nobody At All/);
  for (const { name } of [one, two]) {
    await expect(page.getByRole("button", { name: `Remove ${name}` })).toBeVisible();
  }
  await expect(picker).toHaveValue("");
  await picker.fill(`${one.name}, ${three.name}`);
  await expect(page.locator("#artist-status")).toHaveText(/^No artist matches/);
  await picker.press("Enter");
  await expect(page.getByRole("button", { name: `Remove ${three.name}` })).toBeVisible();
  await expect(page.locator("ul.chips li")).toHaveCount(3);
});

test("escape closes, then clears; backspace removes the last chip", async ({ page, request }) => {
  const [one] = await artists(request);
  await openHydrated(page, `/analytics?artist=${one.id}&month=${lastMonth()}`);
  const picker = page.getByRole("combobox", { name: "Artists" });
  await picker.pressSequentially("a");
  await expect(picker).toHaveAttribute("aria-expanded", "true");
  await picker.press("Escape");
  await expect(picker).toHaveAttribute("aria-expanded", "false");
  await expect(picker).toHaveValue("a");
  await picker.press("Escape");
  await expect(picker).toHaveValue("");
  await picker.press("Backspace");
  await expect(page.getByRole("button", { name: `Remove ${one.name}` })).toHaveCount(0);
});

test("an artist without UUID is shown with the reason and cannot be chosen", async ({ page, request }) => {
  const local = (await artists(request, "a")).concat(await artists(request)).find(({ selectable }) => !selectable);
  test.skip(!local, "the demo has no such artist among the first");
  await openHydrated(page, "/analytics");
  await page.getByRole("combobox", { name: "Artists" }).pressSequentially(local!.name, { delay: 5 });
  const option = page.getByRole("option", { name: local!.name });
  await expect(option).toHaveAttribute("aria-disabled", "true");
  await expect(option).toContainText("UUID");
  await option.click({ force: true });
  await expect(page.locator("#artist-status")).toContainText("cannot be added");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the form finds artists, takes a month and shows the report", async ({ page, request, complaints }) => {
    const [artist] = await artists(request);
    await page.goto("/analytics");
    await page.getByLabel("Artists", { exact: true }).fill(artist.name);
    await page.getByRole("button", { name: "Analyze metrics" }).click();
    await page.getByRole("group", { name: /^Artists that match/ }).getByLabel(artist.name).check();
    await page.getByLabel("Artists", { exact: true }).fill("");
    await page.getByLabel("Month", { exact: true }).selectOption("3");
    await page.getByLabel("Year").selectOption("2026");
    await page.getByRole("button", { name: "Analyze metrics" }).click();
    await expect(page).toHaveURL(`/analytics?artist=${artist.id}&month=2026-03#results`);
    await expect(page.getByRole("heading", { level: 2 })).toHaveText(artist.name);
    await expect(page.getByRole("table", { name: "Platforms", exact: true })).toBeVisible();

    await page.getByRole("button", { name: "Expand all" }).click();
    await expect(page).toHaveURL(/open=all/);
    await expect(page.getByRole("button", { name: "Collapse all" })).toBeVisible();
    await page.getByRole("button", { name: "Collapse all" }).click();
    await expect(page.getByRole("button", { name: "Expand all" })).toBeVisible();
    await page.getByRole("link", { name: "Next month" }).click();
    await expect(page).toHaveURL(/month=2026-04/);

    await page.getByRole("checkbox", { name: artist.name }).uncheck();
    await page.getByRole("button", { name: "Analyze metrics" }).click();
    await expect(page.locator("#artist-error")).toHaveText("Choose at least one artist.");
    // Without scripts nothing runs the bundle that the page asked the browser to load.
    const silent = complaints.splice(0).filter((line) => !line.includes("was preloaded using link preload"));
    expect(silent).toEqual([]);
  });
});
