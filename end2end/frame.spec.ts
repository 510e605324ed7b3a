// The frame around every page: sidebar, theme, the way home from a wrong address.
import { expect, openHydrated, test } from "./test";

test("the start page leads to Music Analytics", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL("/analytics");
});

test("the menu opens on a phone and leads on", async ({ page, complaints, expectAccessible }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await openHydrated(page, "/nothing-here");
  complaints.length = 0; // the 404
  const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Music Analytics" }).last();
  await expect(link).toBeHidden();
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(link).toBeVisible();
  await expectAccessible();
  await link.click();
  await expect(page).toHaveURL("/analytics");
  await expect(link).toBeHidden();
});

test("a theme is remembered", async ({ page }) => {
  await openHydrated(page, "/analytics");
  await page.getByRole("button", { name: "Dark theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.getByRole("button", { name: "Dark theme" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("an unknown address answers 404 with a way on", async ({ page, complaints, expectAccessible }) => {
  const response = await openHydrated(page, "/nothing-here");
  expect(response?.status()).toBe(404);
  expect(complaints.splice(0)).toEqual([expect.stringContaining("404")]);
  await expectAccessible();
  await page.getByRole("link", { name: "Go to Music Analytics" }).click();
  await expect(page.getByRole("heading", { name: "Music Analytics" })).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a theme is remembered, and the page stays where it was", async ({ page }) => {
    await page.goto("/analytics?month=2026-09");
    await page.getByRole("button", { name: "Dark theme" }).click();
    await expect(page).toHaveURL("/analytics?month=2026-09");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  });
});
