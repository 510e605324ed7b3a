// What happens to a page between the server and its reader: other programs in the browser, another version of the
// product, a reload, a printer.
import { artists, lastMonth } from "./report";
import { expect, openHydrated, test } from "./test";

/** An extension that puts an element somewhere before the browser part of the page takes over. */
const extension = (selector: string) => `addEventListener("DOMContentLoaded", () => {
  const at = document.querySelector(${JSON.stringify(selector)});
  at?.prepend(Object.assign(document.createElement("div"), { textContent: "an extension's" }));
});`;

test("an extension's element beside the page changes nothing", async ({ page }) => {
  await page.addInitScript(extension("body"));
  await openHydrated(page, "/analytics");
  await page.getByRole("combobox", { name: "Artists" }).pressSequentially("velvet", { delay: 5 });
  await expect(page.locator("#artist-status")).toHaveText(/artists? found$/);
  await expect(page.locator(".page-notice").filter({ visible: true })).toHaveCount(0);
});

test("a page that an extension has changed goes on without scripts, and says so", async ({ page, request, complaints }) => {
  const [one] = await artists(request);
  await page.addInitScript(extension("#query-form .combobox"));
  await page.goto("/analytics");
  await expect(page.getByText("This page goes on without scripts")).toBeVisible();
  await expect(page.locator(".with-script").filter({ visible: true })).toHaveCount(0);
  await expect(page.getByText("Type a name and press “Analyze metrics”")).toBeVisible();
  await page.getByRole("textbox", { name: "Artists" }).fill(one.name);
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page).toHaveURL(/q=/);
  await page.getByRole("group", { name: /Artists that match/ }).getByRole("checkbox").first().check();
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await expect(page).toHaveURL(new RegExp(`artist=${one.id}`));
  await expect(page.getByRole("heading", { name: one.name }).first()).toBeVisible();
  complaints.length = 0; // what the browser part said as it gave up
});

test("a page of an older version says so, and reloads with what was entered", async ({ page, request }) => {
  const [one] = await artists(request);
  await openHydrated(page, `/analytics?artist=${one.id}&month=${lastMonth()}`);
  const notice = page.getByText("A new version is there");
  await expect(notice).toBeHidden();
  await page.route("**/api/find-artists", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "x-bundle": "another" } });
  });
  await page.getByRole("group", { name: "Group by" }).getByRole("radio", { name: "Platform" }).check({ force: true });
  await page.getByRole("combobox", { name: "Artists" }).pressSequentially("velvet", { delay: 5 });
  await expect(notice).toBeVisible();
  await page.getByRole("link", { name: "reload" }).click();
  await expect(page).toHaveURL(/group=platform/);
  await expect(page).toHaveURL(new RegExp(`artist=${one.id}`));
  await expect(page.getByRole("combobox", { name: "Artists" })).toHaveValue("velvet");
  await expect(notice).toBeHidden();
});

test("files are kept for good under addresses of what is in them", async ({ page }) => {
  const answers = new Map<string, string>();
  page.on("response", (answer) => {
    const { pathname } = new URL(answer.url());
    if (/\.(css|js|wasm|svg)$/.test(pathname) && !pathname.startsWith("/pictures/")) {
      answers.set(pathname, answer.headers()["cache-control"]);
    }
  });
  await openHydrated(page, "/platforms");
  await page.goto("/account");
  expect(answers.size).toBeGreaterThan(4);
  for (const [path, control] of answers) {
    expect(path, "its name has what is in it").toMatch(/\.[0-9a-f]{16}\.\w+$/);
    expect(control, path).toBe("public, max-age=31536000, immutable");
  }
});

test("to load a page anew after any form repeats nothing", async ({ page }) => {
  const email = `reload-${Date.now()}@example.com`;
  const posts: string[] = [];
  const reload = async () => {
    posts.length = 0;
    await page.reload();
    expect(posts, "a reload sends no form again").toEqual([]);
  };
  page.on("request", (asked) => {
    if (asked.method() === "POST" && !asked.url().includes("/api/")) posts.push(asked.url());
  });
  await page.goto("/users");
  await page.getByText("Add a user").click();
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.locator("code.secret")).toBeVisible();
  await reload();
  await expect(page.locator("code.secret")).toHaveCount(0);
  await page.getByRole("button", { name: `Reset: ${email}` }).click();
  await expect(page.locator("code.secret")).toBeVisible();
  await reload();
  await expect(page.locator("code.secret")).toHaveCount(0);
  await page.getByRole("button", { name: `Disable: ${email}` }).click();
  await expect(page.getByText("can no longer sign in")).toBeVisible();
  await reload();
  await page.goto("/artists?q=a");
  await page.getByRole("searchbox", { name: "Find artists here" }).fill("velvet");
  await page.getByRole("button", { name: "Find" }).first().click();
  await expect(page).toHaveURL(/q=velvet/);
  await reload();
  await openHydrated(page, "/platforms");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByText("was changed")).toBeVisible();
  await reload();
});

test("a report prints to a PDF without controls, and says what is left out", async ({ page, request }) => {
  const [one] = await artists(request);
  await openHydrated(page, `/analytics?artist=${one.id}&month=${lastMonth()}`);
  await page.emulateMedia({ media: "print" });
  for (const control of [".button", ".button-quiet", "input", "select", "nav", "#query-form", ".page-notice"]) {
    await expect(page.locator(control).filter({ visible: true }), control).toHaveCount(0);
  }
  const heads = await page.locator("table thead").evaluateAll((all) => all.map((head) => getComputedStyle(head).display));
  expect(new Set(heads), "heads stand on every sheet").toEqual(new Set(["table-header-group"]));
  const pdf = await page.pdf({ format: "A4" });
  const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  expect(sheets).toBeGreaterThan(1);
});
