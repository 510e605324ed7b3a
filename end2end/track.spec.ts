// The proof of a number: from a report to the steps and observations behind it.
import { artists, figure, grouped, lastMonth, report } from "./report";
import { expect, openHydrated, test } from "./test";

test("a track's numbers are the sums of its steps", async ({ page, request, expectAccessible }) => {
  const [artist] = await artists(request);
  const query = `artist=${artist.id}&month=${lastMonth()}`;
  const expected = await report(request, query);
  const [track] = expected.tracks;
  await openHydrated(page, `/analytics?${query}`);
  await page.getByRole("button", { name: track.name, exact: true }).first().click();
  await page.getByRole("link", { name: "Every step and observation" }).click();
  await expect(page.getByRole("heading", { level: 1, name: track.name })).toBeVisible();
  await expectAccessible();
  for (const cell of track.platforms) {
    const platform = expected.platforms.find((row) => row.platform === cell.platform)!;
    const section = page.locator("section.card").filter({ has: page.getByRole("heading", { name: platform.name }) });
    await expect(section.locator(".audit-total")).toContainText(figure(cell.total));
    const totals = await section.locator("tfoot tr td:nth-child(4)").allTextContents();
    const sum = totals.map((text) => Number(text.replaceAll(",", "").replace("–", "0"))).reduce((a, b) => a + b, 0);
    expect(grouped(sum), platform.name).toBe(grouped(cell.total?.estimate ?? 0));
  }
  await page.getByText(/^Observations \(\d+\)/).first().click();
  await expect(page.getByRole("table", { name: /^Observations on/ }).first()).toBeVisible();
  await expectAccessible();
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});

test("a track that is not there answers 404", async ({ page, complaints }) => {
  const response = await openHydrated(page, "/tracks/11e81bcc-9c1c-ce38-b96b-a0369fe50396");
  expect(response?.status()).toBe(404);
  expect(complaints.splice(0)).toEqual([expect.stringContaining("404")]);
  await expect(page.getByRole("alert")).toContainText("There is no track");
});
