// Signing in and out, and what each role sees.
import type { Browser, Page } from "@playwright/test";
import { lastMonth } from "./report";
import { expect, openHydrated, test } from "./test";

const nobody = { cookies: [], origins: [] };

/** A browser of somebody who is not signed in. */
async function fresh(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ storageState: nobody });
  return context.newPage();
}

/** Adds a user as an admin does; answers with the password that was made. */
async function add(page: Page, email: string, role: string): Promise<string> {
  await page.goto("/users");
  await page.getByText("Add a user").click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Role", { exact: true }).selectOption(role);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("heading", { name: `The password of ${email}` })).toBeVisible();
  return (await page.locator("code.secret").textContent())!;
}

async function signIn(page: Page, email: string, password: string) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a link leads to the sign-in and, with demo data, on to where it leads", async ({ browser }) => {
  const page = await fresh(browser);
  await page.goto(`/analytics?month=2026-03`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await expect(page.getByText("everything here is invented")).toBeVisible();
  await page.getByRole("button", { name: "Continue with demo data" }).click();
  await expect(page).toHaveURL("/analytics?month=2026-03");
  await page.context().close();
});

test("a viewer reads and exports, and is not offered what only others may do", async ({ page, browser, request }) => {
  const email = `viewer-${Date.now()}@example.com`;
  const password = await add(page, email, "viewer");
  const viewer = await fresh(browser);
  await viewer.goto("/syncs");
  await signIn(viewer, email, "not the password");
  await expect(viewer.getByText("Wrong email or password.")).toBeVisible();
  await signIn(viewer, email, password);
  // Whoever gave the password knows it: another one is chosen first.
  await expect(viewer.getByRole("heading", { name: "Choose a password" })).toBeVisible();
  await viewer.getByLabel("New password").fill(`${password}-of-my-own`);
  await viewer.getByRole("button", { name: "Set password" }).click();
  await expect(viewer).toHaveURL("/syncs");
  await expect(viewer.getByRole("link", { name: "Users" })).toBeHidden();

  const { items } = await (await request.get("/api/v1/artists?q=Motel%20Zanzara")).json();
  await openHydrated(viewer, `/analytics?artist=${items[0].id}&month=${lastMonth()}`);
  await expect(viewer.getByText("Ask an analyst to fetch it.")).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Fetch from Soundcharts" })).toBeHidden();
  await viewer.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(viewer.getByText("Ask an analyst to fetch it.")).toBeVisible();
  await expect(viewer.getByRole("progressbar")).toBeHidden();
  const file = viewer.waitForEvent("download");
  await viewer.getByRole("link", { name: "Download Excel report" }).first().click();
  expect((await file).suggestedFilename()).toMatch(/\.xlsx$/);

  await openHydrated(viewer, "/platforms");
  await expect(viewer.getByRole("button", { name: "Save" }).first()).toBeHidden();
  expect((await viewer.goto("/users"))?.status()).toBe(403);

  await page.goto("/audit?action=exported");
  await expect(page.getByRole("cell", { name: email }).first()).toBeVisible();
  await viewer.context().close();
});

test("a session that has ended is told, and leads to the sign-in and back", async ({ browser }) => {
  const page = await fresh(browser);
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Continue with demo data" }).click();
  await openHydrated(page, "/artists");
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Syncs" }).click();
  await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fsyncs/);
  await page.context().close();
});

test("signing out closes the door", async ({ browser }) => {
  const page = await fresh(browser);
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Continue with demo data" }).click();
  await openHydrated(page, "/analytics");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto("/analytics");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.context().close();
});
