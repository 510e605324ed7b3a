// Lighthouse on the report page, desktop preset, the median of three runs: accessibility and best practices must
// reach 95, performance is printed. Needs the release build (`make build`) and Chromium.
import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { artist, chromiumPath, lastMonth, withDemo } from "./demo-server.mjs";

const debugging = 3119;
const least = 95;
const gated = ["accessibility", "best-practices"];
const categories = ["performance", ...gated];

/** The scores of one run, from 0 to 100, with the audits of the gated ones that did not pass. */
async function run(url, { name, value }) {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", `--remote-debugging-port=${debugging}`],
  });
  try {
    const options = { port: debugging, logLevel: "error", onlyCategories: categories, extraHeaders: { cookie: `${name}=${value}` } };
    const { lhr } = await lighthouse(url, options, desktopConfig);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    const failed = gated
      .flatMap((category) => lhr.categories[category].auditRefs)
      .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1);
    return {
      scores: categories.map((category) => Math.round(lhr.categories[category].score * 100)),
      failed: failed.map(({ id }) => `${id}: ${lhr.audits[id].title}`),
    };
  } finally {
    await browser.close();
  }
}

await withDemo(3118, async (base, session) => {
  const url = `${base}/analytics?artist=${await artist(base, session, "Glass Pelican")}&month=${lastMonth()}&daily=true`;
  const runs = [];
  for (let turn = 0; turn < 3; turn++) runs.push(await run(url, session));
  const median = (place) => runs.map(({ scores }) => scores[place]).sort((a, b) => a - b)[1];
  const scores = categories.map((category, place) => [category, median(place)]);
  console.log(`figure: ${scores.map(([category, score]) => `${category} ${score}`).join(", ")}`);
  for (const [category, score] of scores) {
    if (gated.includes(category) && score < least) {
      console.log(`${category} must reach ${least}`);
      for (const { failed } of runs) console.log(failed.join("\n"));
      process.exitCode = 1;
    }
  }
});
