// How soon a report can be used, and how soon another month is there. Prints what it measured; fails only far beyond
// the aims, because machines differ.
import { artists, lastMonth } from "./report";
import { expect, openHydrated, test } from "./test";

const aims = { interactive: 1500, month: 200 };
/** Beyond so many times an aim something is wrong on any machine. */
const wrong = 3;

test("a report is soon there, and another month at once", async ({ browser, baseURL, request }) => {
  const [artist] = await artists(request);
  const address = `${baseURL}/analytics?artist=${artist.id}&month=${lastMonth()}`;
  const found = { interactive: [] as number[], month: [] as number[] };
  for (let turn = 0; turn < 3; turn++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await openHydrated(page, address);
    found.interactive.push(await page.evaluate(() => performance.now()));
    found.month.push(
      await page.evaluate(async () => {
        const period = () => document.querySelector(".period")?.textContent;
        const [link, before, began] = [document.querySelector<HTMLElement>(".neighbours a")!, period(), performance.now()];
        link.click();
        while (period() === before) await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }),
    );
    await context.close();
  }
  const median = (times: number[]) => [...times].sort((a, b) => a - b)[1];
  const [interactive, month] = [median(found.interactive), median(found.month)];
  console.log(
    `figure: a report interactive in ${interactive.toFixed(0)} ms of ${aims.interactive}, another month in ${month.toFixed(0)} ms of ${aims.month}`,
  );
  expect(interactive).toBeLessThan(aims.interactive * wrong);
  expect(month).toBeLessThan(aims.month * wrong);
});
