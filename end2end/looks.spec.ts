// Every state of the page in both themes and at all widths: accessible, and never wider than the screen.
import { artists, lastMonth } from "./report";
import { expect, openHydrated, test } from "./test";

for (const theme of ["light", "dark"]) {
  for (const width of [360, 768, 1440]) {
    test(`the page in ${theme} at ${width} px`, async ({ page, context, request, baseURL, expectAccessible }) => {
      test.slow();
      const [one, two, three] = await artists(request);
      await context.addCookies([{ name: "theme", value: theme, url: baseURL! }]);
      await page.setViewportSize({ width, height: 900 });
      const two_artists = `artist=${one.id}&artist=${two.id}&artist=${three.id}&month=${lastMonth()}`;
      for (const query of [
        "month=2026-03",
        "picked=1&x=y",
        "q=a",
        `artist=${one.id}&month=${lastMonth()}&daily=true&open=all`,
        `${two_artists}&group=platform&open=spotify&country=IT`,
        `${two_artists}&group=date&chart=same`,
        `artist=${one.id}&month=2010-01`,
      ]) {
        await openHydrated(page, `/analytics?${query}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide, `${query} fits`).toBeLessThanOrEqual(width);
        await expectAccessible();
      }
    });
  }
}
