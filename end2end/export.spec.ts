// Exports: what is on the page can be taken along.
import { readFileSync } from "node:fs";
import { artists, lastMonth } from "./report";
import { expect, openHydrated, test } from "./test";

test("the workbook and the CSV are downloads of the same question", async ({ page, request }) => {
  const [artist] = await artists(request);
  await openHydrated(page, `/analytics?artist=${artist.id}&month=${lastMonth()}`);
  const [workbook] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download Excel report" }).click(),
  ]);
  expect(workbook.suggestedFilename()).toMatch(new RegExp(`${lastMonth()}\\.xlsx$`));
  expect(readFileSync((await workbook.path())!).subarray(0, 2).toString()).toBe("PK");
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV", exact: true }).click(),
  ]);
  expect(csv.suggestedFilename()).toMatch(/\.csv$/);
  const text = readFileSync((await csv.path())!, "utf8");
  expect(text.startsWith("\ufeff"), "spreadsheets take it for UTF-8").toBe(true);
  expect(text.split("\n").length).toBeGreaterThan(artist.tracks);

  const [byKey] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("e")]);
  expect(byKey.suggestedFilename()).toBe(workbook.suggestedFilename());
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the workbook is a plain link", async ({ page, request }) => {
    const [artist] = await artists(request);
    await page.goto(`/analytics?artist=${artist.id}&month=${lastMonth()}`);
    const [workbook] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download Excel report" }).click(),
    ]);
    expect(await workbook.failure()).toBeNull();
  });
});
