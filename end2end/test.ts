// What every test starts from: a page whose console must stay silent, because a hydration mismatch
// is only a warning there, and a check of accessibility.
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base } from "@playwright/test";

export { expect };

type Fixtures = {
  /** Lines of warning or error on the console so far. A test ends with none. */
  complaints: string[];
  /** Fails on any violation of WCAG 2.2 AA, and of axe's best practices, on the page as it is. */
  expectAccessible: () => Promise<void>;
};

export const test = base.extend<Fixtures>({
  complaints: [
    async ({ page, javaScriptEnabled }, use) => {
      const lines: string[] = [];
      page.on("console", (message) => {
        // Without scripts nobody uses the bundle that the page preloads for those who run them.
        const isUnusedBundle = javaScriptEnabled === false && /preloaded using link preload/.test(message.text());
        if (["warning", "error"].includes(message.type()) && !isUnusedBundle) lines.push(message.text());
      });
      page.on("pageerror", (error) => lines.push(String(error)));
      await use(lines);
      expect(lines, "the console stays silent").toEqual([]);
    },
    { auto: true },
  ],
  expectAccessible: async ({ page }, use) => {
    await use(async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
      expect(found, "axe finds nothing").toEqual([]);
    });
  },
});

const port = Number(process.env.E2E_PORT ?? "3107");

/** The server over an empty database. */
export const emptyServer = `http://127.0.0.1:${port + 1}`;

/** The same for the checklist. */
export const checklistServer = `http://127.0.0.1:${port + 2}`;

/** Opens a page and waits until the browser has taken it over from the server. */
export async function openHydrated(page: import("@playwright/test").Page, path: string) {
  const response = await page.goto(path);
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  return response;
}
