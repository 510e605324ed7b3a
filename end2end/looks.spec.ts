// Every screen in both themes and at all widths: accessible, never wider than the screen, silent on the console;
// and its structure, as people hear it who cannot see it, is the one that is on record in structure/.
import type { Page } from "@playwright/test";
import { known, screens, whole } from "./screens";
import { structure } from "./structure";
import { expect, openHydrated, test } from "./test";

async function open(page: Page, name: string, address: string, complaints: string[]) {
  if (name === "sign-in") await page.context().clearCookies({ name: /^session/ });
  if (whole.has(name)) await page.goto(address);
  else await openHydrated(page, address);
  if (name === "not-found") expect(complaints.splice(0)).toEqual([expect.stringContaining("404")]);
}

for (const theme of ["light", "dark"]) {
  for (const [name, address] of Object.entries(screens)) {
    test(`${name} in ${theme}`, async ({ page, context, request, baseURL, complaints, expectAccessible }) => {
      test.slow(); // axe reads hundreds of controls
      await context.addCookies([{ name: "theme", value: theme, url: baseURL! }]);
      await open(page, name, address(await known(request)), complaints);
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
      const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
      expect(ids.filter((id, place) => ids.indexOf(id) !== place), "an id is one place").toEqual([]);
      await expect(page).toHaveTitle(/.+ · Music Analytics$/);
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width} px`).toBe(width);
        await expectAccessible();
      }
    });
  }
}

for (const [name, address] of Object.entries(screens)) {
  test(`structure of ${name}`, async ({ page, request, complaints }) => {
    const here = await known(request);
    await open(page, name, address(here), complaints);
    expect(structure(await page.locator("body").ariaSnapshot(), here.names)).toMatchSnapshot(`${name}.txt`);
  });
}
